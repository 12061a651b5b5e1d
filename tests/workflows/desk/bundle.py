"""A real bundle for omgevingsvergunning that reads in a second or two: a tiny random base with a fresh adapter.

What it reads makes no sense, which is what a desk has to cope with; every quotation is still found in the text.
"""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from workflows.omgevingsvergunning import WORKFLOW
from workflows.serve.bundle import Bundle, workflow_schema

APPLICATION = Path(__file__).parents[3] / "docs" / "demo" / "aanvraag.txt"


@cache
def bundle_folder() -> Path:
    """Make the bundle once per test run."""
    # Imported where it is used: most tests of the desk have no model, and a desk process of theirs is up at once.
    from transformers import LlamaForCausalLM

    from finetune.adapter import attach, save_adapter
    from finetune.bundle import write_bundle
    from finetune.recipe import Lora
    from tests.scaffolds.tiny import tiny_model, tiny_tokenizer
    from workflows.serve.adapter import AdapterIdentity
    from workflows.serve.base import load_base

    folder = Path(mkdtemp(prefix="casewright-bundle-"))
    config = tiny_model().config
    config.max_position_embeddings = 16_384
    LlamaForCausalLM(config).eval().save_pretrained(folder / "base")
    tiny_tokenizer().save_pretrained(folder / "base")
    base = load_base(str(folder / "base"))
    schema = workflow_schema(WORKFLOW)
    identity = AdapterIdentity(base=base.identity, schema=schema, describe=False)
    save_adapter(attach(base, Lora(rank=2), seed=0), folder / "adapter", identity=identity)
    bundle = Bundle(
        name="proef", workflow=WORKFLOW.name, workflow_version=WORKFLOW.version, schema=schema,
        base=str(folder / "base"), base_sha256=base.identity.sha256, hub=False, quantise="none", describe=False,
        stage="sft",
    )
    write_bundle(folder / "bundle", bundle, contents={"adapter": folder / "adapter"})
    return folder / "bundle"
