"""Dutch surfaces read back: every way of writing a value gives that value, and no text raises."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.facts.numbers import NUMBER, fold, may_count
from scaffolds.facts.read import days, euro_cents, quantities

RECEIVED = date(2026, 3, 10)  # a Tuesday
UNITS = ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf",
         "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien"]
TENS = ["", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]
MONTHS = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
          "november", "december"]


def in_words(n: int) -> str:
    """Write 1 to 9999 as the Taalunie spells it: "drieëntwintig", "vijfentwintighonderd", "duizend drie"."""
    if n < 20:
        return UNITS[n]
    if n < 100:
        unit = UNITS[n % 10]
        return (unit + ("ën" if unit.endswith("e") else "en") if n % 10 else "") + TENS[n // 10]
    if n < 1000 or (n < 10_000 and n // 100 % 10):
        head = "" if n < 200 else in_words(n // 100)
        return head + "honderd" + (in_words(n % 100) if n % 100 else "")
    head = "" if n < 2000 else in_words(n // 1000)
    return head + "duizend" + (" " + in_words(n % 1000) if n % 1000 else "")


def test_every_whole_number_reads_back_from_words_and_digits() -> None:
    for n in range(1, 10_000):
        word = in_words(n)
        for spelled in (str(n), f"{n:,}".replace(",", "."), word, word.replace("ë", "e"), word.upper()):
            assert quantities(f"{spelled} bomen", unit="stuks") == {n}, spelled
        assert n in quantities(f"{word} centimeter", unit="cm")
        assert euro_cents(f"{word} euro") == {100 * n}


def test_thousands_read_back_in_either_spelling() -> None:
    for n in range(1000, 10_000, 37):
        split = in_words(n // 1000).replace("een", "") + "duizend"
        split += in_words(n % 1000) if n % 1000 else ""
        assert quantities(f"{split} stuks", unit="stuks") == {n}, split


@given(st.integers(0, 10**9))
def test_every_amount_in_cents_reads_back(cents: int) -> None:
    euros, rest = divmod(cents, 100)
    dotted = f"{euros:,}".replace(",", ".")
    for spelled in (f"€ {dotted},{rest:02}", f"€{euros},{rest:02}", f"EUR {euros}.{rest:02}",
                    f"ca. {dotted},{rest:02} euro", f"{euros:,}.{rest:02} Euro", f"{dotted},{rest:02}"):
        assert euro_cents(spelled) == {cents}, spelled


@given(st.integers(0, 5000))
def test_every_length_in_centimetres_reads_back(cm: int) -> None:
    metres, rest = divmod(cm, 100)
    for spelled in (f"{cm} cm", f"{cm}cm", f"{metres},{rest:02} m", f"{metres}.{rest:02}m", f"{10 * cm} mm",
                    f"ongeveer {metres},{rest:02} meter hoog", f"hoogte: {metres},{rest:02} mtr."):
        assert cm in quantities(spelled, unit="cm"), spelled
    if metres and rest:
        for spelled in (f"{metres} m {rest}", f"{metres} meter {rest}", f"{metres}m{rest:02}",
                        f"{metres} m en {rest} cm", f"{in_words(metres)} meter {in_words(rest)}"):
            assert quantities(spelled, unit="cm") == {cm}, spelled


@pytest.mark.parametrize(("quotation", "unit", "values"), [
    ("twee en een halve meter", "cm", {250}),
    ("tweeënhalve meter", "cm", {250}),
    ("anderhalve meter", "cm", {150}),
    ("een halve meter", "cm", {50}),
    ("2½ m", "cm", {250}),
    ("½ m", "cm", {50}),
    ("twee meter tien", "cm", {210}),
    ("4,5 strekkende meter", "cm", {450}),
    ("180", "cm", {180}),
    ("hoogte 180", "cm", {180}),
    ("2 tot 3 meter", "cm", {200, 300}),
    ("120 bij 80 cm", "cm", {120, 80}),
    ("1.250 m", "cm", {125, 125_000}),
    ("12,5 cm", "cm", {12, 13}),
    ("2\xa0m\u202f10", "cm", {210}),
    ("3 bomen", "cm", set()),
    ("300 cm²", "cm", set()),
    ("een paar meter", "cm", set()),
    ("1,2 x 0,8 m", "dm2", {96}),
    ("1,20 m × 0,80 m", "dm2", {96}),
    ("120 bij 80 cm", "dm2", {96}),
    ("120x80cm", "dm2", {96}),
    ("twee bij drie meter", "dm2", {600}),
    ("2 m breed en 3 m hoog", "dm2", {600}),
    ("3 m²", "dm2", {300}),
    ("14,4 vierkante meter", "dm2", {1440}),
    ("50 dm2", "dm2", {50}),
    ("500 cm²", "dm2", {5}),
    ("30", "dm2", set()),
    ("3 m", "dm2", set()),
    ("1 x 2 x 3 m", "dm2", set()),
    ("3", "stuks", {3}),
    ("een eik", "stuks", {1}),
    ("één eik", "stuks", {1}),
    ("e\u0301e\u0301n eik", "stuks", {1}),
    ("een drietal eiken", "stuks", {3}),
    ("een dozijn", "stuks", {12}),
    ("een stuk of drie", "stuks", {3}),
    ("vijf à zes bomen", "stuks", {5, 6}),
    ("beide bomen", "stuks", {2}),
    ("geen bomen", "stuks", {0}),
    ("3x een eik", "stuks", {1, 3}),
    ("drie eiken van 12 meter", "stuks", {3}),
    ("een paar bomen", "stuks", set()),
    ("anderhalve", "stuks", set()),
    ("12-03-2026", "stuks", set()),
    ("2e boom", "stuks", set()),
])
def test_quantities_as_people_write_them(quotation: str, unit: str, values: set[int]) -> None:
    assert quantities(quotation, unit=unit) == values


@pytest.mark.parametrize(("quotation", "cents"), [
    ("€ 12.500,-", {1_250_000}),
    ("€12.500", {1_250_000}),
    ("12.500,--", {1_250_000}),
    ("€ 12 500", {1_250_000}),
    ("12,5 duizend euro", {1_250_000}),
    ("€ 12k", {1_200_000}),
    ("1,2 miljoen", {120_000_000}),
    ("anderhalf miljoen euro", {150_000_000}),
    ("3 euro 50", {350}),
    ("drie euro vijftig", {350}),
    ("950 euro en 50 cent", {95_050}),
    ("€ 12.500,00 incl. 21% btw", {1_250_000}),
    ("tussen 5.000 en 6.000 euro", {500_000, 600_000}),
    ("€ 1.250", {125_000}),
    ("3 bomen", set()),
    ("een flink bedrag", set()),
])
def test_amounts_as_people_write_them(quotation: str, cents: set[int]) -> None:
    assert euro_cents(quotation) == cents


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_date_reads_back_in_every_format(day: date) -> None:
    d, m, y = day.day, day.month, day.year
    month = MONTHS[m - 1]
    for spelled in (day.isoformat(), f"{d:02}-{m:02}-{y}", f"{d}-{m}-{y}", f"{d}/{m}/{y}", f"{d}.{m}.{y}",
                    f"{d} {month} {y}", f"{d} {month.upper()} {y}",
                    f"op {d} {month[:3]}. {y}".replace("maa", "mrt"), f"{d}e {month} {y}",
                    f"{in_words(d)} {month} {y}", f"met ingang van {d} {month} {y}."):
        assert days(spelled, received=RECEIVED) == {day}, spelled
    if abs(y - RECEIVED.year) < 50:
        for spelled in (f"{d}/{m}/{y % 100:02}", f"{d:02}-{m:02}-{y % 100:02}", f"{d} {month} '{y % 100:02}"):
            assert days(spelled, received=RECEIVED) == {day}, spelled


@given(st.dates(date(1950, 1, 1), date(2080, 12, 31)), st.integers(1, 12), st.integers(1, 28))
def test_a_day_without_a_year_is_the_next_and_the_last_one(received: date, month: int, day: int) -> None:
    found = days(f"{day} {MONTHS[month - 1]}", received=received)
    assert days(f"{day}-{month}", received=received) == found
    assert len(found) == 2
    last, following = sorted(found)
    assert last < received <= following
    assert (following - last).days in (365, 366)
    assert days(f"{day} {MONTHS[month - 1]} a.s.", received=received) == {following}
    assert days(f"{day} {MONTHS[month - 1]} jl.", received=received) == {last}


@given(st.dates(date(1950, 1, 1), date(2080, 12, 31)), st.integers(0, 6))
def test_weekdays_are_read_from_the_day_of_receipt(received: date, place: int) -> None:
    name = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")[place]
    (coming,) = days(f"aanstaande {name}", received=received)
    assert coming.weekday() == place
    assert 1 <= (coming - received).days <= 7
    assert days(f"{name} a.s.", received=received) == days(f"a.s. {name}", received=received) == {coming}
    (gone,) = days(f"afgelopen {name}", received=received)
    assert coming - gone in (timedelta(days=7), timedelta(days=14))
    assert {gone, coming} <= days(name, received=received)
    (in_next_week,) = days(f"volgende week {name}", received=received)
    assert in_next_week.weekday() == place
    assert in_next_week.isocalendar()[:2] == (received + timedelta(days=7)).isocalendar()[:2]
    assert days(f"{name} volgende week", received=received) == {in_next_week}


@pytest.mark.parametrize(("quotation", "found"), [
    ("vandaag", {"2026-03-10"}),
    ("morgen", {"2026-03-11"}),
    ("overmorgen", {"2026-03-12"}),
    ("gisteren", {"2026-03-09"}),
    ("over drie weken", {"2026-03-31"}),
    ("over 2 maanden", {"2026-05-10"}),
    ("over een jaar", {"2027-03-10"}),
    ("twee weken geleden", {"2026-02-24"}),
    ("12 mei volgend jaar", {"2027-05-12"}),
    ("12 maart 10 uur", {"2025-03-12", "2026-03-12"}),
    ("29 februari", {"2024-02-29", "2028-02-29"}),
    ("maandag 16 maart 2026", {"2026-03-16"}),
    ("1 maart of 1 april 2026", {"2026-03-01", "2027-03-01", "2026-04-01"}),
])
def test_dates_as_people_write_them(quotation: str, found: set[str]) -> None:
    assert {day.isoformat() for day in days(quotation, received=RECEIVED)} == found


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert days("over een maand", received=date(2028, 1, 31)) == {date(2028, 2, 29)}


@pytest.mark.parametrize("quotation", [
    "begin maart", "half maart", "eind maart 2026", "in het voorjaar", "volgende week", "zo snel mogelijk",
    "31 februari 2026", "31-04-2026", "29 februari 2027", "00-00-2026", "2026-13-01", "12-2026", "vanmorgen",
    "over een paar weken",
])
def test_a_vague_or_impossible_date_is_no_date(quotation: str) -> None:
    assert days(quotation, received=RECEIVED) == frozenset()


PIECES = st.lists(st.sampled_from([
    "een", "twee", "twintig", "honderd", "duizend", "miljoen", "half", "halve", "en", "tal", "paar", "over",
    "x", "bij", "m", "cm", "m2", "meter", "€", "euro", ",-", "1", "12", "999999999999", "1.250", ",", ".",
    "-", "/", "½", "٣", "²", "maart", "mei", "week", "weken", "jaar", "maanden", "geleden", "maandag",
    "volgende", "a.s.", "'", " ", "\n", "\x00", "\ud800", "0000", "9999",
]), max_size=20).map("".join)


@given(st.one_of(st.text(max_size=60), PIECES), st.dates())
def test_no_text_raises(text: str, received: date) -> None:
    for unit in ("cm", "dm2", "stuks"):
        assert all(isinstance(value, int) for value in quantities(text, unit=unit))
    assert all(isinstance(value, int) for value in euro_cents(text))
    assert all(isinstance(value, date) for value in days(text, received=received))


@given(st.one_of(st.text(max_size=60), PIECES).map(fold))
def test_a_text_that_is_not_tried_holds_no_number(text: str) -> None:
    assert may_count(text) or not re.search(NUMBER, text)
