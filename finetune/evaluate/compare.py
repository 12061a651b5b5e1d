"""Compare: the figures of base, SFT and RL side by side, as they are kept in evaluation.json and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from finetune.evaluate.metrics import by_path, calibration, gains, interval, summary
from finetune.evaluate.readings import Read

SHOWN = {
    "field_accuracy": "field accuracy",
    "document_exact": "documents exact",
    "evidence_found": "evidence found",
    "decision_agreement": "decision agrees",
    "hand_over_rate": "handed over",
    "accuracy_at_coverage": "accuracy of the rest",
    "calibration_error": "calibration error",
}


def compare(
    reads: Mapping[str, Read], *, notices: Mapping[str, Any], draws: int, seed: int
) -> dict[str, Any]:
    """Give every figure as plain JSON: per stage, and the paired gain of each over the one before it.

    notices: the figures of each stage on real notices; empty where there are none.
    """
    stages = {
        name: {
            "summary": summary(read),
            "interval": asdict(interval(read.readings, draws=draws, seed=seed)),
            "by_path": by_path(read.readings),
            "calibration": calibration(read.readings),
            **({"notices": notices[name]} if name in notices else {}),
        }
        for name, read in reads.items()
    }
    paired = {name: asdict(gain) for name, gain in gains(reads, draws=draws, seed=seed).items()}
    some = next(iter(reads.values()))
    counts = {"dossiers": len(some.outcome_agrees), "facts": len(some.readings)}
    return {**counts, "stages": stages, "gains": paired}


def comparison_table(figures: Mapping[str, Any]) -> str:
    """Lay the figures out as text: a row per measure, a column per stage, and the paired gains below."""
    stages = figures["stages"]
    lines = [f"{'':22}" + "".join(f"{name.upper() if name != 'base' else name:>16}" for name in stages)]
    for key, label in SHOWN.items():
        lines.append(f"{label:22}" + "".join(f"{stage['summary'][key]:>16.3f}" for stage in stages.values()))
    intervals = (stage["interval"] for stage in stages.values())
    bounds = [f"{found['low']:.3f}-{found['high']:.3f}" for found in intervals]
    lines.append(f"{'its 95 % interval':22}" + "".join(f"{bound:>16}" for bound in bounds))
    for name, gain in figures["gains"].items():
        new, old = name.split("-")
        lines.append(
            f"{new.upper()} minus {old if old == 'base' else old.upper()}: {gain['value']:+.3f} "
            f"(95 % {gain['low']:+.3f} to {gain['high']:+.3f}, paired over {figures['dossiers']} dossiers)"
        )
    read = {name: stage["notices"] for name, stage in stages.items() if "notices" in stage}
    for field in next(iter(read.values()), ()):
        exact = "".join(f"{figures_of[field]['exact']:>16.3f}" for figures_of in read.values())
        lines.append(f"{'notices, ' + field:22}" + exact)
    return "\n".join(lines)
