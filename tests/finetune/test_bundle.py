"""A bundle is written whole, and refused when anything in it or under it is not what was evaluated."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from finetune.bundle import write_bundle
from scaffolds.errors import CasewrightError
from tests.finetune.small import WORKFLOW
from workflows.serve.bundle import MANIFEST, Bundle, read_bundle, workflow_schema

BUNDLE = Bundle(
    name="klein", workflow="klein", workflow_version="1", schema=workflow_schema(WORKFLOW), base="klerk",
    base_sha256="0" * 64, hub=False, quantise="none", describe=False, stage="sft", measured={"field_accuracy": 0.9},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_model.safetensors").write_bytes(b"gewichten")
    (tmp_path / "recipe.yaml").write_text("name: klein\n", encoding="utf-8")
    write_bundle(
        tmp_path / "bundle", BUNDLE, contents={"adapter": adapter, "recipe.yaml": tmp_path / "recipe.yaml"}
    )
    return tmp_path / "bundle"


def test_a_bundle_reads_back_with_the_hash_of_every_file(folder: Path) -> None:
    bundle = read_bundle(folder, workflow=WORKFLOW)
    assert sorted(bundle.files) == ["adapter/adapter_model.safetensors", "recipe.yaml"]
    assert replace(bundle, files={}) == BUNDLE


def test_a_changed_file_is_named(folder: Path) -> None:
    (folder / "adapter" / "adapter_model.safetensors").write_bytes(b"andere")
    with pytest.raises(CasewrightError, match=r"changed since it was made: adapter/adapter_model\.safetensors"):
        read_bundle(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "recipe.yaml").unlink()
    with pytest.raises(CasewrightError, match=r"lacks recipe\.yaml"):
        read_bundle(folder)


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(CasewrightError, match="is no bundle"):
        read_bundle(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"), [("{", "is damaged"), ("[]", "no bundle of this Casewright"), ('{"format": 1}', "is damaged")]
)
def test_a_damaged_manifest_is_named(folder: Path, text: str, told: str) -> None:
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(CasewrightError, match=told):
        read_bundle(folder)


def test_another_version_of_the_workflow_is_refused(folder: Path) -> None:
    with pytest.raises(CasewrightError, match="made for workflow klein 1, and installed is klein 2"):
        read_bundle(folder, workflow=replace(WORKFLOW, version="2"))


def test_other_facts_under_the_same_version_are_refused(folder: Path) -> None:
    first, second = WORKFLOW.steps
    shuffled = replace(WORKFLOW, steps=(replace(second, then=first.id), replace(first, then="einde")))
    with pytest.raises(CasewrightError, match="made for other facts"):
        read_bundle(folder, workflow=shuffled)


def test_a_bundle_that_cannot_be_written_leaves_the_old_one(folder: Path, tmp_path: Path) -> None:
    before = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    with pytest.raises(FileNotFoundError):
        write_bundle(folder, BUNDLE, contents={"recipe.yaml": tmp_path / "weg.yaml"})
    assert json.loads((folder / MANIFEST).read_text(encoding="utf-8")) == before
