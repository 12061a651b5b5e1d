"""The three public logs: counts and hashes, and the n-gram's figures of an independent count.

Data: BPI Challenge 2015 (doi 10.4121/uuid:31a308ef-c844-48da-948c-305d167a0ec1), municipalities 1 and 2, and
the receipt phase of an environmental permit (doi 10.4121/uuid:a07386a5-7be3-4367-9535-70bc9e77dbe6), all from
4TU.ResearchData. The files are not part of the project; without them these tests are skipped.
"""

import hashlib
from pathlib import Path

import pytest

from finetune.logs.baselines import Backoff
from finetune.logs.describe import describe
from finetune.logs.importer import Import, import_log
from finetune.logs.metrics import ceiling, score, summary
from finetune.logs.protocol import Labels, temporal_split
from finetune.logs.trace import Ties, TraceFile, read_log
from tests.shared import shared_file

# md5 of the file, sha256 of its traces in canonical order, cases, events, activities, variants in file order
LOGS = {
    "BPIC15_1": (
        "561efc3e2925bfdd19aae7241446ab21",
        "b8482bbe33e694486d326eab7640fb19585a7f6828eeb1f46b9dcd4c333669ca",
        1199,
        52217,
        398,
        1170,
    ),
    "BPIC15_2": (
        "471f868630d2cbf86b7287c4529514d4",
        "85461333374ef0b8cd8bbfdc098dd17d9f41945fbc00d9e716d03568dfd2ed6f",
        832,
        44354,
        410,
        828,
    ),
    "receipt": (
        "9abdef75b162cd04396a9eb74613af14",
        "6e10095d089a066b3e48c22604e874cf221103740abeaf41253e07b8b3843a53",
        1434,
        8577,
        27,
        116,
    ),
}


@pytest.fixture(scope="module", params=LOGS)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """Name, source and imported trace file of a log."""
    source = shared_file(f"event-logs/{request.param}.xes.gz")
    out = tmp_path_factory.mktemp("log") / "traces.jsonl"
    import_log(source, out, how=Import())
    return request.param, source, out


def test_the_import_has_the_counts_and_the_frozen_bytes(log: tuple[str, Path, Path]) -> None:
    name, source, out = log
    md5, sha256, cases, events, activities, _ = LOGS[name]
    assert hashlib.md5(source.read_bytes(), usedforsecurity=False).hexdigest() == md5
    told = describe(TraceFile(out))
    assert (told.cases, told.events, len(told.activities)) == (cases, events, activities)
    assert hashlib.sha256(out.read_bytes()).hexdigest() == sha256


def test_variants_in_the_order_of_the_file(log: tuple[str, Path, Path]) -> None:
    name, _, out = log
    assert len({trace.ordered("file").activities for trace in read_log(out).traces}) == LOGS[name][-1]


FIGURES: dict[tuple[str, Ties], dict[str, float]] = {
    ("BPIC15_1", "activity"): {
        "exact": 0.689,
        "tie_set": 0.795,
        "headline": 0.635,
        "steps": 10413,
        "groups": 1485,
    },
    ("BPIC15_1", "file"): {
        "exact": 0.363,
        "tie_set": 0.558,
        "headline": 0.469,
        "steps": 10413,
        "groups": 1485,
    },
    ("BPIC15_2", "activity"): {
        "exact": 0.627,
        "tie_set": 0.690,
        "headline": 0.459,
        "steps": 8044,
        "groups": 1183,
    },
    ("BPIC15_2", "file"): {
        "exact": 0.330,
        "tie_set": 0.474,
        "headline": 0.477,
        "steps": 8044,
        "groups": 1183,
    },
}


@pytest.mark.parametrize("ties", ["activity", "file"])
def test_the_five_gram_has_the_figures_of_the_independent_count(
    log: tuple[str, Path, Path], ties: Ties
) -> None:
    name, _, out = log
    wanted = FIGURES.get((name, ties), {"exact": 0.893})
    split = temporal_split(read_log(out).traces, ties=ties)
    labels = Labels.of(split.training)
    scored = score(Backoff.fit(split.training, 5), split.test, labels=labels, training=split.training)
    figures = summary(scored)
    assert {name: figures[name] for name in wanted} == pytest.approx(wanted, abs=0.005)
    if name == "receipt":
        assert ceiling(split.test)["exact"] == pytest.approx(0.908, abs=0.005)


def test_the_building_permits_go_from_seconds_to_days_in_2013(
    log: tuple[str, Path, Path],
) -> None:
    name, _, out = log
    changes = describe(TraceFile(out)).resolution_changes
    assert [change[5:9] for change in changes] == ([] if name == "receipt" else ["2013"])
