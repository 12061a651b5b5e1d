"""The rules: one line of law each, in the version that was read. Not legal advice; a jurist signs each off.

Covers the procedures of Awb, Omgevingswet (Ow), Woo, Wmo 2015 and Participatiewet (Pw) that the workflows
need. A term of a local bylaw is made with `local_rule`. The penalty for a late decision is in `penalty`.
Row numbers in comments are those of the project's term table.
"""

from dataclasses import dataclass, replace
from datetime import date

from scaffolds.term.event import TermError
from scaffolds.term.rule import Article, Extension, Law, Length, Rule, Suspension

AWB = Law("Awb", "BWBR0005537", date(2026, 7, 1))
OW = Law("Ow", "BWBR0037885", date(2026, 7, 1))
WOO = Law("Woo", "BWBR0045754", date(2026, 8, 15))
WMO = Law("Wmo 2015", "BWBR0035362", date(2026, 7, 1))
PW = Law("Pw", "BWBR0015703", date(2026, 7, 1))

_MISSING = Suspension("invited", AWB("4:15(1)(a)"), "uitnodiging om aan te vullen", needs_until=True)
_AWB_4_15 = (  # rows 5 and 6
    _MISSING,
    Suspension("abroad_asked", AWB("4:15(1)(b)"), "gegevens gevraagd in het buitenland"),
    Suspension("delay_agreed", AWB("4:15(2)(a)"), "schriftelijke instemming met uitstel", end_closed=True),
    Suspension("applicant_delay", AWB("4:15(2)(b)"), "vertraging door de aanvrager", certain=False),
    Suspension("force_majeure", AWB("4:15(2)(c)"), "overmacht", certain=False),
)
_AWB_SWITCHES = ("lapse_day", "repair_term_roll", "suspension_without_repair_term")
_EXTENSION_SWITCHES = ("extension_from", "extended_roll")
_SILENCE = "Overrun never gives a permit by silence: par. 4.1.3.3 Awb is switched off (Ow 16.64(4))."  # row 2
_LATE_IS_HUMAN = "Whether a late objection is excusable (Awb 6:11) is for a person; posting by mail: Awb 6:9(2)."

_REGULAR = Rule(  # row 1
    "omgevingsvergunning_regulier",
    "Beslissen op een aanvraag omgevingsvergunning, reguliere procedure",
    OW("16.64(1)(2)"),
    Length(8, "weeks"),
    variants={"instemming": Length(12, "weeks")},
    extension=Extension(6, OW("16.64(2)")),
    suspensions=(
        *_AWB_4_15,
        Suspension("treaty_started", OW("16.77"), "internationale verplichting"),
        Suspension("nature_asked", OW("16.77a"), "Natura 2000-gegevens", certain=False, needs_until=True),
    ),
    restart=OW("16.61"),
    switches=(*_AWB_SWITCHES, *_EXTENSION_SWITCHES, "restart_day"),
    remarks=(
        _SILENCE,
        "Receipt by the college or water board counts where another body is competent (Ow 16.54a(1)).",
    ),
)
_NO_STATUTORY_TERM = Rule(  # row 8
    "redelijke_termijn",
    "Beslissen op een aanvraag zonder eigen wettelijke termijn",
    AWB("4:13"),
    Length(8, "weeks"),
    suspensions=_AWB_4_15,
    switches=_AWB_SWITCHES,
    remarks=("A reasonable term, 8 weeks at most; else a notice with a new term within them (Awb 4:14(3)).",),
)

