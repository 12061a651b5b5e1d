"""`casewright term`: compute a legal term with its receipt, and print the rules."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from scaffolds.term import Penalty, TermEvent, TermResult

app = typer.Typer(help="Compute legal terms (termijnen).", no_args_is_help=True)

_EVENT = re.compile(r"(\w+)=(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?(?:\+(\d+))?")


@app.command(
    epilog="Example: casewright term compute omgevingsvergunning_regulier received=2026-06-01 "
    "invited=2026-06-15..2026-07-01 completed=2026-06-29 extended=2026-07-20+6"
)
def compute(
    rule: Annotated[str, typer.Argument(help="The rule; see `casewright term table`.")],
    events: Annotated[
        list[str],
        typer.Argument(metavar="KIND=DATE[..UNTIL][+WEEKS]...", help="What happened, and when."),
    ],
    variant: Annotated[str, typer.Option(help="A variant of the rule, such as `commissie`.")] = "",
    version: Annotated[str, typer.Option(help="The rule version the case began with.")] = "",
    switch: Annotated[
        list[str] | None, typer.Option("--switch", metavar="NAME=OPTION", help="A choice a jurist settled.")
    ] = None,
    until: Annotated[str, typer.Option(metavar="DATE", help="Count the penalty up to this day, undecided.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
) -> None:
    """Compute a term: raw, legal and safe end, each step with its article, and what is left open.

    With an event `default_notice` (ingebrekestelling) the penalty for a late decision is computed too.
    """
    import json

    from scaffolds.errors import CasewrightError
    from scaffolds.term import SWITCHES, find_rule
    from scaffolds.term import compute as compute_term

    history = [_event(text) for text in events]
    chosen = dict(text.partition("=")[::2] for text in switch or [])
    unknown = [name for name in chosen if name not in SWITCHES]
    if unknown:
        raise CasewrightError(f"no switch {', '.join(unknown)}; known: {', '.join(SWITCHES)}")
    of_rule = {name: option for name, option in chosen.items() if not name.startswith("penalty_")}
    found = find_rule(rule, version=version)
    result = compute_term(found, history, variant=variant, switches=of_rule)
    of_penalty = {name: option for name, option in chosen.items() if name not in of_rule}
    due = _penalty(result, history, until, of_penalty)
    if as_json:
        plain = result.to_dict() | ({"penalty": due.to_dict()} if due else {})
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        return
    _print(found.title_nl, result, due)


@app.command()
def table() -> None:
    """Print the rules: start, length, extension, roll and article of each, and the switches."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from scaffolds.term import RULES, SWITCHES

    rules = Table("Rule", "Termijn", "Start", "Length", "Extension", "Atw", "Article", title="Terms")
    for rule in RULES:
        start = f"after {rule.after}" if rule.after else " or ".join(rule.starts)
        lengths = [str(rule.length), *(f"{name}: {length}" for name, length in rule.variants.items())]
        extension = f"{rule.extension.max_weeks} weeks, {rule.extension.article}" if rule.extension else ""
        texts = (rule.id, rule.title_nl, start, "\n".join(lengths), extension, rule.roll, str(rule.article))
        rules.add_row(*(Text(text) for text in texts))
    switches = Table("Switch", "Options (default first)", "Question for a jurist", title="Switches")
    for switch in SWITCHES.values():
        switches.add_row(switch.name, ", ".join(switch.options), Text(switch.question))
    Console().print(rules, switches)


def _event(text: str) -> TermEvent:
    from scaffolds.errors import CasewrightError
    from scaffolds.term import KINDS, TermEvent

    found = _EVENT.fullmatch(text)
    kind = next((kind for kind in KINDS if found and kind == found[1]), None)
    if found is None or kind is None:
        raise CasewrightError(f"{text!r} is not KIND=DATE[..UNTIL][+WEEKS]; kinds are {', '.join(KINDS)}")
    try:
        until = date.fromisoformat(found[3]) if found[3] else None
        return TermEvent(kind, date.fromisoformat(found[2]), until, int(found[4]) if found[4] else None)
    except ValueError:
        raise CasewrightError(f"{text!r} names a day that is not in the calendar") from None


def _penalty(result: TermResult, history: list[TermEvent], until: str, switches: dict[str, str]) -> Penalty | None:
    from scaffolds.errors import CasewrightError
    from scaffolds.term import penalty

    notice = next((event.on for event in history if event.kind == "default_notice"), None)
    decided = next((event.on for event in history if event.kind == "decided"), None)
    if notice is None:
        return None
    try:
        end = decided or date.fromisoformat(until)
    except ValueError:
        raise CasewrightError("a penalty needs an event decided=DATE, or --until DATE") from None
    return penalty(result, notice, until=end, decided=decided is not None, switches=switches)


def _print(title: str, result: TermResult, due: Penalty | None) -> None:
    typer.echo(f"{title} ({result.rule_id}, version {result.version}, calendar {result.calendar_version})")
    for step in (*result.steps, *(due.steps if due else ())):
        days = f" {step.interval}" if step.interval else ""
        typer.echo(f"  {step.end}  {step.what}{days}  [{step.article}]")
    typer.echo(f"raw end    {result.raw_end}")
    typer.echo(f"legal end  {result.legal_end}")
    typer.echo(f"safe end   {result.safe_end}")
    if due:
        typer.echo(f"penalty    EUR {due.euros} for {due.days} days (share EUR {due.share})")
    for warning in result.warnings:
        typer.echo(f"warning: {warning}")
    for question in (*result.open_questions, *(due.open_questions if due else ())):
        typer.echo(f"open: {question}")
