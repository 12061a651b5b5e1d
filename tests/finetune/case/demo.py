"""The demo's application with the answers that a perfect model gives, so that a session can be walked without one."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from scaffolds.environment import Question, Reply
from workflows.serve.bundle import Bundle
from workflows.serve.reader import Reader

APPLICATION = Path(__file__).parents[3] / "docs" / "demo" / "aanvraag.txt"
RECEIVED = date(2026, 3, 10)

ANSWERS: dict[str, dict[str, Any]] = {
    "lees_aanvraag": {
        "activiteit": {"bron": "kappen van een boom", "waarde": "boom_vellen"},
        "aanvrager": {"bron": "M. de Graaf"},
        "gemachtigde": "niet vermeld",
        "locatie": {
            "straat": {"bron": "Lindelaan"},
            "huisnummer": {"bron": "12"},
            "postcode": {"bron": "1501 KL", "waarde": "1501KL"},
            "plaats": {"bron": "Zaandam"},
        },
        "omschrijving": {"bron": "kappen van een zieke kastanje in mijn achtertuin"},
        "aanvraagdatum": {"bron": "9 maart 2026", "waarde": "2026-03-09"},
        "begindatum": {"bron": "20 april 2026", "waarde": "2026-04-20"},
        "kosten": {"bron": "€ 850,00", "waarde": 85_000},
        "eigenaar": {"bron": "eigenaar van het perceel", "waarde": "ja"},
        "monument": {"bron": "geen monument", "waarde": "nee"},
        "bijlagen": [
            {"bron": "foto", "waarde": "foto"},
            {"bron": "situatietekening", "waarde": "situatietekening"},
        ],
    },
    "lees_boom_vellen": {
        "boomsoort": {"bron": "kastanje"},
        "stamomtrek": {"bron": "145 cm", "waarde": 145},
        "aantal_bomen": {"bron": "één boom", "waarde": 1},
        "velreden": {"bron": "ziek", "waarde": "ziek_of_dood"},
        "herplant": {"bron": "nieuwe boom terugplanten", "waarde": "ja"},
    },
    "brief": {"reden": {"bron": "de boom ziek en niet meer te redden"}},
}


def reader(**changed: Any) -> Reader:
    """A reader that gives ANSWERS, facts changed by name where asked."""

    def answer(asked: Sequence[tuple[int, Question]]) -> list[Reply]:
        texts = []
        for _, question in asked:
            answers = ANSWERS[question.step]
            texts.append(json.dumps(answers | {k: v for k, v in changed.items() if k in answers}, ensure_ascii=False))
        return [Reply(text=text) for text in texts]

    bundle = Bundle(
        name="proef", workflow="omgevingsvergunning", workflow_version="1.0.0", schema="", base="klerk",
        base_sha256="0" * 64, hub=False, quantise="none", describe=False, stage="sft",
    )
    return Reader(bundle=bundle, policy=answer)
