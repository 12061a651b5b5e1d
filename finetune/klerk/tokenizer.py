"""klerk's tokenizer: byte-level BPE that never merges across a word, a digit, a blank or a mark.

A word therefore has the same tokens wherever it stands, which copying needs, and the punctuation of JSON never
merges with text, so that the tokens a grammar forces are the tokens the model was trained on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finetune.klerk import text

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

VOCABULARY = 3072
END, PAD, USER, ASSISTANT = "<|einde|>", "<|vul|>", "<|gebruiker|>", "<|assistent|>"
PIECES = r"\p{N}|\p{L}[\p{L}\p{M}]*|\s|[^\p{N}\p{L}\s]"
CHAT_TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'assistant' %}<|assistent|>"
    "{% generation %}{{ m.content }}<|einde|>{% endgeneration %}"
    "{% else %}<|gebruiker|>{{ m.content }}<|einde|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistent|>{% endif %}"
)


def train(seed: int, *, samples: int = 8000) -> PreTrainedTokenizerFast:
    """Learn the merges from the first `samples` conversations of `seed`."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END, PAD, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    turns = (turn for i in range(samples) for turn in text.sample(seed, i, progress=0.5))
    bpe.train_from_iterator((part for turn in turns for part in (turn.question, turn.answer)), trainer)
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
