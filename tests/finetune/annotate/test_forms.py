"""Every installed workflow makes labelling projects that the community edition can show; a broken one is told."""

from typing import get_args

import pytest

from data_templates.labelling import FormKind, form_of, forms, lint, project_xml
from data_templates.labelling.facts import STATE, VALUE
from scaffolds.errors import CasewrightError
from scaffolds.workflow import Check, Decide, Draft, Read
from workflows.registry import load_workflow, workflow_names


@pytest.mark.parametrize("name", workflow_names())
@pytest.mark.parametrize("kind", get_args(FormKind))
def test_every_form_of_every_workflow_can_be_shown(name: str, kind: FormKind) -> None:
    workflow = load_workflow(name)
    asked = {"facts": Read, "decision": Decide, "drafts": Draft, "override": Read | Check}.get(kind)
    made = forms(workflow, kind)
    assert len(made) == (sum(isinstance(step, asked) for step in workflow.steps) if asked else 1)
    for form in made:
        assert lint(project_xml(form)) == []


def test_a_reading_asks_for_every_fact_whether_it_is_stated_and_where_it_has_one_its_value() -> None:
    workflow = load_workflow("omgevingsvergunning")
    step = workflow.by_id["lees_aanvraag"]
    assert isinstance(step, Read)
    form = form_of(workflow, "facts", step.id)
    for path, kind in step.facts.kinds.items():
        assert form.by_name[STATE + path].required
        assert (VALUE + path in form.by_name) == (kind.schema() is not None)


def test_an_unknown_step_is_refused_by_name() -> None:
    with pytest.raises(CasewrightError, match="no step 'niets'"):
        form_of(load_workflow("bezwaar"), "facts", "niets")


GOOD = (
    '<View><Labels name="l" toName="t"><Label value="a"/></Labels><Text name="t" value="$t"/>'
    '<View visibleWhen="region-selected" whenTagName="l" whenLabelValue="a">'
    '<Choices name="c" toName="t" choice="single-radio"><Choice value="x"/></Choices></View></View>'
)


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("</View></View>", "</View>", "not XML"),
        ("<Text ", "<Chat ", "the tag Chat is not in the community edition"),
        ('toName="t" choice', "toName='weg' choice", "is about weg, which is not shown"),
        ('choice="single-radio"', 'keuze="single-radio"', "has no attribute keuze"),
        ('whenTagName="l"', 'whenTagName="m"', "waits for m, which is not asked"),
        ('whenLabelValue="a"', 'whenLabelValue="b"', "waits for l to be b"),
        ('<Choice value="x"/>', '<Choice value="x"/><Choice value="x"/>', "options that differ"),
        ('name="c"', 'name="l"', "the name l is used twice"),
        ('value="$t"', 'value="t"', "shows no part of the data"),
    ],
)
def test_what_the_server_would_accept_and_the_editor_could_not_show_is_told(good: str, bad: str, told: str) -> None:
    assert lint(GOOD) == []
    assert good in GOOD
    assert told in "; ".join(lint(GOOD.replace(good, bad)))


def test_a_form_that_asks_nothing_is_told() -> None:
    assert lint('<View><Text name="t" value="$t"/></View>') == ["it asks nothing"]
