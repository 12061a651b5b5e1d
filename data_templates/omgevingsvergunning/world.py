"""What is true of one invented application for a permit: place, work, measures, people and papers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from data_templates import inventions, names
from data_templates.address import address_paths
from data_templates.dossier import Split
from data_templates.surfaces import WEEKS_AHEAD
from data_templates.world import World, contradicted, kinds_of, left_out, name, workday
from scaffolds.facts import Choice, Facts, Value
from workflows.omgevingsvergunning.facts import ACTIVITIES, Aanvraag, Boom, Dakkapel, Inrit, Reclame, Uitbouw

Draw = Callable[[random.Random], Value]

ADDRESS = address_paths("locatie")
TREES = {
    "train": "eik/eiken beuk/beuken berk/berken esdoorn/esdoorns linde/lindes kastanje/kastanjes den/dennen "
    "spar/sparren populier/populieren zomereik/zomereiken treurwilg/treurwilgen conifeer/coniferen "
    "walnoot/walnoten lork/lorken plataan/platanen kers/kersen haagbeuk/haagbeuken robinia/robinia's "
    "hazelaar/hazelaars hulst/hulsten taxus/taxussen thuja/thuja's sequoia/sequoia's "
    "tulpenboom/tulpenbomen amberboom/amberbomen trompetboom/trompetbomen moerbei/moerbeien vijg/vijgen "
    "perenboom/perenbomen pruimenboom/pruimenbomen douglasspar/douglassparren "
    "zilverlinde/zilverlindes sierpeer/sierperen sierkers/sierkersen kornoelje/kornoeljes liguster/ligusters "
    "vlier/vlieren leilinde/leilindes",
    "eval": "iep/iepen es/essen els/elzen wilg/wilgen ceder/ceders acacia/acacia's vleugelnoot/vleugelnoten "
    "appelboom/appelbomen magnolia/magnolia's",
}
OMITTED = {
    "aanvrager": 0.1,
    "gemachtigde": 0.1,
    "locatie.straat": 0.1,
    "locatie.huisnummer": 0.1,
    "locatie.postcode": 0.3,
    "locatie.plaats": 0.2,
    "omschrijving": 0.12,
    "aanvraagdatum": 0.25,
    "begindatum": 0.25,
    "kosten": 0.28,
    "eigenaar": 0.3,
    "monument": 0.35,
    "bijlagen": 0.3,
    "boomsoort": 0.12,
    "aantal_bomen": 0.2,
    "herplant": 0.35,
    "tweede_inrit": 0.25,
    "verlicht": 0.2,
}
_GROWN = ("boom/bomen", "eik/eiken", "beuk/beuken", "berk/berken", "den/dennen", "kers/kersen", "linde/lindes")
READING = {"boom_vellen": Boom, "dakkapel": Dakkapel, "inrit": Inrit, "reclame": Reclame, "uitbouw": Uitbouw}


def _lengths(low: int, high: int, step: int = 5) -> Draw:
    return lambda rng: rng.randrange(low, high + 1, step)


DRAWN: dict[str, dict[str, Draw]] = {
    "boom_vellen": {
        "stamomtrek": lambda rng: rng.choice((rng.randrange(20, 120), rng.randrange(30, 300, 5))),
        "aantal_bomen": lambda rng: rng.choice((1, 1, 1, 1, 2, 2, 3, 4, 5, rng.randint(6, 20))),
    },
    "dakkapel": {"breedte": _lengths(120, 650), "hoogte": _lengths(100, 220)},
    "inrit": {"breedte": _lengths(200, 800, 10)},
    "reclame": {"oppervlakte": _lengths(10, 600, 2)},
    "uitbouw": {"diepte": _lengths(120, 600), "breedte": _lengths(200, 900), "hoogte": _lengths(220, 550)},
}
COSTS = {
    "boom_vellen": (200, 4000),
    "dakkapel": (4000, 30000),
    "inrit": (800, 9000),
    "reclame": (150, 8000),
    "uitbouw": (9000, 95000),
}


@dataclass(frozen=True, kw_only=True)
class PermitWorld(World):
    """The truth behind one application; `tree` is one tree and several of them."""

    activity: str
    tree: tuple[str, str]

    @property
    def reading(self) -> type[Facts]:
        """The facts of this activity's own Read step."""
        return READING[self.activity]


