"""What an adapter, a bundle and a recorded answer were made for: the hash of the schemas they answer to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from scaffolds.facts.declare import Facts
from scaffolds.facts.schema import json_schema


def schema_hash(facts: Iterable[type[Facts]]) -> str:
    """Hash the JSON Schemas of several sets of facts, in their order: SHA-256 of canonical JSON, in hex.

    The order of keys counts, because it is the order in which the model answers.
    """
    schemas = [json_schema(one) for one in facts]
    canonical = json.dumps(schemas, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
