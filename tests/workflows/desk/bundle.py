"""A real bundle for omgevingsvergunning: klerk with a fresh adapter. It reads as klerk does, and in seconds."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from finetune.adapter import attach, save_adapter
from finetune.bundle import write_bundle
from finetune.recipe import Lora
from workflows.omgevingsvergunning import WORKFLOW
from workflows.serve.adapter import AdapterIdentity
from workflows.serve.base import load_base
from workflows.serve.bundle import Bundle, workflow_schema


@cache
def bundle_folder() -> Path:
    """Make the bundle once."""
    folder = Path(mkdtemp(prefix="casewright-bundle-"))
    base = load_base("klerk")
    schema = workflow_schema(WORKFLOW)
    model = attach(base, Lora(rank=2), seed=0)
    identity = AdapterIdentity(base=base.identity, schema=schema, describe=False)
    save_adapter(model, folder / "adapter", identity=identity)
    bundle = Bundle(
        name="klerk-proef", workflow=WORKFLOW.name, workflow_version=WORKFLOW.version, schema=schema, base="klerk",
        base_sha256=base.identity.sha256, hub=False, quantise="none", describe=False, stage="base",
    )
    write_bundle(folder / "bundle", bundle, contents={"adapter": folder / "adapter"})
    return folder / "bundle"
