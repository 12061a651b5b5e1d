"""A span of calendar days that says whether its ends are open or closed, as the article words them."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` to `end`; an end that is not closed is itself not counted."""

    start: date
    end: date
    start_closed: bool
    end_closed: bool

    @property
    def first(self) -> date:
        """The first day counted."""
        return self.start if self.start_closed else self.start + timedelta(days=1)

    @property
    def last(self) -> date:
        """The last day counted; before `first` where none is."""
        return self.end if self.end_closed else self.end - timedelta(days=1)

    def days(self) -> tuple[date, ...]:
        """Every day counted, in order."""
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def __str__(self) -> str:
        return f"{'[' if self.start_closed else '('}{self.start}..{self.end}{']' if self.end_closed else ')'}"
