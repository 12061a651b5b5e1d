"""Renaming: words of names, streets and places become words that exist nowhere and can only be copied."""

from __future__ import annotations

import random
import re

from data_templates import names
from finetune.klerk import surfaces
from finetune.klerk.answers import Asked, Leaf


def renamed(rng: random.Random, text: str, asked: list[Asked], share: float) -> tuple[str, list[Asked]]:
    """The same with a share of the words of names, streets and places replaced: a word that exists nowhere can only
    be copied, while the few hundred stems of `names.txt` could be learned by heart."""
    quotes = [
        str(leaf.content["bron"])
        for one in asked
        for name, leaf in one.known.items()
        if name in ("naam", "straat", "plaats") and isinstance(leaf.content, dict)
    ]
    words = sorted({word for quote in quotes for word in re.findall(r"[^\W\d_]{4,}", quote)})
    new = {word: pseudo_name(rng, word) for word in words if rng.random() < share}
    if not new:
        return text, asked
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, new))})\b")

    def changed(content: object) -> object:
        if isinstance(content, list):
            return [changed(item) for item in content]
        if isinstance(content, dict):
            return {**content, "bron": replaced(content["bron"])}
        return content

    def replaced(old: str) -> str:
        return pattern.sub(lambda found: new[found[0]], old)

    known = [{name: Leaf(leaf.sort, changed(leaf.content)) for name, leaf in one.known.items()} for one in asked]
    return replaced(text), [Asked(one.slot, facts) for one, facts in zip(asked, known, strict=True)]


def pseudo_name(rng: random.Random, like: str) -> str:
    """A new word with the capital and, for streets, the ending of `like`."""
    ending = next((e for e in names.WORDS["common_suffix", "both"] if like.endswith(e) and like != e), "")
    made = surfaces.pseudo_word(rng) + (surfaces.pseudo_word(rng) if rng.random() < 0.3 else "") + ending
    return made.capitalize() if like[0].isupper() else made