RULES: tuple[Rule, ...] = (
    _REGULAR,
    replace(  # row 19
        _REGULAR,
        id="boom_kappen",
        title_nl="Beslissen op een aanvraag voor het kappen van een boom",
        remarks=(
            _SILENCE,
            "A bylaw permit on a matter of the omgevingsplan counts as omgevingsplanactiviteit (Ow 22.8).",
        ),
    ),
    Rule(  # row 3
        "omgevingsvergunning_uitgebreid",
        "Beslissen op een aanvraag omgevingsvergunning, uitgebreide procedure",
        AWB("3:18(1)"),
        Length(6, "months"),
        roll="none",
        extension=Extension(6, AWB("3:18(2)"), told_within=Length(8, "weeks")),
        suspensions=_AWB_4_15,
        switches=("month_end", *_AWB_SWITCHES),
        remarks=("Six months, not 26 weeks (Ow 16.65). The applicant is heard before an extension (Ow 16.66(3)).",),
    ),
    Rule(
        "uitgebreid_zonder_zienswijzen",
        "Beslissen als niemand een zienswijze heeft gegeven",
        AWB("3:18(4)"),
        Length(4, "weeks"),
        starts=("views_closed",),
    ),
    Rule(
        "intrekking_of_wijziging",
        "Beslissen over intrekking of wijziging op verzoek van een ander of ambtshalve",
        AWB("3:18(3)"),
        Length(12, "weeks"),
        starts=("laid_open",),
    ),
    Rule(  # row 4
        "zienswijzen",
        "Zienswijze geven op een ontwerpbesluit",
        AWB("3:16"),
        Length(6, "weeks"),
        starts=("laid_open",),
        first_day_counts=True,
        holder="citizen",
        penalty=False,
    ),
    Rule(  # row 7
        "buiten_behandeling",
        "Besluiten de aanvraag niet te behandelen",
        AWB("4:5(4)"),
        Length(4, "weeks"),
        starts=("completed", "repair_lapsed"),
    ),
    _NO_STATUTORY_TERM,
    replace(  # row 21
        _NO_STATUTORY_TERM,
        id="parkeervergunning",
        title_nl="Beslissen op een aanvraag parkeervergunning zonder termijn in de verordening",
        remarks=("Use the term of the parking bylaw where it has one (local_rule).",),
    ),
    Rule(  # row 9
        "bezwaar_indienen",
        "Bezwaar maken",
        AWB("6:7, 6:8"),
        Length(6, "weeks"),
        starts=("published", "laid_open"),
        variants={"vreemdelingenwet": Length(4, "weeks")},
        holder="citizen",
        penalty=False,
        remarks=(_LATE_IS_HUMAN, "Filed with the wrong body: the date there counts (Awb 6:15)."),
    ),
    Rule(  # row 10
        "bezwaar_beslissen",
        "Beslissen op een bezwaarschrift",
        AWB("7:10(1)"),
        Length(6, "weeks"),
        after="bezwaar_indienen",
        variants={"commissie": Length(12, "weeks")},
        extension=Extension(6, AWB("7:10(3)")),
        suspensions=(
            Suspension("invited", AWB("7:10(2)"), "verzoek een verzuim te herstellen (6:6)", needs_until=True),
            Suspension("delay_agreed", AWB("7:10(4)"), "instemming met verder uitstel", end_closed=True),
        ),
        switches=(*_AWB_SWITCHES, *_EXTENSION_SWITCHES),
    ),
    Rule(  # rows 11 and 12
        "woo_verzoek",
        "Beslissen op een Woo-verzoek",
        WOO("4.4(1)"),
        Length(4, "weeks"),
        extension=Extension(2, WOO("4.4(2)")),
        suspensions=(
            Suspension("views_asked", WOO("4.4(3)"), "zienswijze van een derde", end_closed=True),
            *_AWB_4_15,
        ),
        penalty=False,
        switches=(*_AWB_SWITCHES, "extension_from"),
        remarks=("No penalty for a late decision, nor in objection (Woo 8.2).",),
    ),
    Rule(
        "woo_misbruik",
        "Besluiten een Woo-verzoek niet te behandelen wegens misbruik",
        WOO("4.6"),
        Length(2, "weeks"),
        penalty=False,
    ),
    Rule(
        "woo_openbaarmaking",
        "Wachten met openbaarmaken als iemand bezwaar kan hebben",
        WOO("4.4(5)"),
        Length(2, "weeks"),
        starts=("decided",),
        aim="earliest",
        roll="none",
        penalty=False,
        switches=("wait_roll",),
    ),
    Rule(  # row 13
        "wmo_onderzoek",
        "Onderzoek na een melding Wmo",
        WMO("2.3.2(1)"),
        Length(6, "weeks"),
        starts=("reported",),
        penalty=False,
        remarks=("Application only after the inquiry, or once the six weeks have lapsed (Wmo 2.3.2(9)).",),
    ),
    Rule(
        "wmo_persoonlijk_plan",
        "Een persoonlijk plan geven",
        WMO("2.3.2(2)"),
        Length(7, "days"),
        starts=("reported",),
        holder="citizen",
        penalty=False,
    ),
    Rule(  # row 14
        "wmo_beslissing",
        "Beslissen op een aanvraag Wmo",
        WMO("2.3.5(2)"),
        Length(2, "weeks"),
        suspensions=_AWB_4_15,
        switches=_AWB_SWITCHES,
        remarks=("A second clock, from the application; not six plus two weeks from the melding.",),
    ),
    Rule(  # row 15
        "bijstand",
        "Beslissen op een aanvraag bijstand",
        AWB("4:13"),
        Length(8, "weeks"),
        suspensions=_AWB_4_15,
        switches=_AWB_SWITCHES,
        remarks=("Entitled from the melding (Pw 44(1)), up to three months earlier (Pw 44(5)).",),
    ),
    Rule(
        "bijstand_zoektermijn",
        "Wachten met een aanvraag bijstand door iemand jonger dan 27",
        PW("41(4)"),
        Length(4, "weeks"),
        starts=("reported",),
        aim="earliest",
        holder="citizen",
        roll="none",
        penalty=False,
        switches=("wait_roll",),
        remarks=("Exceptions in Pw 41(4) and 41(11) are for a person.",),
    ),
    Rule(  # row 17
        "omgevingsvergunning_werking",
        "Wachten tot de omgevingsvergunning werkt",
        OW("16.79"),
        Length(0, "days"),
        starts=("published", "laid_open"),
        variants={"uitgesteld": Length(4, "weeks")},
        aim="earliest",
        holder="citizen",
        roll="none",
        penalty=False,
        remarks=("Takes effect the day after; variant `uitgesteld` where so decided (16.79(2)).",),
    ),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A duty that is due at once (row 18): who must be told what, on which event."""

    event: str
    duty: str
    article: Article


NOTICES: tuple[Notice, ...] = (
    Notice("received", "proof of receipt with the day of receipt", OW("16.54a(2)(3)")),
    Notice("received", "acknowledge an electronic message", AWB("2:17")),
    Notice("received", "tell procedure, term and remedies; publish the application", OW("16.57")),
    Notice("received", "forward what another body must decide", AWB("2:3")),
    Notice("extended", "tell the extension within the term", OW("16.64(2)")),
    Notice("decided", "make known with reasons and the remedies clause", AWB("3:45-3:50")),
    Notice("decided", "publish the decision", OW("16.64(3)")),
)


def find_rule(rule_id: str, *, version: str = "", rules: tuple[Rule, ...] = RULES) -> Rule:
    """The rule by id, in the version a case began with or, without one, the latest; raises TermError."""
    found = sorted((rule for rule in rules if rule.id == rule_id), key=lambda rule: rule.version)
    if not found:
        raise TermError(f"no term rule {rule_id!r}; known: {', '.join(sorted({rule.id for rule in rules}))}")
    if not version:
        return found[-1]
    for rule in found:
        if rule.version == version:
            return rule
    raise TermError(f"term {rule_id} has no version {version}; known: {', '.join(r.version for r in found)}")


def local_rule(
    rule_id: str,
    *,
    title_nl: str,
    article: Article,
    weeks: int,
    extension_weeks: int = 0,
    in_force_from: date,
) -> Rule:
    """A permit term of a municipality's own bylaw (rows 20 and 21); the weeks are its configuration.

    Awb 4:15 applies; the Atw only where the bylaw says so (switch `bylaw_roll`).
    """
    return Rule(
        rule_id,
        title_nl,
        article,
        Length(weeks, "weeks"),
        roll="bylaw",
        extension=Extension(extension_weeks, article) if extension_weeks else None,
        suspensions=_AWB_4_15,
        switches=("bylaw_roll", *_AWB_SWITCHES, *(_EXTENSION_SWITCHES if extension_weeks else ())),
        in_force_from=in_force_from,
    )
