"""Opens a desk: its database, the installed workflows, and the bundles that read for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scaffolds.errors import CasewrightError
from workflows.desk.database import key, open_store
from workflows.desk.desk import Desk, Served
from workflows.desk.settings import Settings
from workflows.registry import load_workflow, workflow_names
from workflows.serve.bundle import Bundle, read_bundle
from workflows.serve.reader import Reader


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """Open a desk and close it at the end. Raises CasewrightError for a bundle or database that does not fit."""
    models: dict[str, Served] = {}
    for folder in settings.bundles:
        workflow, model = _model(folder, settings)
        if workflow in models:
            raise CasewrightError(f"Two bundles read for {workflow}; name one.")
        models[workflow] = model
    workflows = {name: load_workflow(name) for name in workflow_names()}
    with open_store(settings.database) as store:
        yield Desk(settings=settings, store=store, workflows=workflows, models=models, lot=key(store, "lot"))


@dataclass(frozen=True)
class Elsewhere:
    """A bundle with which another process reads."""

    bundle: Bundle

    def reader(self) -> Reader:
        """There is none here. Raises CasewrightError."""
        raise CasewrightError("This process of the desk was opened with no workers, to read nothing itself.")


def _model(folder: Path, settings: Settings) -> tuple[str, Served]:
    """Load a bundle, with its own weights or to ask a server that holds them; without where nothing is read here."""
    if settings.model_url:
        from workflows.serve.remote import open_remote

        workflow, remote = open_remote(folder, url=settings.model_url, name=settings.model_name)
        return workflow.name, remote
    if settings.workers == 0:
        bundle = read_bundle(folder)
        workflow = load_workflow(bundle.workflow)
        return workflow.name, Elsewhere(read_bundle(folder, workflow=workflow))
    from workflows.serve.reader import open_model

    workflow, model = open_model(folder)
    return workflow.name, model
