"""klerk's tokenizer: byte-level BPE that never merges across a word, a digit, a blank or a mark.

A word therefore has the same tokens wherever it stands, which copying needs. What the answer form puts between a key,
a quotation and a value (`":{"bron":"`, `","waarde":"`, `":"niet vermeld","`) is one piece, and so one token. A piece of
that glue can begin only at a quotation mark that is not escaped, or holds one that a key follows; no quotation has
either, so glue never merges with quoted text, whatever the document says, and the tokens that a grammar forces are
the tokens the model was trained on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from finetune.klerk import text
from scaffolds.facts.schema import NOT_STATED, QUOTATION, UNSURE, VALUE

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

VOCABULARY = 4096
END, PAD, USER, ASSISTANT = "<|einde|>", "<|vul|>", "<|gebruiker|>", "<|assistent|>"
CHAT_TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'assistant' %}<|assistent|>"
    "{% generation %}{{ m.content }}<|einde|>{% endgeneration %}"
    "{% else %}<|gebruiker|>{{ m.content }}<|einde|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistent|>{% endif %}"
)


def pieces() -> str:
    """The regular expression of what BPE may merge; its first alternatives are the glue of the answer form."""
    opened = re.escape('{"' + QUOTATION + '":"')
    before_key = r'"(?=[\p{L}_])'
    onward = rf"(?:,{before_key}|,{opened})?"
    closed = rf"\}}*\]?\}}*{onward}"
    apart = "|".join(re.escape(json.dumps(word)) for word in (NOT_STATED, UNSURE))
    return "|".join(
        (
            r'\\(?:["\\/bfnrt]|u[0-9a-f]{4})',  # an escape: it keeps an escaped mark from looking like a closing one
            rf'","{re.escape(VALUE)}":"?',
            rf'":(?:\[?{opened}|\{{{before_key}|(?:{apart}){closed})',
            rf'"(?=[\}}\],]){closed}',
            rf"\}}+\]?\}}*{onward}",  # after a number
            rf"\{{{before_key}",
            "[,.:;] ",
            r"\p{N}",
            r"\p{L}[\p{L}\p{M}]*",
            r"\s",
            r"[^\p{N}\p{L}\s]",
        )
    )


def train(seed: int, *, samples: int = 8000) -> PreTrainedTokenizerFast:
    """Learn the merges from the first `samples` conversations of `seed`."""
    return trained_on(
        part
        for index in range(samples)
        for turn in text.sample(seed, index, progress=0.5)
        for part in (turn.question, turn.answer)
    )


def trained_on(texts: Iterable[str], *, vocabulary: int = VOCABULARY) -> PreTrainedTokenizerFast:
    """Learn the merges from `texts`."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pieces()), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END, PAD, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    made: Any = PreTrainedTokenizerFast  # transformers leaves it untyped
    tokenizer: PreTrainedTokenizerFast = made(
        tokenizer_object=bpe,
        eos_token=END,
        pad_token=PAD,
        extra_special_tokens=[USER, ASSISTANT],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        model_max_length=2048,
    )
    return tokenizer
