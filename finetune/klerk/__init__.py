"""The built-in base checkpoint `klerk`: a small Llama that read invented Dutch office prose and nothing else."""

from pathlib import Path

KLERK: Path = Path(__file__).parent / "checkpoint"
