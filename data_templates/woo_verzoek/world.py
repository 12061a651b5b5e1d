"""What is true of one invented request for information: who asks, about what, over which days, and in which form."""

from __future__ import annotations

import random
from datetime import date, timedelta

from data_templates import inventions, names
from data_templates.dossier import Split
from data_templates.world import World, contradicted, kinds_of, left_out, name, workday
from scaffolds.facts import Choice, Value
from workflows.woo_verzoek.facts import Verzoek

READINGS = {"lees_verzoek": Verzoek}
PERIOD = ("periode_van", "periode_tot")
OMITTED = {
    "verzoeker": 0.1,
    "antwoordadres": 0.12,
    "antwoordwijze": 0.35,
    "onderwerp": 0.1,
    "periode_van": 0.25,
    "periode_tot": 0.35,
    "alle_documenten": 0.18,
    "documenten": 0.3,
    "bestuursorgaan": 0.12,
    "vorm": 0.15,
    "eigen_gegevens": 0.18,
    "derde": 0.25,
    "spoed": 0.4,
    "verzoekdatum": 0.25,
}


def _reply_address(rng: random.Random, split: Split, way: str) -> str:
    if way == "email" or (way == "portaal" and rng.random() < 0.5):
        return names.email(rng, split)[:60]
    at = inventions.address(rng, split)
    written = f"{at.street} {at.number}, {at.postcode[:4]} {at.postcode[4:]} {at.place}"
    return written if len(written) <= 60 else f"{at.street} {at.number}"[:60].strip()


def _values(rng: random.Random, split: Split, received: date) -> dict[str, Value]:
    first = date(rng.randint(2015, received.year - 1), rng.randint(1, 12), rng.choice((1, 1, 1, rng.randint(2, 28))))
    last = min(first + timedelta(days=rng.randint(30, 1200)), received - timedelta(days=rng.randint(1, 60)))
    sent = received if rng.random() < 0.6 else received - timedelta(days=rng.randint(1, 4))
    values: dict[str, Value] = {
        path: rng.choice(tuple(kind.options))
        for path, kind in Verzoek.kinds.items()
        if isinstance(kind, Choice) and kind.many == 1
    }
    return values | {
        "verzoeker": name(rng, split, business=0.2),
        "gemachtigde": name(rng, split, business=0.7),
        "antwoordadres": _reply_address(rng, split, str(values["antwoordwijze"])),
        "onderwerp": "eerst",
        "periode_van": first.isoformat(),
        "periode_tot": last.isoformat(),
        "documenten": "",
        "derde": name(rng, split, business=0.8),
        "verzoekdatum": sent.isoformat(),
    }


def draw(rng: random.Random, *, split: Split, agent: float, omit: float) -> World:
    """Draw a world. `agent` is the chance of a gemachtigde (agent), `omit` scales what is left out."""
    received = workday(rng, date(2025, 1, 6), weeks=104)
    values = _values(rng, split, received)
    others = _values(rng, split, received) | {"onderwerp": "anders"}
    kinds = kinds_of(READINGS)
    omitted = left_out(rng, kinds, OMITTED, factor=omit, never=())
    omitted |= set() if rng.random() < agent else {"gemachtigde"}
    # Who asks about his own affairs seldom names another as well.
    if values["eigen_gegevens"] == "ja" and "eigen_gegevens" not in omitted and rng.random() < 0.6:
        omitted.add("derde")
    asked = tuple(rng.sample(tuple(Verzoek.kinds["documenten"].options), rng.randint(1, 4)))  # type: ignore[attr-defined]
    return World(
        received=received,
        readings=READINGS,
        values=values,
        several={"documenten": () if "documenten" in omitted else asked},
        omitted=frozenset(omitted),
        second=contradicted(rng, kinds, values, others, never=omitted),
    )
