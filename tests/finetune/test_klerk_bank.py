"""The bank of klerk's subjects is whole and general, and its frames say what they are asked for; the GPU's shortcuts
do the same sums."""

from __future__ import annotations

import datetime as dt
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from finetune.klerk import KLERK, framed, frames, layouts
from finetune.klerk.data import Batch, Encoder, Plan
from finetune.klerk.fillers import HOLE
from finetune.klerk.frames import Frame
from finetune.klerk.muon import StackedMuon
from finetune.klerk.slots import Fact, Slot
from scaffolds.errors import CasewrightError
from tests.finetune.test_klerk import FORBIDDEN, UNSEEN

RECEIVED = dt.date(2025, 4, 7)
EVERY = (*frames.bank(), *frames.bank(unseen=True))
ROOM = """@ zaal
% a comment
dag day: huurdatum, datum_huur
wijze choice: hoe_betaald = bank: via de bank, per bank; contant: met gepast geld
schoon yesno: zelf_schoonmaken
plek address: zaaltje
dag? Datum; Wanneer?
- Wij huren op {dag} en betalen {wijze}.
ja schoon: Na afloop «vegen wij zelf de vloer», op {dag}.
~ Vorig jaar was het {day}.
"""


def read(tmp_path: Path, text: str) -> list[Frame]:
    (tmp_path / "proef.txt").write_text(text)
    return list(frames.read(tmp_path / "proef.txt"))


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    (frame,) = read(tmp_path, ROOM)
    assert (frame.topic, frame.name, list(frame.facts)) == ("proef", "zaal", ["dag", "wijze", "schoon", "plek"])
    assert frame.facts["wijze"].values == (("bank", ("via de bank", "per bank")), ("contant", ("met gepast geld",)))
    assert frame.labels == {"dag": ("Datum", "Wanneer?")}
    assert [(one.says, one.value) for one in frame.sentences] == [({"dag", "wijze"}, ""), ({"schoon", "dag"}, "ja")]
    assert frame.noise == ["Vorig jaar was het {day}."]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("- Niets.", "without a hole"),
        ("- Op {morgen}.", "no .*morgen"),
        ("- {dag} en {dag}.", "twice"),
        ("- {dag} en {.", "closes no hole"),
        ("- Schoon: {schoon}.", "takes lines that begin with ja or nee"),
        ("ja dag: «dat klopt».", "no yesno fact"),
        ("ja schoon: dat klopt.", "between « and »"),
        ("~ Op {dag}.", "no .*dag"),
        ("tijd hour: uur", "no sort"),
        ("kleur text: kleur", "values or noun missing"),
        ("gasten count: aantal", "values or noun missing"),
        ("eind day: datum_huur", "used twice"),
        ("eind day: begindatum", "reserved"),
        ("eind day: Eind", "well formed"),
        ("kleur choice: kleur = rood; groen", "written `value"),
        ("prijs? Prijs", "no fact"),
        ("zomaar wat", "no line of a frame"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_number(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(CasewrightError, match=rf"proef.txt, line {ROOM.count(chr(10)) + 1}: .*{message}"):
        read(tmp_path, ROOM + line + "\n")


def test_a_file_begins_with_a_frame(tmp_path: Path) -> None:
    with pytest.raises(CasewrightError, match="line 1: a file begins with a frame"):
        read(tmp_path, "- Wij huren.\n")


def test_a_check_names_what_is_thin_and_shows_only_frames_that_are_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "proef.txt").write_text(ROOM)
    frames.main([str(tmp_path / "proef.txt")])
    said = capsys.readouterr().out
    assert "zaal: plek has 0 labels" in said
    assert "1 frames, 4 facts, 2 sentences" in said
    assert "---" not in said


@pytest.mark.parametrize("raw", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, raw: bytes | None) -> None:
    if raw:
        (tmp_path / "proef.txt").write_bytes(raw)
    with pytest.raises(CasewrightError, match=r"proef\.txt cannot be read as UTF-8"):
        list(frames.read(tmp_path / "proef.txt"))


def test_every_frame_of_the_bank_has_enough_ways_to_be_said() -> None:
    assert len(frames.bank()) > 200
    assert {frame.name: gaps for frame in EVERY if (gaps := frames.thin(frame))} == {}


def test_what_is_kept_from_training_is_about_other_subjects() -> None:
    seen, kept = ({frame.name for frame in frames.bank(unseen=unseen)} for unseen in (False, True))
    assert len(kept) > 10
    assert not seen & kept
    lines = {sentence.text for frame in frames.bank() for sentence in frame.sentences}
    assert not lines & {sentence.text for frame in frames.bank(unseen=True) for sentence in frame.sentences}


def test_no_line_of_the_bank_has_a_word_of_the_demo_or_of_the_evaluation() -> None:
    for file in frames.BANK.rglob("*.txt"):
        text = file.read_text()
        assert FORBIDDEN.findall(text) == []
        assert UNSEEN & set(re.findall(r"\w+", text.lower())) == set()


def quotes(facts: tuple[Fact | tuple[Fact, ...], ...]) -> list[str]:
    every = [fact for found in facts for fact in (found if isinstance(found, tuple) else (found,))]
    return [fact.quote for fact in every]


@pytest.mark.parametrize("frame", EVERY, ids=lambda frame: f"{frame.topic}-{frame.name}")
def test_a_frame_states_what_it_says_it_states(frame: Frame) -> None:
    rng = random.Random(frame.name)
    known = {f"{told.name}.{part}" for told in frame.facts.values() for part in framed.ADDRESS} | set(frame.facts)
    for _ in range(20):
        for made in (framed.on_form(rng, frame, RECEIVED), framed.in_prose(rng, frame, RECEIVED)):
            assert made.facts
            assert all(quote in layouts.unmarked(made.text) for quote in quotes(made.facts))
            assert {fact.name for fact in made.facts if isinstance(fact, Fact)} <= known
            assert HOLE.search(made.text) is None


def test_a_slot_has_keys_for_every_fact_and_one_topic() -> None:
    rng = random.Random(4)
    made: list[Slot] = [framed.slot(rng, RECEIVED) for _ in range(300)]
    assert all(slot.topic and all(slot.keys.values()) for slot in made)
    assert {slot.topic for slot in made} == {file.stem for file in frames.BANK.glob("*.txt")}


def test_stacked_muon_does_the_sums_of_torch() -> None:
    torch.manual_seed(1)
    shapes = [(8, 8), (8, 20), (20, 8), (8, 8)]
    ours = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
    theirs = [torch.nn.Parameter(one.detach().clone()) for one in ours]
    optimisers = StackedMuon(ours, lr=0.02, weight_decay=0.1), torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1)
    for _ in range(5):
        for left, right in zip(ours, theirs, strict=True):
            left.grad = torch.randn_like(left)
            right.grad = left.grad.clone()
        for optimiser in optimisers:
            optimiser.step()
    for left, right in zip(ours, theirs, strict=True):
        torch.testing.assert_close(left, right, rtol=0, atol=2e-3)  # products in bf16 may round in another order


