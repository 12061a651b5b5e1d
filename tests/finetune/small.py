"""A workflow of two readings, dossiers for it, and tiny bases on disk: enough to train on in a second."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import torch

from data_templates.dossier import Dossier
from scaffolds.case import Document
from scaffolds.facts import Choice, Facts, Text, parse
from scaffolds.workflow import Read, Workflow
from tests.scaffolds.tiny import Family, tiny_model, tiny_tokenizer

RECEIVED = date(2026, 3, 2)


class Wat(Facts):
    activiteit = Choice(
        label="wat de aanvrager wil doen", options={"kappen": "kappen", "dakkapel": "dakkapel"}
    )
    straat = Text(label="straat", quote_chars=30)


class Waarom(Facts):
    reden = Choice(label="reden", options={"ziek": "ziek", "gevaar": "gevaar"})


WORKFLOW = Workflow(
    name="klein",
    version="1",
    title="Klein",
    law="Wet klein",
    term="klein",
    package="tests.finetune",
    steps=(
        Read(id="wat", title="Wat", facts=Wat, then="waarom"),
        Read(id="waarom", title="Waarom", facts=Waarom, then="einde"),
    ),
)


def dossiers(count: int, *, words: int = 0) -> list[Dossier]:
    """Dossiers of growing length, each with gold facts for both readings; `words` makes them longer."""
    return [_dossier(i, words=words) for i in range(count)]


def _dossier(number: int, *, words: int) -> Dossier:
    street = ["Lindelaan", "Kerkstraat"][number % 2]
    filler = " Met vriendelijke groet." * (number % 5 + words)
    text = f"Ik wil mijn boom aan de {street} {number + 1} kappen, want hij is ziek.{filler}"
    said = {"activiteit": {"bron": "kappen", "waarde": "kappen"}, "straat": {"bron": street}}
    why = {"reden": {"bron": "ziek", "waarde": "ziek"}} if number % 3 else {"reden": "niet vermeld"}
    gold = {
        name: parse(facts, json.dumps(answer), documents={"brief": text}, received=RECEIVED)
        for name, facts, answer in (("wat", Wat, said), ("waarom", Waarom, why))
    }
    return Dossier(
        id=f"dossier-{number}",
        workflow="klein",
        family="brief",
        split="train",
        received=RECEIVED,
        gold=gold,
        documents=(Document(id="brief", text=text, received=RECEIVED),),
    )


def save_base(folder: Path, family: Family = "llama", *, seed: int = 0) -> Path:
    """Write a tiny random checkpoint with its tokenizer, as transformers would find it on a disk."""
    tiny_model(family, seed=seed).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def stir(model: Any, *, seed: int) -> None:
    """Give a fresh adapter weights that change what the model says."""
    torch.manual_seed(seed)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
