"""What a generation freed is given back, and nothing breaks where there is no glibc."""

from __future__ import annotations

import sys

import psutil
import pytest

from scaffolds.decode import memory


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: only glibc keeps what was freed")
def test_freed_memory_goes_back_to_the_system() -> None:
    process = psutil.Process()
    blocks = [bytearray(64_000) for _ in range(4_000)]
    fence = [blocks[i] for i in range(3, len(blocks), 400)]
    before = process.memory_info().rss
    del blocks
    memory.give_back()
    assert before - process.memory_info().rss > 100_000_000
    assert len(fence) == 10


def test_without_glibc_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_trim", lambda: None)
    memory.give_back()
