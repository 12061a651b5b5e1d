"""The page of a run: its figures as one self-contained HTML file."""

from __future__ import annotations

import html
from pathlib import Path

from finetune.evaluate.compare import comparison_table
from finetune.files import read_json, write_text_atomic


def write_run_page(run: Path, *, verdict: str) -> Path:
    """Write RUN/report.html from what the run left in its folder, and give its path."""
    table = comparison_table(read_json(run / "evaluation.json"))
    body = f"<h1>{html.escape(run.name)}</h1><p>{html.escape(verdict)}</p><pre>{html.escape(table)}</pre>"
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(run.name)}</title>{body}</html>'
    return write_text_atomic(run / "report.html", page + "\n")
