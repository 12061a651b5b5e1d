"""Legal terms (termijnen) and the money that depends on them, each step with its article.

result = compute("omgevingsvergunning_regulier", [TermEvent("received", date(2026, 3, 2))])
result.raw_end, result.legal_end, result.safe_end, result.steps, result.open_questions
"""

from scaffolds.term.compute import compute
from scaffolds.term.event import KINDS, EventKind, TermError, TermEvent, check_history
from scaffolds.term.interval import Interval
from scaffolds.term.penalty import Penalty, penalty, penalty_total
from scaffolds.term.result import Step, TermResult
from scaffolds.term.rule import SWITCHES, Article, Extension, Law, Length, Rule, Suspension, Switch
from scaffolds.term.rules import AWB, NOTICES, OW, PW, RULES, WMO, WOO, Notice, find_rule, local_rule

__all__ = [
    "AWB",
    "KINDS",
    "NOTICES",
    "OW",
    "PW",
    "RULES",
    "SWITCHES",
    "WMO",
    "WOO",
    "Article",
    "EventKind",
    "Extension",
    "Interval",
    "Law",
    "Length",
    "Notice",
    "Penalty",
    "Rule",
    "Step",
    "Suspension",
    "Switch",
    "TermError",
    "TermEvent",
    "TermResult",
    "check_history",
    "compute",
    "find_rule",
    "local_rule",
    "penalty",
    "penalty_total",
]
