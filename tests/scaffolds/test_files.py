"""What is written appears whole or not at all, and what stood there before is kept."""

from pathlib import Path

import pytest

from scaffolds.errors import CasewrightError
from scaffolds.files import folder_atomic, read_json, sha256_json, write_json_atomic, write_text_atomic


def test_text_replaces_what_was_there_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    write_text_atomic(path, "één\n")
    write_text_atomic(path, "twee\n")
    assert path.read_text(encoding="utf-8") == "twee\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text_atomic(path, "oud")
    with pytest.raises(UnicodeEncodeError):
        write_text_atomic(path, "nieuw \ud800")
    assert path.read_text(encoding="utf-8") == "oud"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_fails_halfway_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    with folder_atomic(target) as inside:
        (inside / "a").write_text("oud", encoding="utf-8")

    def fail() -> None:
        with folder_atomic(target) as inside:
            (inside / "a").write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (target / "a").read_text(encoding="utf-8") == "oud"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    for text in ("oud", "nieuw"):
        with folder_atomic(target) as inside:
            (inside / text).write_text(text, encoding="utf-8")
    assert [path.name for path in target.iterdir()] == ["nieuw"]


def test_a_folder_that_was_killed_between_its_renames_comes_back(tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    (tmp_path / ".bundle.old.tmp").mkdir()
    (tmp_path / ".bundle.old.tmp" / "a").write_text("oud", encoding="utf-8")
    with pytest.raises(RuntimeError), folder_atomic(target):
        raise RuntimeError
    assert (target / "a").read_text(encoding="utf-8") == "oud"


def test_a_damaged_or_missing_json_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(CasewrightError, match=r"a\.json cannot be read"):
        read_json(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CasewrightError, match=r"a\.json is damaged"):
        read_json(path)
    write_json_atomic(path, {"a": [1]})
    assert read_json(path) == {"a": [1]}


def test_the_hash_of_json_does_not_depend_on_the_order_of_keys() -> None:
    assert sha256_json({"a": 1, "b": 2}) == sha256_json({"b": 2, "a": 1})
