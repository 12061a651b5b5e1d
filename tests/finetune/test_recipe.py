"""Recipes are strict, every shipped one validates, and a message names the key, the place and what to do."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from finetune.recipe import Recipe, known_keys, load_recipe, nearest_key, recipe_schema, write_recipe
from finetune.shipped import shipped_recipes
from scaffolds.errors import CasewrightError
from workflows.registry import load_workflow

SHIPPED = sorted(shipped_recipes())
DEMO = shipped_recipes()["demo"].read_text(encoding="utf-8")


def refusal(path: Path, text: str, *overrides: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CasewrightError) as error:
        load_recipe(str(path), overrides=overrides)
    return str(error.value)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_recipe_validates_and_names_an_installed_workflow(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.name == name
    if isinstance(recipe, Recipe):  # a log makes its own workflow
        assert load_workflow(recipe.workflow).name == recipe.workflow


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_recipe_fits_the_published_schema(name: str) -> None:
    data = yaml.safe_load(shipped_recipes()[name].read_text(encoding="utf-8"))
    assert list(Draft202012Validator(recipe_schema()).iter_errors(data)) == []


def test_the_schema_is_itself_valid_and_closed_at_every_level() -> None:
    schema = recipe_schema()
    Draft202012Validator.check_schema(schema)
    parts = [schema, *schema["$defs"].values()]
    assert all(part["additionalProperties"] is False for part in parts if part.get("type") == "object")


def test_a_resolved_recipe_reads_back_as_itself(tmp_path: Path) -> None:
    recipe = load_recipe("omgevingsvergunning", overrides=["seed=3", "sft.bf16=false"])
    path = tmp_path / "resolved.yaml"
    path.write_text(write_recipe(recipe), encoding="utf-8")
    assert load_recipe(str(path)) == recipe


def test_a_misspelt_key_is_refused_with_the_nearest_key_the_file_and_the_line(tmp_path: Path) -> None:
    text = DEMO.replace("  learning_rate:", "  learning_rte:", 1)
    line = next(n for n, line in enumerate(text.splitlines(), start=1) if "learning_rte" in line)
    path = tmp_path / "mine.yaml"
    assert refusal(path, text) == (
        f"{path}, line {line}: unknown key 'sft.learning_rte'. Did you mean 'sft.learning_rate'?"
    )


def test_a_key_that_stands_in_the_wrong_part_is_told_where_it_belongs(tmp_path: Path) -> None:
    message = refusal(tmp_path / "mine.yaml", DEMO + "rank: 4\n")
    assert message.endswith("unknown key 'rank'. Did you mean 'sft.lora.rank'?")


@given(st.sampled_from([f"{p}.{k}".lstrip(".") for p, ks in known_keys().items() for k in ks]), st.data())
def test_one_wrong_letter_in_any_key_is_answered_with_a_known_key(key: str, data: st.DataObject) -> None:
    *parents, last = key.split(".")
    if len(last) < 5:
        return
    place = data.draw(st.integers(0, len(last) - 1))
    spoilt = ".".join([*parents, last[:place] + "q" + last[place + 1 :]])
    assert "Did you mean" in nearest_key(spoilt)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("seed=x", "--set seed=x: 'seed': input should be a valid integer"),
        ("sft.learning_rate=4", "--set sft.learning_rate=4: 'sft.learning_rate': input should be less than"),
        ("sft", "--set sft: write KEY=VALUE"),
        ("name.x=2", "--set name.x=2: there is no such place"),
        ("sources.7.kind=synthetic", "there is no such place"),
        ("sources.0.kind=x", "'sources.0.kind': input should be 'synthetic'"),
        ("rl.weights.speed=1", "speed is no verifier; known are evidence, asked, rows, registered, hand_over"),
        ("sft.lora.rnk=1", "Did you mean 'sft.lora.rank'?"),
        ("workflow=[", "is not a YAML value"),
    ],
)
def test_a_bad_override_is_refused_by_name(override: str, told: str) -> None:
    with pytest.raises(CasewrightError) as error:
        load_recipe("demo", overrides=[override])
    assert told in str(error.value)


def test_overrides_reach_nested_keys_lists_and_whole_parts() -> None:
    changes = ["sft.lora.rank=4", "sources.0.confirmed=7", "rl=null"]
    recipe = load_recipe("demo", overrides=changes)
    assert (recipe.sft.lora.rank, recipe.sources[0].confirmed, recipe.rl) == (4, 7, None)


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path / "a.yaml", DEMO.replace("licence: EUPL-1.2", "licens: EUPL-1.2"), "seed=-1")
    assert len(message.splitlines()) == 3
    assert "Did you mean 'sources.0.licence'?" in message
    assert "'sources.0.licence' is missing" in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: a\nname: b\n", "line 2: 'name' stands there twice"),
        ("- a\n", "is not a recipe"),
        ("", "is not a recipe"),
        ("a: [", "is not YAML"),
        ("a: &x 1\nb: *x\n", "uses a YAML alias"),
        ("name: !!python/object/apply:os.system [ls]\n", "is not YAML"),
    ],
)
def test_what_is_no_recipe_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert told in refusal(tmp_path / "a.yaml", text)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"name: caf\xe9\n")
    with pytest.raises(CasewrightError, match="UTF-8"):
        load_recipe(str(path))


def test_an_unknown_recipe_is_answered_with_the_nearest_shipped_one() -> None:
    with pytest.raises(CasewrightError, match="Did you mean 'demo'"):
        load_recipe("dmo")


def test_recipes_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_recipe("demo").seed = 2  # type: ignore[misc]


def test_every_key_of_the_schema_is_known_to_the_suggestions() -> None:
    schema = json.dumps(recipe_schema())
    assert all(f'"{key}"' in schema for keys in known_keys().values() for key in keys)
    assert set(known_keys()[""]) == set(Recipe.model_fields)
