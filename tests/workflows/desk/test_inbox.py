"""What is laid in the inbox becomes one case each, whenever a process is killed; what cannot be read is laid aside."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaffolds.store import Store
from tests.workflows.desk.office import see
from workflows.desk import inbox as inboxes
from workflows.desk.desk import Desk
from workflows.desk.forgetting import forget
from workflows.desk.inbox import TRIES, empty
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings


def _lay(inbox: Path, name: str, raw: bytes = b"Ik vraag om de stukken.") -> None:
    path = inbox / "woo_verzoek" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def test_a_file_and_a_folder_are_an_application_each(light: Desk, tmp_path: Path) -> None:
    _lay(tmp_path, "a.txt")
    _lay(tmp_path, "b/een.txt", b"Een.")
    _lay(tmp_path, "b/twee.txt", b"Twee.")
    first, second = empty(light, tmp_path, settled=0)
    assert [len(see(light, number).documents) for number in (first, second)] == [1, 2]
    assert [document.id for document in see(light, first).documents] == ["a.txt"]
    assert {path.name for path in (tmp_path / "taken").iterdir()} == {f"{first} a.txt", f"{second} b"}
    assert empty(light, tmp_path, settled=0) == []


def test_what_is_still_being_written_waits(light: Desk, tmp_path: Path) -> None:
    _lay(tmp_path, "a.txt")
    assert empty(light, tmp_path, settled=60) == []
    assert (tmp_path / "woo_verzoek" / "a.txt").exists()


def test_what_cannot_be_read_is_laid_aside_with_the_reason(light: Desk, tmp_path: Path) -> None:
    _lay(tmp_path, "a.pdf", b"%PDF-1.7 kapot")
    _lay(tmp_path, "b.txt", b"")
    assert empty(light, tmp_path, settled=0) == []
    assert sorted(path.name for path in (tmp_path / "refused").iterdir())[:2] == ["a.pdf", "a.pdf.reason.txt"]
    assert "a.pdf" in (tmp_path / "refused" / "a.pdf.reason.txt").read_text(encoding="utf-8")


def test_a_link_out_of_the_inbox_is_not_followed(light: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "geheim.txt"
    secret.write_text("geheim", encoding="utf-8")
    (tmp_path / "woo_verzoek").mkdir()
    (tmp_path / "woo_verzoek" / "a.txt").symlink_to(secret)
    assert empty(light, tmp_path, settled=0) == []


def test_the_same_content_is_one_application_however_often_it_is_laid_down(light: Desk, tmp_path: Path) -> None:
    _lay(tmp_path, "a.txt")
    [number] = empty(light, tmp_path, settled=0)
    _lay(tmp_path, "a.txt")
    _lay(tmp_path, "b.txt")
    _lay(tmp_path, "c.txt", b"Iets anders.")
    [other] = empty(light, tmp_path, settled=0)
    assert len(set(light.store.case_ids())) == 2
    kept = {path.name for path in (tmp_path / "taken").iterdir()}
    assert kept == {f"{number} a.txt", f"{number} a.txt (2)", f"{number} b.txt", f"{other} c.txt"}


def test_of_an_erased_case_nothing_is_known_any_more(light: Desk, tmp_path: Path) -> None:
    _lay(tmp_path, "a.txt")
    [number] = empty(light, tmp_path, settled=0)
    light.store.erase(
        number, reason="verzoek 12", actor="person:eva", at=light.clock(), also=lambda link: forget(link, number)
    )
    _lay(tmp_path, "a.txt")
    [again] = empty(light, tmp_path, settled=0)
    assert again != number


def test_what_is_laid_down_stays_where_the_database_is_away_and_counts_as_no_try(
    light: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> str:
        raise ConnectionError

    _lay(tmp_path, "a.txt")
    with monkeypatch.context() as patched:
        patched.setattr("workflows.desk.arrivals.take_in", away)
        for _ in range(TRIES + 1):
            with pytest.raises(ConnectionError):
                empty(light, tmp_path, settled=0)
    assert len(empty(light, tmp_path, settled=0)) == 1


FORK = multiprocessing.get_context("fork")


def _keep_emptying(where: str, inbox: Path, prepared: Callable[[], None] = lambda: None) -> None:
    prepared()
    with open_desk(Settings(database=where)) as desk:
        while True:
            empty(desk, inbox, settled=0)


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dying_at(name: str) -> Callable[[], None]:
    """Let the process be killed when it comes to a function of the inbox."""
    return lambda: setattr(inboxes, name, _die)


@pytest.mark.parametrize("moment", ["read_files", "_put"])
def test_a_process_that_is_killed_after_its_claim_or_after_its_commit_leaves_one_case(
    where: str, tmp_path: Path, moment: str
) -> None:
    inbox = tmp_path / "inbox"
    _lay(inbox, "a.txt")
    with open_desk(Settings(database=where)):
        pass
    killed = FORK.Process(target=_keep_emptying, args=(where, inbox, _dying_at(moment)))
    killed.start()
    killed.join(120)
    assert killed.exitcode == -signal.SIGKILL
    assert [path.name for path in (inbox / "woo_verzoek" / ".busy-1").iterdir()] == ["a.txt"]
    with open_desk(Settings(database=where)) as desk:
        opened = empty(desk, inbox, settled=0)
        assert len(opened) == (moment == "read_files")
        [number] = desk.store.case_ids()
    assert [path.name for path in (inbox / "taken").iterdir()] == [f"{number} a.txt"]


def test_what_takes_its_process_along_each_time_is_refused(light: Desk, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    _lay(inbox, "a.txt")
    for _ in range(TRIES):
        killed = FORK.Process(target=_keep_emptying, args=(str(tmp_path / "desk.db"), inbox, _dying_at("read_files")))
        killed.start()
        killed.join(120)
    assert empty(light, inbox, settled=0) == []
    assert {path.name for path in (inbox / "refused").iterdir()} == {"a.txt", "a.txt.reason.txt"}


def test_processes_killed_at_any_moment_take_everything_in_once(where: str, tmp_path: Path) -> None:
    inbox, rng = tmp_path / "inbox", random.Random(6)
    with open_desk(Settings(database=where)):
        pass
    texts = [f"Ik vraag om stuk {number}." for number in range(30)]
    for number, text in enumerate(texts):
        _lay(inbox, f"{number}.txt", text.encode())
    for _ in range(6):
        running = FORK.Process(target=_keep_emptying, args=(where, inbox))
        running.start()
        done = len(list(inbox.glob("taken/*")))
        deadline = time.monotonic() + 60
        while len(list(inbox.glob("taken/*"))) == done < len(texts) and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(rng.random() * 0.05)
        running.kill()
        running.join()
    with open_desk(Settings(database=where)) as desk:
        empty(desk, inbox, settled=0)
    with Store(where) as store:
        assert store.verify().sound
        assert Counter(case.documents[0].text for case in store.cases()) == Counter(texts)
    assert len(list(inbox.glob("taken/*"))) == len(texts)
    assert not list(inbox.glob("woo_verzoek/*.txt")) + list(inbox.glob("woo_verzoek/.busy-*/*"))
    assert not (inbox / "refused").exists()
