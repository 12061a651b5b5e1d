"""Blocks: the pieces that a composed document is made of, from a paragraph to a drawn table.

A block states some items, facts and distractors, one after another, in one way. What it cannot word it leaves
for a later block. The frames around blocks are in `composition`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data_templates.sentences import facts_in, settled
from data_templates.writer import Writer
from scaffolds.facts import Value

Item = tuple[str, Value | None]
"""A fact's path with the value to say where that is not the world's own; a distractor has an empty path."""
NOISE: Item = ("", None)

Block = Callable[[Writer, Sequence[Item]], None]

_FILLS = (".", ".", " ", " ", "_", " .")
_BULLETS = ("- ", "- ", "* ", "• ", "– ", "+ ", "o ", "-> ", "> ", "■ ", "  - ", "\t- ", "=> ", "# ")
_NUMBERS = ("{}. ", "{}) ", "({}) ", "{} - ", "{}: ", "nr. {}: ", "punt {}. ", "{}.\t", "ad {}) ")
_LETTERS = ("{}. ", "{}) ", "({}) ", "{} - ")


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a line of a form is drawn; `fill` is repeated between label and value up to `width`."""

    before: str = ""
    between: str = ": "
    after: str = ""
    end: str = "\n"
    fill: str = ""
    width: int = 0
    swapped: bool = False
    case: Callable[[str], str] = str

    def drawn(self, template: str, room: int) -> str:
        """Draw a template; evidence of label and value together keeps within `room` characters."""
        framed = template.startswith("[") and template.endswith("]")
        label, colon, value = (template[1:-1] if framed else template).partition("{:}")
        if not colon:
            return self.before + template + self.after
        between = self.between
        if self.fill:
            missing = self.width - len(label.lstrip("["))
            between = f" {self.fill * max(2, missing // len(self.fill))} "
        tight = framed or "[" in label
        if tight and len(json.dumps(label + between + value + self.after, ensure_ascii=False)) > room:
            between = ": "
        label = label if set(label) & set("{[") else self.case(label)
        if self.swapped and "[" not in label and between == self.between:
            line = f"{value}{between}{label[0].lower()}{label[1:]}{self.after}"
            return f"[{line}]" if framed else line
        line = f"{label}{between}{value}"
        return self.before + (f"[{line}]" if framed else line) + self.after


def form(rng: random.Random) -> Form:
    """Draw how the lines of one form look."""
    case = rng.choice((str, str, str, str, str.upper, str.lower))
    plain = rng.choice((": ", ": ", ":", " : ", ":  ", ":\t", " = ", " ; ", "; ", " -> ", " – ", "   ", "? ", " >> "))
    kind = rng.random()
    if kind < 0.3:
        before = rng.choice(("", "", "", "- ", "* ", "• ", "  ", "\t", "o ", "– "))
        return Form(before=before, between=plain, end=rng.choice(("\n", "\n", "\n", "\n\n", ";\n")), case=case)
    if kind < 0.42:
        return Form(fill=rng.choice(_FILLS), width=rng.randint(16, 34), case=case)
    if kind < 0.54:
        before, between, after = rng.choice(
            (
                ("| ", " | ", " |"),
                ("|", "|", "|"),
                ("", " | ", ""),
                ("¦ ", " ¦ ", ""),
                ("+ ", " | ", ""),
                ("║ ", " ║ ", " ║"),
            )
        )
        return Form(before=before, between=between, after=after, case=case)
    if kind < 0.62:
        return Form(between=rng.choice(("\t", "\t", "\t\t", ":\t\t")), case=case)
    if kind < 0.74:
        before, between = rng.choice(
            (("", "\n"), ("", ":\n"), ("", ":\n  "), ("> ", "\n  "), ("", "\n- "), ("", ":\n\t"))
        )
        return Form(before=before, between=between, end=rng.choice(("\n\n", "\n")), case=case)
    if kind < 0.84:
        before, between = rng.choice(
            (
                ("V: ", "?\nA: "),
                ("Vraag: ", "?\nAntwoord: "),
                ("", "? --> "),
                ("", "?\n= "),
                ("? ", "\n! "),
                ("Q ", "\nA "),
            )
        )
        return Form(before=before, between=between, end=rng.choice(("\n", "\n\n")))
    if kind < 0.92:
        before, between, after = rng.choice(
            (("", " (", ")"), ("- ", " (", ")"), ("", " = ", ""), ("", "  <-- ", ""), ("", " als ", ""), ("", "\t", ""))
        )
        return Form(before=before, between=between, after=after, swapped=True)
    between, end = rng.choice(
        ((": ", "; "), (" ", " / "), (": ", " | "), ("=", " "), (": ", ", "), (" ", ", "), (": ", ". "))
    )
    return Form(between=between, end=end, case=case)


def row(w: Writer, item: Item, look: Form) -> bool:
    """State an item as a line of a form; False when it cannot be stated so."""
    path, value = item
    if not path:
        w.put(look.drawn(settled(w.rng.choice(w.bank["veld ruis"]), w.rng), 40) + look.end)
        return True
    template = w.wording(path, prefix="veld ", value=value) if value is not None or w.due(path) else None
    if template is None:
        return False
    room = w.kinds[path].quote_chars if path in w.kinds else 40
    w.state(path, look.drawn(settled(template, w.rng), room), value=value)
    w.write(look.end)
    return True


