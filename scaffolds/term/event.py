"""What happened in a case, as far as a legal term depends on it; and histories that cannot be.

Every date is a calendar day in Europe/Amsterdam. `until` is the last day of what the event opens (a repair
term, an agreed delay); `weeks` the length of an extension.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from scaffolds.errors import CasewrightError

EventKind = Literal[
    "received",  # ontvangst van de aanvraag, het verzoek
    "reported",  # melding (Wmo, Participatiewet)
    "published",  # bekendmaking van het besluit
    "laid_open",  # terinzagelegging
    "views_closed",  # einde zienswijzentermijn zonder zienswijzen (Awb 3:18(4))
    "extended",  # verlenging of verdaging, bekendgemaakt; `weeks`
    "invited",  # uitnodiging tot aanvulling (Awb 4:5); `until` = laatste dag hersteltermijn
    "completed",  # aanvulling ontvangen
    "repair_lapsed",  # hersteltermijn ongebruikt verstreken
    "abroad_asked",  # gegevens in het buitenland gevraagd (Awb 4:15(1)(b))
    "abroad_answered",
    "delay_agreed",  # schriftelijke instemming met uitstel (Awb 4:15(2)(a), 7:10(4)); `until`
    "applicant_delay",  # vertraging door de aanvrager (Awb 4:15(2)(b))
    "applicant_delay_ended",
    "force_majeure",  # overmacht (Awb 4:15(2)(c))
    "force_majeure_ended",
    "views_asked",  # zienswijze van een derde gevraagd (Woo 4.4(3)); `until`
    "views_given",
    "treaty_started",  # internationale verplichting (Ow 16.77)
    "treaty_ended",
    "nature_asked",  # Natura 2000-gegevens gevraagd (Ow 16.77a); `until`
    "nature_completed",
    "held",  # aanhouding (Ow 16.61)
    "held_ended",
    "default_notice",  # ingebrekestelling ontvangen (Awb 4:17(3))
    "decided",  # besluit bekendgemaakt
    "withdrawn",  # aanvraag ingetrokken
]
KINDS: tuple[EventKind, ...] = get_args(EventKind)

PAIRS: dict[EventKind, EventKind] = {
    "completed": "invited",
    "repair_lapsed": "invited",
    "abroad_answered": "abroad_asked",
    "applicant_delay_ended": "applicant_delay",
    "force_majeure_ended": "force_majeure",
    "views_given": "views_asked",
    "treaty_ended": "treaty_started",
    "nature_completed": "nature_asked",
    "held_ended": "held",
}
_ONCE: tuple[EventKind, ...] = ("received", "reported", "published", "laid_open", "decided", "withdrawn")
_FINAL: tuple[EventKind, ...] = ("decided", "withdrawn")
_AFTER_FINAL: tuple[EventKind, ...] = ("published", "laid_open")
_BEFORE_START: tuple[EventKind, ...] = ("reported",)


class TermError(CasewrightError):
    """A term that cannot be computed: the history, the rule or the version is refused, with the reason."""


@dataclass(frozen=True, slots=True)
class TermEvent:
    """One event that a term depends on."""

    kind: EventKind
    on: date
    until: date | None = None
    weeks: int | None = None

    def __str__(self) -> str:
        return f"{self.kind} on {self.on}"


def check_history(events: Sequence[TermEvent]) -> tuple[TermEvent, ...]:
    """The events in order of date; raises TermError naming the two events that cannot both be.

    Events on one day keep the order given. An end needs its beginning, a thing open is not opened again,
    nothing is received or decided twice, and after a decision nothing more happens to the term.
    """
    ordered = tuple(sorted(events, key=lambda event: event.on))
    opened: dict[EventKind, TermEvent] = {}
    once: dict[EventKind, TermEvent] = {}
    final: TermEvent | None = None
    for event in ordered:
        if event.kind not in KINDS:
            raise TermError(f"unknown event {event.kind!r}; known are {', '.join(KINDS)}")
        if event.until is not None and event.until < event.on:
            raise TermError(f"{event} ends on {event.until}, before it began")
        if event.kind in once:
            raise TermError(f"{event} cannot follow {once[event.kind]}: it happens once")
        if final and event.kind in _FINAL:
            raise TermError(f"{event} cannot follow {final}: the case had ended")
        if final and event.kind not in _AFTER_FINAL:
            raise TermError(f"{event} cannot follow {final}: the term had ended")
        if event.kind in _ONCE:
            once[event.kind] = event
        if event.kind in _FINAL:
            final = event
        if event.kind in PAIRS.values():
            if event.kind in opened:
                raise TermError(f"{event} cannot follow {opened[event.kind]}, which had not ended")
            opened[event.kind] = event
        if event.kind in PAIRS:
            if PAIRS[event.kind] not in opened:
                later = [e for e in ordered if e.kind == PAIRS[event.kind] and e.on >= event.on]
                other = f"{later[0]} came later" if later else f"no event {PAIRS[event.kind]!r} went before it"
                raise TermError(f"{event} is impossible: {other}")
            opened.pop(PAIRS[event.kind])
    return ordered
