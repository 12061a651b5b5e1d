"""The baselines count rightly, look only backwards, and choose on validation."""

import numpy as np
import pytest

from finetune.logs.baselines import Backoff, Majority, choose_backoff
from finetune.logs.metrics import score, summary
from finetune.logs.protocol import END, Labels, Split, check_causal, temporal_split
from tests.finetune.logs.traces import trace


def alternating() -> Split:
    """Cases whose third step depends on the first: one symbol of context is too little."""
    log = [
        trace(str(n), ("AB"[n % 2], n), ("M", n + 0.1), ("XY"[n % 2], n + 0.2), ("M", n + 0.3))
        for n in range(160)
    ]
    return temporal_split(log, ties="activity")


def test_majority_answers_the_commonest_label() -> None:
    split = alternating()
    labels = Labels.of(split.training)
    table = next(Majority.fit(split.training, labels).probabilities(split.test[:1], labels))
    assert labels.names[table[0].argmax()] == "M"


def test_the_backed_off_answer_is_the_count_after_the_longest_known_context() -> None:
    log = [
        trace("1", ("A", 0), ("B", 1), ("C", 2)),
        trace("2", ("A", 0), ("B", 1), ("C", 2)),
        trace("3", ("B", 0), ("D", 1)),
    ]
    labels = Labels.of(log)
    new = trace("4", ("D", 0), ("A", 1), ("B", 2), ("D", 3))
    tables = next(Backoff.fit(log, 5).probabilities([new], labels))
    assert [labels.names[row.argmax()] for row in tables] == [END, "B", "C", END]
    assert np.allclose(tables.sum(axis=1), 1)


def test_of_equal_counts_the_first_seen_wins() -> None:
    log = [trace("1", ("A", 0), ("Z", 1)), trace("2", ("A", 0), ("B", 1))]
    labels = Labels.of(log)
    table = next(Backoff.fit(log, 5).probabilities([trace("3", ("A", 0))], labels))
    assert labels.names[table[0].argmax()] == "Z"


def test_validation_chooses_an_order_that_reaches_far_enough() -> None:
    split = alternating()
    model = choose_backoff(split)
    labels = Labels.of(split.training)
    assert model.order >= 2
    assert summary(score(model, split.test, labels=labels, training=split.training))["exact"] == 1.0
    check_causal(model, split.test[0], labels)


@pytest.mark.parametrize("kind", ["lstm", "transformer"])
def test_a_small_network_learns_what_needs_memory_and_repeats_itself(kind: str) -> None:
    from finetune.logs.neural_baselines import fit_neural

    split = alternating()
    labels = Labels.of(split.training)
    model = fit_neural(split, kind, seed=1, max_epochs=20)  # type: ignore[arg-type]
    assert summary(score(model, split.test, labels=labels, training=split.training))["exact"] > 0.9
    check_causal(model, split.test[0], labels)
    again = fit_neural(split, kind, seed=1, max_epochs=20)  # type: ignore[arg-type]
    one, other = (next(m.probabilities(split.test[:1], labels)) for m in (model, again))
    assert np.array_equal(one, other)


def test_a_small_network_can_go_on_with_the_language_models_reward() -> None:
    """Two events share a moment: likelihood learns which stands first, the reward wants either."""
    from finetune.logs.neural_baselines import fit_neural, fit_rewarded

    log = [trace(str(n), ("A", n), ("BC"[n % 3 > 0], n + 0.1), ("D", n + 0.1), ("E", n + 0.2)) for n in range(160)]
    split = temporal_split(log, ties="activity")
    labels = Labels.of(split.training)
    before = fit_neural(split, "lstm", seed=1, max_epochs=4)
    models = [fit_rewarded(split, seed=1, epochs=epochs, openings=4.0, max_epochs=4) for epochs in (0, 12, 12)]
    answers = [next(model.probabilities(split.test[:1], labels)) for model in (before, *models)]
    assert np.array_equal(answers[0], answers[1])
    assert np.array_equal(answers[2], answers[3])
    assert [labels.names[table[0].argmax()] for table in answers[1:3]] == ["C", "D"]