def sentence(w: Writer, item: Item, *, bare: bool = False, before: str = "") -> bool:
    """State an item in a sentence; `bare` leaves out its full stop. False when it is stated already."""
    path, value = item
    if path and value is None and not w.due(path):
        return False
    template = w.wording(path, value=value) if path else w.distractor()
    if template is None:
        return False
    w.write(before)
    w.state(path, template.removesuffix(".") if bare else template, value=value) if path else w.put(template)
    return True


def _sentences(w: Writer, items: Sequence[Item], before: Callable[[int], str], *, bare: bool = False) -> None:
    said = 0
    for item in items:
        said += sentence(w, item, bare=bare, before=before(said))
    w.write("\n\n" if said else "")


def paragraph(w: Writer, items: Sequence[Item]) -> None:
    """Sentences in a row; now and then a new line."""
    breaks = w.rng.choice((0.0, 0.0, 0.1, 0.3))
    _sentences(w, items, lambda i: "" if not i else "\n" if w.rng.random() < breaks else " ")


def lines(w: Writer, items: Sequence[Item]) -> None:
    """One sentence a line, or a blank line between them."""
    end = w.rng.choice(("\n", "\n", "\n\n", ";\n", "\n\t"))
    _sentences(w, items, lambda i: end if i else "", bare=end == ";\n" or w.rng.random() < 0.3)


def bullets(w: Writer, items: Sequence[Item]) -> None:
    mark = w.rng.choice(_BULLETS)
    gap = w.rng.choice(("\n", "\n", "\n", "\n\n"))
    _sentences(w, items, lambda i: (gap if i else "") + mark, bare=w.rng.random() < 0.4)


def numbered(w: Writer, items: Sequence[Item]) -> None:
    """Sentences with numbers or letters before them, starting anywhere."""
    rng = w.rng
    first = rng.choice((1, 1, 1, 2, 3, 5))
    shape, lettered = (rng.choice(_LETTERS), True) if rng.random() < 0.35 else (rng.choice(_NUMBERS), False)
    gap = rng.choice(("\n", "\n", "\n\n", " "))

    def before(i: int) -> str:
        return (gap if i else "") + shape.format(chr(96 + first + i) if lettered else first + i)

    _sentences(w, items, before, bare=rng.random() < 0.2)


def quoted(w: Writer, items: Sequence[Item]) -> None:
    """Lines of an older message."""
    mark = w.rng.choice(("> ", ">", ">> ", "| ", ": ", "> > "))
    w.put(w.rng.choice(w.bank["rand citaat"]) + "\n")
    _sentences(w, items, lambda i: ("\n" if i else "") + mark)


def rows(w: Writer, items: Sequence[Item]) -> None:
    """Lines of a form."""
    look = form(w.rng)
    left = [item for item in items if not row(w, item, look)]
    w.write("\n" if look.end.endswith("\n") else "\n\n")
    if any(value is not None for _, value in left):
        paragraph(w, [item for item in left if item[1] is not None])


def heaped(w: Writer, items: Sequence[Item]) -> None:
    """Lines of a form and sentences by turns, as in hasty notes."""
    look = Form(between=w.rng.choice((": ", " ", " = ", ":")), end="")
    gap = w.rng.choice((" ", "\n", "; ", " / ", "\n- ", ". ", " // "))
    started = False
    for item in items:
        if item[0] and item[1] is None and not w.due(item[0]):
            continue
        w.write(gap if started else "")
        started = True
        if w.rng.random() < 0.5 or not row(w, item, look):
            sentence(w, item, bare=True)
    w.write("\n\n" if started else "")


Cell = tuple[str, str, str]
"""A fact's path, its label on a form and what is written for its value."""


def _cells(w: Writer, items: Sequence[Item]) -> tuple[list[Cell], list[Item]]:
    """The items that a table can hold, and the others."""
    cells: list[Cell] = []
    rest: list[Item] = []
    for path, value in items:
        template = w.wording(path, prefix="veld ") if path and value is None and w.due(path) else None
        label, colon, cell = settled(template or "", w.rng).partition("{:}")
        taken = {name for _, _, other in cells for name in facts_in(other)}
        if colon and not set(label) & set("[{") and not facts_in(cell) & taken:
            cells.append((path, label, cell))
        else:
            rest.append((path, value))
    return cells, rest


def transposed(w: Writer, items: Sequence[Item]) -> None:
    """A table with a line of labels and a line of values; what has no label of its own follows in sentences."""
    joint = w.rng.choice((";", "\t", " | ", ", ", " ; "))
    cells, rest = _cells(w, items)
    w.put(joint.join(label for _, label, _ in cells) + "\n" if cells else "")
    for i, (path, _, cell) in enumerate(cells):
        w.write(joint if i else "")
        if w.due(path):
            w.state(path, cell)
        else:
            w.write("zie elders")
    w.write("\n\n" if cells else "")
    paragraph(w, rest)


def bare(w: Writer, items: Sequence[Item]) -> None:
    """Values on one line without labels, as in a register; what has no label of its own follows in sentences."""
    joint = w.rng.choice((" - ", " - ", ", ", "; ", " / ", " | ", ": ", "\t", " – "))
    cells, rest = _cells(w, items)
    for i, (path, _, cell) in enumerate(cell for cell in cells if w.due(cell[0])):
        w.write(joint if i else "")
        w.state(path, cell)
    w.write("\n\n" if cells else "")
    paragraph(w, rest)
