"""A new workflow: a complete working package of one's own, written from the templates beside this module.

Templates are `NAME.txt`, with `$name`, `$package`, `$dashed`, `$title` and `$today`; what is written passes `casewright
workflow check` and its own tests once it is installed.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from string import Template

from scaffolds.errors import CasewrightError

_TEMPLATES = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]{1,38}[a-z0-9]")


def write_workflow(name: str, *, into: Path, taken: Collection[str], today: date) -> list[Path]:
    """Write the package of workflow `name` to `into/name`; give the files written.

    Raises CasewrightError for a name that is no lower-case identifier or is `taken`, and where something stands
    in the way.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CasewrightError(f"{name!r} is no name for a workflow: use small letters, digits and _.")
    if name in taken:
        raise CasewrightError(f"There is a workflow '{name}' already; choose another name.")
    folder = into / name
    if folder.exists():
        raise CasewrightError(f"{folder} is there already; choose another name, or another folder with --into.")
    package = f"workflow_{name}"
    words = {
        "name": name,
        "package": package,
        "dashed": name.replace("_", "-"),
        "title": name.replace("_", " ").capitalize(),
        "today": today.isoformat(),
    }
    written = []
    for template in sorted(_TEMPLATES.rglob("*.txt")):
        place = template.relative_to(_TEMPLATES).as_posix().removesuffix(".txt")
        place = re.sub(r"^package/", f"{package}/", place)
        place = re.sub(r"\bname\.yaml$", f"{name}.yaml", re.sub(r"test_name\.py$", f"test_{name}.py", place))
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(template.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
        written.append(target)
    return written
