"""A letter is edited as text and comes back as blocks; what a person changed is shown."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from workflows.letter import Block, Heading, Items, Letter, Paragraph, differences
from workflows.letter.content import blocks_as_body, one_line, read_body

LINES = st.text(max_size=30).map(one_line).filter(bool)
BLOCKS = st.lists(
    st.builds(Heading, LINES)
    | st.builds(Paragraph, st.lists(LINES, min_size=1, max_size=3).map("\n".join))
    | st.builds(Items, st.lists(LINES, min_size=1, max_size=3).map(tuple)),
    max_size=5,
).map(tuple)


def written(*blocks: Block, subject: str = "ons besluit") -> Letter:
    return Letter(case="Z-1", on=date(2026, 4, 2), subject=subject, blocks=blocks)


@given(BLOCKS)
def test_blocks_come_back_from_the_text_that_is_edited(blocks: tuple[Block, ...]) -> None:
    assert read_body(blocks_as_body(blocks)) == blocks


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_letter_and_stays_the_same_when_edited_again(typed: str) -> None:
    blocks = read_body(typed)
    assert read_body(blocks_as_body(blocks)) == blocks


def test_a_person_edits_headings_items_and_lines() -> None:
    body = "# Kop\nBeste Jan,\n\nEen.\nTwee.\n- a\n- b\n\\# geen kop\r\n\r\n\n\n-1 graad"
    assert read_body(body) == (
        Heading("Kop"),
        Paragraph("Beste Jan,"),
        Paragraph("Een.\nTwee."),
        Items(("a", "b")),
        Paragraph("# geen kop"),
        Paragraph("-1 graad"),
    )


def test_signs_that_reverse_the_reading_direction_go_and_controls_are_shown() -> None:
    assert one_line("\u202eneelrev\u202c a\x07b \u2028c") == "neelrev a�b c"


@given(BLOCKS, BLOCKS)
def test_differences_give_back_both_letters(old: tuple[Block, ...], new: tuple[Block, ...]) -> None:
    before, after = written(*old), written(*new, subject="ander besluit")
    found = differences(before, after)
    assert "\n\n".join(
        one.before for one in found if one.kind != "added"
    ) == f"{before.subject}\n\n{before.body}".strip("\n")
    assert "\n\n".join(one.after for one in found if one.kind != "removed") == f"{after.subject}\n\n{after.body}".strip(
        "\n"
    )
    for one in found:
        assert "".join(text for kind, text in one.words if kind != "added") == one.before
        assert "".join(text for kind, text in one.words if kind != "removed") == one.after


@given(BLOCKS)
def test_a_letter_that_was_not_edited_has_no_differences(blocks: tuple[Block, ...]) -> None:
    letter = written(*blocks)
    assert {one.kind for one in differences(letter, letter.edited(body=letter.body))} == {"equal"}


def test_what_changed_is_shown_by_word() -> None:
    before = written(Paragraph("U mag de boom vellen."), Paragraph("Groet"))
    after = before.edited(body="U mag de eik vellen.\n\nNieuw.\n\nGroet", subject="ons besluit")
    assert [(one.kind, one.words) for one in differences(before, after) if one.kind != "equal"] == [
        (
            "changed",
            (("equal", "U mag de "), ("removed", "boom"), ("added", "eik"), ("equal", " vellen.")),
        ),
        ("added", (("added", "Nieuw."),)),
    ]