def _money(rng: random.Random, low: int, high: int) -> int:
    step = rng.choice((50, 100, 250, 500, 1000))
    whole = max(step, round(rng.uniform(low, high) / step) * step)
    return whole * 100 + (rng.randrange(5, 100, 5) if rng.random() < 0.15 else 0)


def tree(rng: random.Random, split: Split) -> tuple[str, str]:
    """A kind of tree, one and several; training meets made-up kinds too, so that a kind is read and not known."""
    if split == "train" and rng.random() < 0.4:
        stem = inventions.made_up(rng).lower()
        one, several = (stem + end for end in rng.choice(_GROWN).split("/"))
    else:
        one, several = rng.choice(TREES[split].split()).split("/")
    return one, several


def slogan(rng: random.Random, split: Split) -> str:
    """The words on a sign."""
    company = inventions.company(rng, split)
    kind = rng.choice(
        ("Bakkerij", "Kapsalon", "Fietsen", "Café", "Praktijk", "Bloemen", "Slagerij", "Autobedrijf")
    )
    return rng.choice(
        (
            company,
            f"{kind} {inventions.surname(rng, split)}",
            f"{kind} De {rng.choice(names.WORDS['company', split])}",
            f"{company} te huur",
            f"Welkom bij {company}",
        )
    )[:50].strip()


def _values(
    rng: random.Random, split: Split, activity: str, received: date, tree: tuple[str, str]
) -> dict[str, Value]:
    at = inventions.address(rng, split)
    begin = received + timedelta(days=rng.choice((*WEEKS_AHEAD, rng.randint(2, 13), rng.randint(5, 200))))
    applied = received if rng.random() < 0.6 else received - timedelta(days=rng.randint(1, 4))
    values: dict[str, Value] = {
        "activiteit": activity,
        "aanvrager": name(rng, split, business=0.4 if activity == "reclame" else 0.1),
        "gemachtigde": name(rng, split, business=0.7),
        "locatie.straat": at.street,
        "locatie.huisnummer": at.number,
        "locatie.postcode": at.postcode,
        "locatie.plaats": at.place,
        "omschrijving": "eerst",
        "aanvraagdatum": applied.isoformat(),
        "begindatum": begin.isoformat(),
        "kosten": _money(rng, *COSTS[activity]),
        "bijlagen": "",
        "boomsoort": tree[0],
        "opschrift": slogan(rng, split),
    }
    for path, kind in {**Aanvraag.kinds, **READING[activity].kinds}.items():
        if isinstance(kind, Choice) and path not in values:
            values[path] = rng.choice(tuple(kind.options))
    if rng.random() < 0.6:
        values["monument"] = "nee"
    return values | {path: draw(rng) for path, draw in DRAWN[activity].items()}


def draw(rng: random.Random, *, split: Split, activity: str, agent: float, omit: float) -> PermitWorld:
    """Draw a world. `agent` is the chance of a gemachtigde (agent), `omit` scales what is left out."""
    received = workday(rng, date(2025, 1, 6), weeks=104)
    kind, other_kind = tree(rng, split), tree(rng, split)
    values = _values(rng, split, activity, received, kind)
    others = _values(rng, split, activity, received, other_kind)
    others |= {"omschrijving": "anders"}

    has_agent = rng.random() < agent
    readings = {"lees_aanvraag": Aanvraag, f"lees_{activity}": READING[activity]}
    kinds = kinds_of(readings)
    omitted = left_out(rng, kinds, OMITTED, factor=omit, never={"activiteit"})
    omitted |= set() if has_agent else {"gemachtigde"}
    if "bijlagen" not in omitted:
        kinds_attached = ["situatietekening", "bouwtekening", "foto"] + ["machtiging"] * has_agent
        attached = tuple(rng.sample(kinds_attached, rng.randint(1, len(kinds_attached))))
    else:
        attached = ()
    return PermitWorld(
        activity=activity,
        received=received,
        readings=readings,
        values=values,
        several={"bijlagen": attached},
        tree=kind,
        omitted=frozenset(omitted),
        second=contradicted(rng, kinds, values, others, never={"activiteit", *omitted}),
    )


assert set(ACTIVITIES) == set(READING) == set(DRAWN)
