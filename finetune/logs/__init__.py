"""Event logs of other systems: imported into traces, described, split, and predicted by baselines."""
