"""What is laid in the inbox becomes one case each, and what cannot be read is laid aside with the reason."""

from pathlib import Path

from tests.workflows.desk.office import see
from workflows.desk.desk import Desk
from workflows.desk.inbox import empty, put_aside


def _lay(inbox: Path, name: str, raw: bytes = b"Ik vraag om de stukken.") -> None:
    path = inbox / "woo_verzoek" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def test_a_file_and_a_folder_are_an_application_each(light: Desk, tmp_path: Path) -> None:
    _lay(tmp_path, "a.txt")
    _lay(tmp_path, "b/een.txt")
    _lay(tmp_path, "b/twee.txt")
    first, second = empty(light, tmp_path, settled=0)
    assert [len(see(light, number).documents) for number in (first, second)] == [1, 2]
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


def test_what_a_process_died_over_is_laid_aside_and_never_taken_twice(light: Desk, tmp_path: Path) -> None:
    _lay(tmp_path, ".busy-a.txt")
    assert empty(light, tmp_path, settled=0) == []
    put_aside(light, tmp_path)
    assert (tmp_path / "refused" / "a.txt").exists()


def test_a_link_out_of_the_inbox_is_not_followed(light: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "geheim.txt"
    secret.write_text("geheim", encoding="utf-8")
    (tmp_path / "woo_verzoek").mkdir()
    (tmp_path / "woo_verzoek" / "a.txt").symlink_to(secret)
    assert empty(light, tmp_path, settled=0) == []