def test_on_a_grid_batches_have_few_shapes_and_the_same_tokens() -> None:
    from tokenizers import Tokenizer

    encoder = Encoder(Tokenizer.from_file(str(KLERK / "tokenizer.json")))
    free, fixed = Plan(3, 0, 100, 4000).pool(1, encoder), Plan(3, 0, 100, 4000, grid=64).pool(1, encoder)
    assert {length % 64 for _, length in (batch[0].shape for batch in fixed)} == {0}
    assert all(rows == 4000 // length for rows, length in (batch[0].shape for batch in fixed))
    assert sum(np.count_nonzero(weights) for _, weights in free) == sum(np.count_nonzero(w) for _, w in fixed)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_recorded_pass_is_as_near_to_fp32_as_a_plain_one_in_bf16() -> None:
    from tokenizers import Tokenizer
    from transformers import LlamaForCausalLM

    from finetune.klerk import model as klerk
    from finetune.klerk.graphs import Passes

    encoder = Encoder(Tokenizer.from_file(str(KLERK / "tokenizer.json")))
    model = LlamaForCausalLM.from_pretrained(KLERK, dtype=torch.float32).to("cuda")
    passes = Passes(model)

    def gradients() -> torch.Tensor:
        return torch.cat([parameter.grad.flatten() for parameter in model.parameters()])

    def plain(batch: Batch, *, bf16: bool) -> tuple[float, torch.Tensor]:
        for parameter in model.parameters():
            parameter.grad.zero_()
        loss, said = klerk.loss_of(model, batch, device="cuda", bf16=bf16)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        return said.item(), gradients()

    for batch in Plan(3, 0, 100, 4000, grid=64).pool(1, encoder)[:4]:
        said = passes(batch).item()
        replayed = gradients()
        truth, exact = plain(batch, bf16=False)
        _, rounded = plain(batch, bf16=True)
        assert said == pytest.approx(truth, rel=0.05)
        assert (replayed - exact).norm() < 1.2 * (rounded - exact).norm()
