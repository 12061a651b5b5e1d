"""The workflows that are installed, by name, through the entry-point group `casewright.workflows`.

A municipality adds one of its own by installing a package that names it in that group; nothing here changes.
Its dossiers, for training and testing, are found the same way in `casewright.dossiers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any

from scaffolds.errors import CasewrightError
from scaffolds.workflow import Workflow

WORKFLOWS, DOSSIERS = "casewright.workflows", "casewright.dossiers"


def workflow_names() -> list[str]:
    """Every installed workflow."""
    return sorted(entry_points(group=WORKFLOWS).names)


def load_workflow(name: str) -> Workflow:
    """Load an installed workflow; raises CasewrightError with the nearest name when there is none."""
    workflow = _load(WORKFLOWS, name)
    if not isinstance(workflow, Workflow):
        raise CasewrightError(f"The entry point '{name}' in {WORKFLOWS} is no Workflow; mend that package.")
    return workflow


def load_dossiers(name: str) -> Callable[..., Iterable[Any]]:
    """Load the dossier generator of a workflow.

    `generate(n, seed=, split=)`; raises as `load_workflow` does.
    """
    generate: Callable[..., Iterable[Any]] = _load(DOSSIERS, name)
    return generate


def _load(group: str, name: str) -> Any:
    found = entry_points(group=group)
    if name in found.names:
        return found[name].load()
    near = get_close_matches(name, found.names, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"installed: {', '.join(sorted(found.names)) or 'none'}."
    what = "workflow" if group == WORKFLOWS else "dossier generator for workflow"
    raise CasewrightError(f"There is no {what} '{name}'; {hint}")
