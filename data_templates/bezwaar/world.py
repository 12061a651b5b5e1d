"""What is true of one invented objection: who objects and through whom, against what, when, and why."""

from __future__ import annotations

import random
from datetime import date, timedelta

from data_templates import inventions, names
from data_templates.address import address_paths
from data_templates.dossier import Split
from data_templates.world import World, contradicted, kinds_of, left_out, name, workday
from scaffolds.facts import Choice, Value
from workflows.bezwaar.facts import Bezwaar, Indiener

READINGS = {"lees_indiener": Indiener, "lees_bezwaar": Bezwaar}
KINDS = kinds_of(READINGS)
ADDRESS = address_paths("adres")
AGENT = ("gemachtigde", "rol_gemachtigde", "machtiging")
NEVER = frozenset({"soort_besluit"})
OMITTED = {
    "bezwaarmaker": 0.08,
    "adres.straat": 0.1,
    "adres.huisnummer": 0.1,
    "adres.postcode": 0.25,
    "gemachtigde": 0.05,
    "rol_gemachtigde": 0.25,
    "machtiging": 0.3,
    "ondertekend": 0.35,
    "indiening": 0.25,
    "besluitdatum": 0.2,
    "kenmerk": 0.25,
    "bekendmaking": 0.25,
    "geadresseerde": 0.3,
    "gronden": 0.2,
    "horen": 0.35,
    "voorlopige_voorziening": 0.5,
    "proceskosten": 0.5,
}
ADDRESSED = frozenset({"bijstand", "wmo", "parkeervergunning"})
"""Decisions that hardly anybody but the addressee objects to."""


def _values(rng: random.Random, split: Split, subject: str, received: date, channel: str) -> dict[str, Value]:
    at = inventions.address(rng, split)
    # Most objections come in time; a good part around the last day, where a term rolls over holidays.
    late = rng.choice((rng.randint(1, 41), rng.randint(1, 41), rng.randint(38, 50), rng.randint(43, 120)))
    if channel == "post" and rng.random() < 0.3:
        late = rng.randint(43, 47)  # posted in time, or just not
    published = received - timedelta(days=late)
    values: dict[str, Value] = {
        "bezwaarmaker": name(rng, split, business=0.2 if subject == "dwangsom" else 0.08),
        **dict(zip(ADDRESS, (at.street, at.number, at.postcode, at.place), strict=True)),
        "gemachtigde": name(rng, split, business=0.4),
        "dagtekening": (received - timedelta(days=rng.choice((0, 0, 1, 1, 2, 3, rng.randint(4, 12))))).isoformat(),
        "indiening": channel or rng.choice(("post", "post", "balie", "formulier", "mail")),
        "soort_besluit": subject,
        "kenmerk": names.case_number(rng),
        "besluitdatum": (published - timedelta(days=rng.choice((0, 1, 1, 2, 3)))).isoformat(),
        "bekendmaking": published.isoformat(),
        "gronden": "",
    }
    for path, kind in KINDS.items():
        if isinstance(kind, Choice) and path not in values:
            values[path] = rng.choice(tuple(kind.options))
    if subject in ADDRESSED or rng.random() < 0.3:
        values["geadresseerde"] = "ja"
    return values


def draw(
    rng: random.Random, *, split: Split, subject: str, agent: float, omit: float, channel: str = ""
) -> World:
    """Draw a world. `agent` is the chance of a gemachtigde, `omit` scales what is left out.

    `channel` is how the objection came in, where the layout shows it.
    """
    received = workday(rng, date(2026, 2, 16), weeks=90)
    values = _values(rng, split, subject, received, channel)
    others = _values(rng, split, subject, received, "")
    omitted = left_out(rng, KINDS, OMITTED, factor=omit, never=NEVER)
    if rng.random() >= agent or "gemachtigde" in omitted:
        omitted |= set(AGENT)
    grounds = tuple(getattr(KINDS["gronden"], "options", ()))
    given = rng.sample(grounds, rng.choice((1, 1, 2, 2, 3)))
    return World(
        received=received,
        readings=READINGS,
        values=values,
        several={"gronden": () if "gronden" in omitted else tuple(given)},
        omitted=frozenset(omitted),
        second=contradicted(rng, KINDS, values, others, never=NEVER | omitted),
    )
