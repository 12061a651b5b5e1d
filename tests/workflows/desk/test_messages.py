"""Everything the desk says it says in two languages; nothing it shows is loaded from elsewhere."""

import re
from hashlib import sha256
from pathlib import Path
from string import Formatter
from typing import get_args

from scaffolds.case import EventKind
from scaffolds.engine import WHO
from workflows.desk.messages import LANGUAGES, catalogue
from workflows.desk.roles import ROLES

DESK = Path(__file__).parents[3] / "workflows" / "desk"


def _fields(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def test_both_catalogues_say_the_same_things() -> None:
    dutch, english = (catalogue(language) for language in LANGUAGES)
    assert list(dutch) == list(english)
    assert {key: _fields(text) for key, text in dutch.items()} == {key: _fields(text) for key, text in english.items()}


def test_every_message_that_is_named_exists() -> None:
    sources = [*DESK.rglob("*.py"), *DESK.rglob("*.html")]
    named = {
        key
        for path in sources
        for key in re.findall(r"""\bt\('([a-z_.]+)'[,)]""", path.read_text(encoding="utf-8"))
    }
    refused = {
        f"refused.{key}"
        for path in DESK.rglob("*.py")
        for key in re.findall(r'(?:Refused|Forbidden|NotFound|TooMany)\("([a-z_0-9]+)"', path.read_text("utf-8"))
    }
    assert len(named) > 100
    assert len(refused) > 20
    assert (named | refused) - set(catalogue("nl")) == set()


def test_every_event_phase_and_role_has_a_name() -> None:
    known = catalogue("nl")
    wanted = {f"event.{kind}" for kind in get_args(EventKind)} | {f"phase.{phase}" for phase in (*WHO, "closed")}
    assert (wanted | {f"role.{role}" for role in ROLES}) - set(known) == set()


def test_style_sheets_are_those_that_were_vendored() -> None:
    vendor = DESK / "static" / "vendor"
    told = (vendor / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (\S+\.css) \|.*\| ([0-9a-f]{64}) \|$", told, re.M))
    assert listed == {path.name: sha256(path.read_bytes()).hexdigest() for path in vendor.glob("*.css")}


SCRIPT = """<script src="{{ static('session.js') }}" defer></script>"""


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_but_what_warns_of_the_end_of_a_sign_in() -> None:
    for path in DESK.rglob("*.html"):
        page = path.read_text(encoding="utf-8").replace(SCRIPT, "")
        assert not re.search(r"https?://|//[a-z]|<script|<style|\sstyle=|\son[a-z]+=|\|\s*safe", page), path
    for path in (DESK / "static").rglob("*.css"):
        sheet = path.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\((?!\"data:)", sheet), path
