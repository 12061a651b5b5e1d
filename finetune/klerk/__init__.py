"""The built-in base checkpoint `klerk`: a small Llama that has read invented Dutch office prose only."""

from pathlib import Path

KLERK: Path = Path(__file__).parent / "checkpoint"
