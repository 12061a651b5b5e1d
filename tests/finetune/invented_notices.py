"""Two invented notices in the form of the real ones: one with an address, one that states none of the fields."""

import json
from pathlib import Path
from typing import Any

TITLES = ("Aanvraag omgevingsvergunning - Lindelaan 12, 1234 AB Ellemdam - dakkapel", "Melding graven bodem")


def write_notices(folder: Path, **changed: Any) -> Path:
    """Write both as `evaluation.notices` wants them, each with the keys in `changed` replaced."""
    golds: list[dict[str, str]] = [{"street": "Lindelaan", "house_number": "12", "postcode": "1234 AB"}, {}]
    rows = [
        {"id": f"n{place}", "title": title, "gold_hand_read": gold}
        | {"publisher_metadata": {"publication_date": "2026-06-24"}}
        | changed
        for place, (title, gold) in enumerate(zip(TITLES, golds, strict=True))
    ]
    (folder / "notices.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return folder / "notices.jsonl"
