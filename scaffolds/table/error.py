"""Where a table is wrong: file, line, row and column, in one sentence a jurist can act on."""

from scaffolds.errors import CasewrightError


class TableError(CasewrightError):
    """A table, or an input given to it, that is refused. `row` and `column` are ids from the file."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, row: str = "", column: str = "") -> None:
        self.message, self.file, self.line, self.row, self.column = message, file, line, row, column
        place = ", ".join(
            part
            for part in (
                f"{file}:{line}" if file and line else file,
                f"row {row}" if row else "",
                f"column {column}" if column else "",
            )
            if part
        )
        super().__init__(f"{place}: {message}" if place else message)
