"""An address in running text: the parts of it that are still to be stated, in one piece, each with its place."""

from __future__ import annotations

from data_templates.pen import Pen

_NEUTER = ("plein", "pad", "park", "hof", "plantsoen", "veld", "oord", "kwartier", "rak")
_ARTICLES = ("De", "Het", "Den", "Op", "Achter", "Aan")


def address_paths(prefix: str) -> tuple[str, ...]:
    """The facts of an address below `prefix`: street, number, postcode, place."""
    return tuple(f"{prefix}.{part}" for part in ("straat", "huisnummer", "postcode", "plaats"))


def write_address(pen: Pen, prefix: str, form: str) -> None:
    """Write what is due of an address; with form "aan" as in "aan de Lindelaan 5 in Wieringdam"."""
    paths = address_paths(prefix)
    street, number, postcode, place = (path in pen.pending for path in paths)
    if form == "aan" and (street or number):
        name = str(pen.world.values[paths[0]])
        if not street:
            pen.write("op ")
        elif name.split()[0] in _ARTICLES:
            pen.write("aan ")
        else:
            pen.write("aan het " if name.endswith(_NEUTER) else "aan de ")
    if street:
        pen.fact(paths[0], "", None)
    if number:
        pen.write(" " if street else "nummer ")
        pen.fact(paths[1], "", None)
    if (street or number) and (postcode or place):
        joints = (", ", ", ", " - ") if postcode else (" in ",) if form == "aan" else (", ", " te ")
        pen.write(pen.rng.choice(joints))
    elif form == "aan" and (postcode or place):
        pen.write("in ")
    if postcode:
        pen.fact(paths[2], "", None)
    if place:
        pen.write(" " if postcode else "")
        pen.fact(paths[3], "", None)
