"""The computed term: its ends, each step with its article, and what is left open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from scaffolds.term.interval import Interval


@dataclass(frozen=True, slots=True)
class Step:
    """One addition: what, under which article, over which days, and the end it gave."""

    what: str
    article: str
    end: date
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class TermResult:
    """The computed term. `suspended` is True while a suspension without a known end is running:
    the ends then hold only if it ended at once."""

    rule_id: str
    version: str
    variant: str
    calendar_version: str
    switches: Mapping[str, str]
    holder: str
    aim: str
    penalty: bool
    start: date
    raw_end: date
    legal_end: date
    safe_end: date
    suspended: bool
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]
    open_questions: tuple[str, ...]

    @property
    def overdue_from(self) -> date:
        """The first day after the term; for a waiting time the first day on which it may."""
        return self.legal_end + timedelta(days=1)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for the event log."""
        return {
            "rule": self.rule_id,
            "version": self.version,
            "variant": self.variant,
            "calendar": self.calendar_version,
            "switches": dict(self.switches),
            "holder": self.holder,
            "aim": self.aim,
            "start": str(self.start),
            "raw_end": str(self.raw_end),
            "legal_end": str(self.legal_end),
            "safe_end": str(self.safe_end),
            "suspended": self.suspended,
            "steps": [
                {"what": s.what, "article": s.article, "end": str(s.end)}
                | ({"interval": str(s.interval)} if s.interval else {})
                for s in self.steps
            ],
            "warnings": list(self.warnings),
            "open_questions": list(self.open_questions),
        }
