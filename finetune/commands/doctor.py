"""`casewright doctor`: what this machine can train, and whether its packages are the tested ones."""

from __future__ import annotations

from pathlib import Path

import typer

app = typer.Typer(help="Say what this machine can train.")


@app.command()
def doctor() -> None:
    """Say what this machine can train: cores, memory, speed, disk, packages and the largest base."""
    import platform

    from finetune.machine import GIB, largest_model, measure_machine
    from finetune.pins import differing_packages

    machine = measure_machine(Path("runs"))
    typer.echo(f"Python       {platform.python_version()} on {platform.system()} {platform.machine()}")
    typer.echo(f"Cores        {machine.cores}")
    typer.echo(f"Memory       {machine.memory / GIB:.1f} GiB, of which {machine.memory_free / GIB:.1f} free")
    typer.echo(f"Disk         {machine.disk_free / GIB:.1f} GiB free for runs/")
    typer.echo(f"GPU          {machine.gpu or 'none; training runs on the CPU'}")
    faster = "faster: training uses it" if machine.bf16_is_faster else "not faster: training uses fp32"
    typer.echo(f"Speed        {machine.flops / 1e9:.0f} GFLOP/s in fp32")
    typer.echo(f"             {machine.flops_bf16 / 1e9:.0f} GFLOP/s in bf16, {faster}")
    largest = largest_model(machine)
    typer.echo(f"Largest base {largest['lora'] / 1e9:.1f} billion parameters with LoRA")
    typer.echo(f"             {largest['nf4'] / 1e9:.1f} billion parameters on NF4 (sft.quantise: nf4)")
    different = differing_packages()
    if not different:
        typer.echo("Packages     all as tested")
    for name, (tested, found) in different.items():
        typer.echo(f"Package      {name} is {found or 'missing'}; tested with {tested}")
    if machine.memory < 4 * GIB:
        typer.echo("Warning      less than 4 GiB of memory: the demo recipe may not fit.")
