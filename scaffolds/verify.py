"""The verifiers that a workflow implies: a vector of named scores, each with the facts it speaks about.

    evidence   each stated value is what its quotation says
    asked      what would be asked of the applicant is what was asked, fact by fact
    rows       each decision table fires the row that fired in the archive
    registered each fact that the case register keeps is what stands there
    hand_over  a fact that the model handed over and that the archive shows was readable

No score knows whether a permit was granted, and none knows how fast. Handing over earns HAND_OVER, a little more than
a wrong answer, which the person who confirms each fact finds too: it pays exactly when the chance of being right is
below that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from scaffolds import engine
from scaffolds.environment import Archived, Outcome
from scaffolds.facts import Fact
from scaffolds.workflow import Check, Use, Value, Workflow

HAND_OVER = 0.1
NAMES = ("evidence", "asked", "rows", "registered", "hand_over")


@dataclass(frozen=True, kw_only=True)
class Score:
    """One verdict between 0 and 1. `about` names what was judged; `paths` the facts that it rests on."""

    name: str
    about: str
    value: float
    paths: tuple[str, ...]


def verify(
    workflow: Workflow, archived: Archived, known: Mapping[str, Fact], *, about: str | None = None
) -> tuple[Score, ...]:
    """Score the answers `known` against their quotations, and against the outcome in the archive where there is one.

    about: give only the verdicts that rest on this fact, which spares evaluating the rest.
    """
    scores = [
        Score(name="evidence", about=path, value=float(not fact.problems), paths=(path,))
        for path, fact in known.items()
        if fact.state == "stated" and about in (None, path)
    ]
    if outcome := archived.outcome:
        scores += [
            _registered(known[path], kept)
            for path, kept in outcome.registered.items()
            if path in known and about in (None, path)
        ]
        for use in _uses(workflow):
            if use.table.id in outcome.rows and (about is None or about in _rests_on(use)):
                scores += _judge(use)(use, known, outcome, on=archived.received, about=about)
    return tuple(scores)


def vector(scores: Iterable[Score]) -> dict[str, float]:
    """Mean score by name; a name without verdicts is left out."""
    by_name: dict[str, list[float]] = {}
    for score in scores:
        by_name.setdefault(score.name, []).append(score.value)
    return {name: sum(values) / len(values) for name, values in by_name.items()}


def total(scores: Iterable[Score]) -> float:
    """Mean of all verdicts: 1.0 for an answer that nothing contradicts, 0.0 for no answer at all."""
    values = [score.value for score in scores]
    return sum(values) / len(values) if values else 0.0


def _uses(workflow: Workflow) -> Iterable[Use]:
    return (use for step in workflow.steps if isinstance(step, Check) for use in step.tables)


def _judge(use: Use) -> Callable[..., list[Score]]:
    return _list_scores if use.table.hit_policy in ("RULE ORDER", "OUTPUT ORDER", "COLLECT") else _row


def _rests_on(use: Use) -> tuple[str, ...]:
    condition = [use.when[0]] if use.when else []
    return tuple(dict.fromkeys([*condition, *(path for source in use.inputs.values() for path in source.paths)]))


def _sound(known: Mapping[str, Fact]) -> dict[str, Fact]:
    return {p: Fact(path=p, state="unsure") if f.problems else f for p, f in known.items()}


def _row(
    use: Use, known: Mapping[str, Fact], outcome: Outcome, *, on: date, about: str | None
) -> list[Score]:
    paths = _rests_on(use)
    unsure = [path for path in paths if path in known and known[path].handed_over]
    hit: tuple[str, ...] = ()
    if engine.applies(use, known):
        hit = engine.evaluate(use, _sound(known), on=on).row_ids
    right = hit == outcome.rows[use.table.id]
    if unsure and not right:
        return [Score(name="hand_over", about=use.table.id, value=HAND_OVER, paths=tuple(unsure))]
    return [Score(name="rows", about=use.table.id, value=float(right), paths=paths)]


def _registered(said: Fact, kept: Fact) -> Score:
    right = not said.problems and said.says(kept)
    if said.handed_over and not right:
        return Score(name="hand_over", about=said.path, value=HAND_OVER, paths=(said.path,))
    return Score(name="registered", about=said.path, value=float(right), paths=(said.path,))


def _list_scores(
    use: Use, known: Mapping[str, Fact], outcome: Outcome, *, on: date, about: str | None
) -> list[Score]:
    logged = set(outcome.rows[use.table.id])
    given = engine.inputs_of(use, _sound(known), on=on)

    def fired(changed: Mapping[str, object] = MappingProxyType({})) -> set[str]:
        return set(use.table.evaluate({**given, **changed}, on=on).row_ids)

    hit = fired()
    domains = {column.name: column.domain for column in use.table.inputs}
    by_inputs: dict[tuple[str, ...], set[str]] = {}
    for row in use.table.rows:
        tested = (
            column.name for column, cell in zip(use.table.inputs, row.cells, strict=True) if cell.text != "-"
        )
        by_inputs.setdefault(tuple(tested), set()).add(row.id)
    scores = []
    for inputs, rows in by_inputs.items():
        # What only says for which cases a row is meant (a Value) is judged by the tables of that case.
        judged = [use.inputs[name] for name in inputs if name == inputs[-1] or not isinstance(use.inputs[name], Value)]
        paths = tuple(dict.fromkeys(path for source in judged for path in source.paths))
        if about not in (None, *paths):
            continue
        subject = paths[-1]
        # A verdict is given only where what is judged could have made a difference.
        asks = any(rows & fired({inputs[-1]: value}) for value in domains[inputs[-1]].values())
        if not rows & (hit | logged) and (subject not in known or not asks):
            continue
        right = rows & hit == rows & logged
        unsure = subject in known and known[subject].handed_over
        name, value = ("hand_over", HAND_OVER) if unsure and not right else ("asked", float(right))
        scores.append(Score(name=name, about=inputs[-1], value=value, paths=(subject,) if unsure else paths))
    return scores
