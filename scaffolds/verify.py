"""The verifiers that a workflow implies: a vector of named scores, each with the facts it speaks about.

    evidence   each stated value is what its quotation says
    asked      what would be asked of the applicant is what was asked, fact by fact
    rows       each decision table fires the row that fired in the archive
    hand_over  a fact that the model handed over and that the archive shows was readable

No score knows whether a permit was granted, and none knows how fast. Handing over earns HAND_OVER, between right
and wrong: it pays exactly when the chance of being right is below that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scaffolds import engine
from scaffolds.environment import Episode, Outcome
from scaffolds.facts import Fact
from scaffolds.workflow import Check, Use, Workflow

HAND_OVER = 0.3
NAMES = ("evidence", "asked", "rows", "hand_over")


@dataclass(frozen=True, kw_only=True)
class Score:
    """One verdict between 0 and 1. `about` names what was judged; `paths` the facts that it rests on."""

    name: str
    about: str
    value: float
    paths: tuple[str, ...]


def verify(workflow: Workflow, episode: Episode) -> tuple[Score, ...]:
    """Score an episode against its own quotations, and against the outcome in the archive where there is one."""
    known = episode.facts
    scores = [
        Score(name="evidence", about=path, value=float(not fact.problems), paths=(path,))
        for path, fact in known.items()
        if fact.state == "stated"
    ]
    outcome = episode.archived.outcome
    if outcome:
        for use in _uses(workflow):
            if use.table.id in outcome.rows:
                judge = (
                    _list_scores
                    if use.table.hit_policy in ("RULE ORDER", "OUTPUT ORDER", "COLLECT")
                    else _row
                )
                scores += judge(use, known, outcome, episode)
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


def _sound(known: Mapping[str, Fact]) -> dict[str, Fact]:
    return {p: Fact(path=p, state="unsure") if f.problems else f for p, f in known.items()}


def _row(use: Use, known: Mapping[str, Fact], outcome: Outcome, episode: Episode) -> list[Score]:
    paths = tuple(
        dict.fromkeys([*([use.when[0]] if use.when else []), *(p for s in use.inputs.values() for p in s.paths)])
    )
    unsure = [path for path in paths if path in known and known[path].handed_over]
    hit: tuple[str, ...] = ()
    if engine.applies(use, known):
        hit = engine.evaluate(use, _sound(known), on=episode.archived.received).row_ids
    right = hit == outcome.rows[use.table.id]
    if unsure and not right:
        return [Score(name="hand_over", about=use.table.id, value=HAND_OVER, paths=tuple(unsure))]
    return [Score(name="rows", about=use.table.id, value=float(right), paths=paths)]


def _list_scores(use: Use, known: Mapping[str, Fact], outcome: Outcome, episode: Episode) -> list[Score]:
    logged = set(outcome.rows[use.table.id])
    hit = set(engine.evaluate(use, _sound(known), on=episode.archived.received).row_ids)
    by_path: dict[tuple[str, ...], set[str]] = {}
    for row in use.table.rows:
        tested = (
            column.name for column, cell in zip(use.table.inputs, row.cells, strict=True) if cell.text != "-"
        )
        by_path.setdefault(tuple(path for name in tested for path in use.inputs[name].paths), set()).add(row.id)
    scores = []
    for paths, rows in by_path.items():
        subject = paths[-1]
        if not (rows & (hit | logged)) and subject not in known:
            continue
        right = rows & hit == rows & logged
        unsure = subject in known and known[subject].handed_over
        name, value = ("hand_over", HAND_OVER) if unsure and not right else ("asked", float(right))
        scores.append(Score(name=name, about=subject, value=value, paths=(subject,) if unsure else paths))
    return scores
