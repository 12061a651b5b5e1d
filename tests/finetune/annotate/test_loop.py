"""The loop against a real Label Studio: 200 tasks out, two annotators, everything back as it was entered."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from finetune.annotate.adjudicate import add_adjudications, outcomes
from finetune.annotate.answer import fields, results_of
from finetune.annotate.doctor import examine
from finetune.annotate.export import export_trl
from finetune.annotate.figures import agreement_figures
from finetune.annotate.ledger import Ledger
from finetune.annotate.pull import QUARANTINE, Pulled, pull
from finetune.annotate.push import push
from finetune.annotate.server import read_token
from finetune.report.agreement_page import agreement_page
from tests.finetune.annotate.plans import annotate, as_proposed, new_plan, on_server, projects, slip
from tests.finetune.annotate.reading import FORM, WORKFLOW
from tests.label_studio import Annotator, Server, running_server

TASKS, EACH = 200, 120


@dataclass
class Round:
    """A plan that was pushed, annotated by two and pulled; `entered` holds what each entered, by key."""

    server: Server
    ledger: Ledger
    annotators: tuple[Annotator, Annotator]
    entered: tuple[dict[str, Any], dict[str, Any]]
    sent: dict[str, int]
    pulled: Pulled


@pytest.fixture(scope="module")
def server() -> Server:
    return running_server()


@pytest.fixture(scope="module")
def done(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Round]:
    folder = tmp_path_factory.mktemp("round") / "plan"
    new_plan(folder, TASKS)
    with Ledger(folder) as ledger:
        sent = push(ledger, server.client, WORKFLOW)
        anna, bram = server.annotator("anna"), server.annotator("bram")
        there = on_server(ledger, server.client)
        # Forty tasks go to both; on every fourth task Bram overlooks something.
        first = annotate(anna.client, there[:EACH], as_proposed)
        places = {task.key: place for place, (_, task) in enumerate(there)}
        second = annotate(
            bram.client,
            there[-EACH:],
            lambda task: slip(task) if places[task.key] % 4 == 0 else as_proposed(task),
            seconds=35,
        )
        yield Round(server, ledger, (anna, bram), (first, second), sent, pull(ledger, server.client, WORKFLOW))


def test_every_task_is_sent_once_and_a_second_push_adds_nothing(done: Round) -> None:
    assert done.sent == {"sent": TASKS, "removed": 0}
    assert push(done.ledger, done.server.client, WORKFLOW) == {"sent": 0, "removed": 0}
    assert sum(done.server.client.count(project) for project in projects(done.ledger)) == TASKS


def test_what_comes_back_is_what_was_entered_by_whom_and_how_long_it_took(done: Round) -> None:
    assert (done.pulled.new, done.pulled.answered, done.pulled.refused) == (2 * EACH, 2 * EACH, 0)
    for annotator, entered, seconds in zip(done.annotators, done.entered, (20, 35), strict=True):
        for key, answer in entered.items():
            [mine] = [one for one in done.ledger.annotations(key) if one.annotator == annotator.email]
            assert mine.answer == answer
            assert mine.seconds == seconds


def test_a_suggestion_is_accepted_changed_or_absent_field_by_field(done: Round) -> None:
    for task in done.ledger.tasks():
        for one in done.ledger.annotations(task.key):
            offered = fields(task.proposed or {})
            same = {name: value == offered[name] for name, value in fields(one.answer or {}).items()}
            known = {True: "accepted", False: "changed"}
            seen = task.circle == "shown"
            wanted = {name: known[equal] if seen else "absent" for name, equal in same.items()}
            assert one.suggestion == wanted


def test_pulling_again_adds_nothing_and_loses_nothing(done: Round) -> None:
    assert pull(done.ledger, done.server.client, WORKFLOW) == replace(done.pulled, new=0)


def test_disagreements_go_to_a_senior_whose_answer_is_the_outcome_with_its_history(done: Round, tmp_path: Path) -> None:
    ledger, client = done.ledger, done.server.client
    expected = {
        key
        for key, answer in done.entered[0].items()
        if key in done.entered[1] and fields(answer) != fields(done.entered[1][key])
    }
    assert add_adjudications(ledger) == len(expected) > 0
    assert add_adjudications(ledger) == 0
    push(ledger, client, WORKFLOW)
    senior = done.server.annotator("carla")
    there = [(id_, task) for id_, task in on_server(ledger, client) if task.circle == "senior"]
    assert {task.about for _, task in there} == expected
    right = {task.key: as_proposed(ledger.task(task.about) or task) for _, task in there}
    annotate(senior.client, there, lambda task: right[task.key])
    pull(ledger, client, WORKFLOW)
    settled = {outcome.task.key: outcome for outcome in outcomes(ledger)}
    both = done.entered[0].keys() & done.entered[1].keys()
    assert settled.keys() == both
    for key, outcome in settled.items():
        assert outcome.answer == done.entered[0][key]
        assert outcome.settled == ("adjudicated" if key in expected else "agreed")
        assert [line["answer"] for line in outcome.history] == [entered[key] for entered in done.entered]
        event = outcome.event()
        assert event is not None
        assert event.kind == "facts_confirmed"
        assert event.actor.startswith("person:annotator-")
    # What is settled becomes rows; what the model read was right here, so that nothing is preferred over it.
    rows = export_trl(ledger, WORKFLOW, out=tmp_path / "trl", describe=False)
    assert (rows["sft"], rows["kto"], rows["dpo"]) == (len(both), len(both), 0)
    card = (tmp_path / "trl" / "README.md").read_text()
    assert "in dienst" in card
    assert done.annotators[0].email not in card
    for line in (tmp_path / "trl" / "sft.jsonl").read_text().splitlines():
        row = json.loads(line)
        assert row["provenance"]["terms"] == "in dienst"
        assert row["prompt"][0]["content"].startswith("Ontvangen: 2026-03-02")


def test_an_adjudication_by_one_of_the_two_is_refused(done: Round) -> None:
    ledger, client = done.ledger, done.server.client
    add_adjudications(ledger)
    push(ledger, client, WORKFLOW)
    id_, task = next(pair for pair in on_server(ledger, client) if pair[1].circle == "senior")
    answer = results_of(FORM, task, as_proposed(ledger.task(task.about) or task))
    made = done.annotators[0].client.sdk.annotations.create(id=id_, result=answer)
    assert pull(ledger, client, WORKFLOW).refused == 1
    [line] = (ledger.folder / QUARANTINE).read_text().splitlines()
    assert "one of those who disagreed" in json.loads(line)["reasons"][-1]
    client.sdk.annotations.delete(id=made.id)


def test_the_figures_of_a_round_make_a_page_that_stands_alone(done: Round) -> None:
    figures = agreement_figures(done.ledger, WORKFLOW, draws=100, seed=1)
    double = [entered.keys() for entered in done.entered]
    assert max(found["units"] for found in figures["fields"].values()) == len(double[0] & double[1])
    shown = figures["anchoring"]["shown"]["as suggested"]["value"]
    assert 0.9 < shown <= 1
    page = agreement_page(figures)
    assert "<script" not in page
    assert all(annotator.email not in page for annotator in done.annotators)


def test_planted_tampering_on_the_server_is_caught_and_what_is_whole_is_kept(server: Server, tmp_path: Path) -> None:
    new_plan(tmp_path / "plan", 6, first=5000, blind=0)
    with Ledger(tmp_path / "plan") as ledger:
        push(ledger, server.client, WORKFLOW)
        there = on_server(ledger, server.client)
        anna = server.annotator("anna")
        annotate(anna.client, there, as_proposed)
        # The server takes all of it without a word.
        label = results_of(FORM, there[0][1], as_proposed(there[0][1]))
        label.append({"id": "q", "from_name": "vindplaats", "to_name": "stuk", "type": "labels",
                      "value": {"start": 5, "end": 99_999, "text": "x", "labels": ["naam"]}})  # fmt: skip
        anna.client.sdk.annotations.create(id=there[0][0], result=label)
        client = server.client.sdk
        client.tasks.update(id=there[1][0], data=there[1][1].data | {"stuk": "Een andere tekst."})
        stranger = {**there[2][1].data, "casewright": {"key": "f" * 32, "sha256": "0"}}
        client.projects.import_tasks(id=projects(ledger)[0], request=[{"data": stranger}])
        client.tasks.delete(id=there[3][0])
        found = pull(ledger, server.client, WORKFLOW)
        assert (found.answered, found.refused, found.strangers, found.lost_tasks) == (4, 2, 1, 1)
        told = [json.loads(line)["reasons"] for line in (tmp_path / "plan" / QUARANTINE).read_text().splitlines()]
        assert any("unknown label 'naam'" in reason for reasons in told for reason in reasons)
        assert ["the task was altered since it was pushed"] in told
        # An annotation that somebody deletes is told, and ours is kept; a task that is gone is sent again.
        answered = [one for one in ledger.current("answered") if one.key == there[4][1].key]
        client.annotations.delete(id=answered[0].id)
        again = pull(ledger, server.client, WORKFLOW)
        assert (again.answered, again.lost_annotations) == (4, 1)
        assert push(ledger, server.client, WORKFLOW)["sent"] == 1


def test_an_annotation_that_was_edited_counts_in_its_last_form_and_a_skipped_one_is_kept_as_such(
    server: Server, tmp_path: Path
) -> None:
    new_plan(tmp_path / "plan", 2, first=6000, blind=0)
    with Ledger(tmp_path / "plan") as ledger:
        push(ledger, server.client, WORKFLOW)
        (first, task), (second, _) = on_server(ledger, server.client)
        sdk = server.annotator("anna").client.sdk
        made = sdk.annotations.create(id=first, result=results_of(FORM, task, slip(task)), lead_time=9)
        sdk.annotations.create(id=second, result=[], was_cancelled=True)
        found = pull(ledger, server.client, WORKFLOW)
        assert (found.new, found.answered, found.skipped) == (2, 1, 1)
        sdk.annotations.update(id=made.id, result=results_of(FORM, task, as_proposed(task)))
        assert pull(ledger, server.client, WORKFLOW).new == 1
        [one] = ledger.annotations(task.key)
        assert one.answer == as_proposed(task)


def test_a_local_server_is_as_private_as_the_doctor_wants(done: Round) -> None:
    token = read_token(done.server.folder)
    found = list(examine(done.server.login.url, token, project=projects(done.ledger)[0]))
    assert [one.what for one in found] == ["version", "tokens", "telemetry", "sign-up", "CORS", "SSRF"]
    assert all(one.good for one in found), found
    for name in ("token", "login.json"):
        assert (done.server.folder / name).stat().st_mode & 0o077 == 0
