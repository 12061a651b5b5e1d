"""Evaluation: base, SFT and RL on the same held-out cases, with intervals by case."""
