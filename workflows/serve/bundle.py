"""Bundle: one folder that goes into service. The adapter, and everything that must not change under it.

`bundle.json` names the workflow with its version, the schema of its facts, the base with the hash of its
weights, the form of the prompt, and every other file with its hash. Loading compares all of it, so that a
case is never handled with something else than what was evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from scaffolds.errors import CasewrightError
from scaffolds.facts import schema_hash
from scaffolds.files import read_json, sha256_file
from scaffolds.workflow import Draft, Read, Workflow

FORMAT = 1
MANIFEST = "bundle.json"
Stage = Literal["base", "sft", "preference", "rl"]


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What a bundle was made of. `files` are paths inside it with their SHA-256; `measured` its figures."""

    name: str
    workflow: str
    workflow_version: str
    schema: str
    base: str
    base_sha256: str
    hub: bool
    quantise: Literal["none", "nf4"]
    describe: bool
    stage: Stage
    measured: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def workflow_schema(workflow: Workflow) -> str:
    """Hash the schemas of everything that a model is asked in a workflow, in the order of its steps."""
    return schema_hash(
        step.facts for step in workflow.steps if isinstance(step, Read | Draft) and step.facts is not None
    )


def read_bundle(folder: Path, *, workflow: Workflow | None = None) -> Bundle:
    """Read a bundle; check that every file is there and unchanged, and that it fits `workflow` where given.

    Raises CasewrightError that names what is missing, changed, or made for something else.
    """
    if not (folder / MANIFEST).is_file():
        raise CasewrightError(f"{folder} is no bundle: it has no {MANIFEST}. `casewright train` makes one.")
    known = read_json(folder / MANIFEST)
    if not isinstance(known, dict) or known.get("format") != FORMAT:
        raise CasewrightError(f"{folder} is no bundle of this Casewright (format {FORMAT}); make it again.")
    try:
        bundle = Bundle(**known)
    except TypeError as error:
        raise CasewrightError(f"{folder / MANIFEST} is damaged ({error}); make the bundle again.") from error
    found = file_hashes(folder)
    if missing := sorted(bundle.files.keys() - found.keys()):
        raise CasewrightError(f"The bundle {folder} lacks {missing[0]}; copy it again.")
    if changed := [name for name, sha in bundle.files.items() if found[name] != sha]:
        raise CasewrightError(
            f"The bundle {folder} was changed since it was made: {changed[0]}. Copy it again."
        )
    if workflow is not None:
        _check_workflow(folder, bundle, workflow)
    return bundle


def _check_workflow(folder: Path, bundle: Bundle, workflow: Workflow) -> None:
    made_for = f"{bundle.workflow} {bundle.workflow_version}"
    if (bundle.workflow, bundle.workflow_version) != (workflow.name, workflow.version):
        raise CasewrightError(
            f"The bundle {folder} was made for workflow {made_for}, and installed is {workflow.name} "
            f"{workflow.version}; install that version, or train again."
        )
    if bundle.schema != workflow_schema(workflow):
        raise CasewrightError(
            f"The bundle {folder} was made for other facts than the installed {made_for} has; train again."
        )


def file_hashes(folder: Path) -> dict[str, str]:
    """Hash every file of a bundle but its manifest, by its path inside."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}
