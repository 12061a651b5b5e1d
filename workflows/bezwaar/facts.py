"""What is read from a notice of objection (bezwaarschrift): who objects, and against what, why and how."""

from scaffolds.facts import Choice, Day, Facts, Huisnummer, Postcode, Text, YesNo

DECISIONS = {
    "omgevingsvergunning": "omgevingsvergunning",
    "parkeervergunning": "parkeervergunning",
    "bijstand": "bijstandsuitkering",
    "wmo": "hulp of voorziening op grond van de Wmo",
    "dwangsom": "last onder dwangsom",
}


class Adres(Facts):
    straat = Text(label="straat van de bezwaarmaker", quote_chars=50)
    huisnummer = Huisnummer(label="huisnummer met toevoeging")
    postcode = Postcode(label="postcode van de bezwaarmaker")
    plaats = Text(label="woonplaats van de bezwaarmaker", quote_chars=40)


class Indiener(Facts):
    """Who objects, through whom, when and how."""

    bezwaarmaker = Text(label="naam van de bezwaarmaker", quote_chars=50)
    adres = Adres
    gemachtigde = Text(label="naam van wie namens de bezwaarmaker indient", quote_chars=50)
    rol_gemachtigde = Choice(
        label="wat de gemachtigde is",
        options={"advocaat": "advocaat", "adviseur": "jurist of adviseur", "naaste": "familie of kennis"},
        quote_chars=50,
    )
    machtiging = YesNo(label="of een machtiging is meegestuurd", quote_chars=50)
    dagtekening = Day(label="datum van het bezwaarschrift")
    ondertekend = YesNo(label="of het bezwaarschrift is ondertekend", quote_chars=50)
    indiening = Choice(
        label="hoe het bezwaarschrift is ingediend",
        quote_chars=50,
        options={"post": "per post", "balie": "aan de balie", "formulier": "webformulier", "mail": "e-mail"},
    )


class Bezwaar(Facts):
    """The decision objected to, the grounds, and what is asked."""

    soort_besluit = Choice(label="waarover het besluit gaat", options=DECISIONS, quote_chars=50)
    kenmerk = Text(label="kenmerk van het besluit", quote_chars=30)
    besluitdatum = Day(label="datum van het besluit")
    bekendmaking = Day(label="dag waarop het besluit is verzonden of bekendgemaakt")
    geadresseerde = YesNo(label="of het besluit aan de bezwaarmaker is gericht", quote_chars=60)
    gronden = Choice(
        label="gronden van het bezwaar",
        many=3,
        quote_chars=60,
        options={
            "feiten": "de feiten kloppen niet",
            "regels": "de regels zijn verkeerd toegepast",
            "motivering": "het besluit is slecht gemotiveerd",
            "zorgvuldigheid": "het onderzoek was niet zorgvuldig",
            "gelijkheid": "anderen kregen het wel",
            "vertrouwen": "er is een toezegging gedaan",
            "evenredigheid": "de gevolgen zijn te zwaar",
        },
    )
    horen = Choice(
        label="hoe de bezwaarmaker wil worden gehoord",
        quote_chars=60,
        options={"zitting": "op een hoorzitting", "telefonisch": "telefonisch", "afzien": "niet"},
    )
    voorlopige_voorziening = YesNo(label="of de rechter om een voorlopige voorziening is gevraagd", quote_chars=60)
    proceskosten = YesNo(label="of om vergoeding van kosten wordt gevraagd", quote_chars=60)
