"""The command `casewright`. A command's module is imported only when it is called, so help answers at once.

Exit codes: 0 done; 1 checked and found wanting; 2 something the user can mend, told in one message; 130 interrupted.
Anything else is a defect and shows its traceback.
"""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from scaffolds.errors import CasewrightError

COMMANDS = {
    "train": "Run a recipe: fine-tune, evaluate, report, and bundle what passes the gate.",
    "evaluate": "Evaluate the stages of a run again.",
    "report": "Write the report of a run again.",
    "case": "Handle an application with a bundle.",
    "annotate": "Annotate in Label Studio: plan, push, pull, measure, adjudicate, export.",
    "recipes": "List, show, copy and check recipes.",
    "desk": "Serve the caseworker's desk.",
    "workflow": "List, show and check the installed workflows.",
    "table": "Work with decision tables.",
    "term": "Compute legal terms (termijnen).",
    "log": "Work with event logs of other systems.",
    "trace": "Verify, export and replay the trace of cases; destroy what is due.",
    "doctor": "Say what this machine can train.",
}
_MENDABLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EPERM}


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and one line, and imports one when it is called."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.commands = {name: TyperGroup(name=name, help=line) for name, line in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Put the command itself in the place of its stand-in, now that it is called."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, get_command(import_module(f"finetune.commands.{name}").app), rest


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Fine-tune an open checkpoint for one procedure, and keep every decision inside the law.",
)


@app.callback()
def _main() -> None:
    pass


def main() -> None:
    """Run the command line; the entry point of the distribution."""
    sys.exit(run())


def run(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code; a message for the user goes to stderr."""
    try:
        app(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except CasewrightError as error:
        return _tell(str(error))
    except KeyboardInterrupt:
        print("Interrupted. The same command again goes on where it stopped.", file=sys.stderr)
        return 130
    except Exception as error:
        if message := _mendable(error):
            return _tell(message)
        raise
    return 0


def _tell(message: str) -> int:
    print(f"casewright: {message}", file=sys.stderr)
    return 2


def _mendable(error: Exception) -> str | None:
    """Word what the system refused: a full disk reaches us as three kinds of exception."""
    if "No space left on device" in str(error):
        return f"The disk is full ({error}). Free some space; the same command again goes on."
    if isinstance(error, OSError) and error.errno in _MENDABLE:
        return f"{error.filename or 'A file'}: {error.strerror}. Choose a place that you may write to."
    return None


if __name__ == "__main__":
    main()
