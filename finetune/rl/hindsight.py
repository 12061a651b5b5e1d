"""Hindsight: what an episode says when it is played with what the archive knows of its case.

Where a whole group is wrong, comparing its episodes teaches nothing, and with few episodes that happens most where the
policy is sure of itself. So further cases are played once, by an episode that can only say what the outcome of its case
admits: what the register keeps, that nothing was stated where something was asked for, and that something was stated
where nothing was asked for. How it says so is the policy's: the grammar binds, and no words are put into its mouth.
What is known is learnt from it by its likelihood (traces that a policy would not make: Yan et al., arXiv 2504.14945).
Both directions count: told only of what was left out, a policy soon states nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from scaffolds.facts import Fact


def learnt(
    known: Mapping[str, Fact], columns: Mapping[str, Sequence[int]], choices: Sequence[int]
) -> Iterator[int]:
    """The choices of a told episode that its outcome settles.

    columns: those of each fact's answer. All choices of a fact whose state and values are known, and the first, which
    settles that something is stated, where no more is known.
    """
    open_columns = set(choices)
    for path, fact in known.items():
        mine = [column for column in columns.get(path, ()) if column in open_columns]
        yield from mine if fact.values or fact.state != "stated" else mine[:1]
