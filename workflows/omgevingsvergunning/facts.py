"""What is read from an application for an environment and planning permit (omgevingsvergunning).

One set for every application, and one for each of the five activities.
"""

from scaffolds.facts import Choice, Day, Euros, Facts, Huisnummer, Postcode, Text, Whole, YesNo

ACTIVITIES = {
    "boom_vellen": "een boom vellen",
    "dakkapel": "een dakkapel plaatsen",
    "inrit": "een inrit of uitweg aanleggen",
    "reclame": "een reclamebord of lichtreclame plaatsen",
    "uitbouw": "een aanbouw of uitbouw bij een woning",
}


class Locatie(Facts):
    straat = Text(label="straat van de locatie waar het werk komt", quote_chars=50)
    huisnummer = Huisnummer(label="huisnummer met toevoeging")
    postcode = Postcode(label="postcode van de locatie")
    plaats = Text(label="plaats van de locatie", quote_chars=40)


class Aanvraag(Facts):
    activiteit = Choice(label="wat de aanvrager wil doen", options=ACTIVITIES)
    aanvrager = Text(label="naam van de aanvrager", quote_chars=50)
    gemachtigde = Text(label="naam van wie namens de aanvrager indient", quote_chars=50)
    locatie = Locatie
    omschrijving = Text(label="het werk in de woorden van de aanvrager", quote_chars=100)
    aanvraagdatum = Day(label="datum van de aanvraag")
    begindatum = Day(label="gewenste begindatum van het werk")
    kosten = Euros(label="geraamde kosten van het werk", minimum=0, maximum=100_000_000)
    eigenaar = YesNo(label="of de aanvrager eigenaar van het perceel is")
    monument = YesNo(label="of het perceel een monument is of in beschermd gezicht ligt")
    bijlagen = Choice(
        label="meegestuurde bijlagen",
        many=4,
        quote_chars=30,
        options={
            "situatietekening": "situatietekening",
            "bouwtekening": "bouwtekening",
            "foto": "foto's",
            "machtiging": "machtiging",
        },
    )


class Boom(Facts):
    boomsoort = Text(label="soort boom", quote_chars=30)
    stamomtrek = Whole(label="omtrek van de stam in cm", minimum=5, maximum=900, unit="cm")
    aantal_bomen = Whole(label="aantal bomen", minimum=1, maximum=200)
    velreden = Choice(
        label="reden om te vellen",
        options={
            "ziek_of_dood": "ziek of dood",
            "gevaar": "gevaar",
            "overlast": "overlast",
            "bouw": "bouwplan",
        },
    )
    herplant = YesNo(label="of de aanvrager wil herplanten")


class Dakkapel(Facts):
    dakvlak = Choice(
        label="dakvlak", options={"voor": "voordakvlak", "achter": "achterdakvlak", "zij": "zijdakvlak"}
    )
    breedte = Whole(label="breedte in cm", minimum=10, maximum=3000, unit="cm")
    hoogte = Whole(label="hoogte in cm", minimum=10, maximum=3000, unit="cm")


class Inrit(Facts):
    breedte = Whole(label="breedte in cm", minimum=10, maximum=3000, unit="cm")
    obstakel = Choice(
        label="wat in de weg staat",
        options={
            "boom": "een boom",
            "lantaarnpaal": "een lantaarnpaal",
            "parkeerplaats": "een parkeerplaats",
            "geen": "niets",
        },
    )
    tweede_inrit = YesNo(label="of het perceel al een inrit heeft")


class Reclame(Facts):
    oppervlakte = Whole(label="oppervlakte in dm2", minimum=1, maximum=10_000, unit="dm2")
    verlicht = YesNo(label="of de reclame verlicht is")
    opschrift = Text(label="tekst op de reclame", quote_chars=50)


class Uitbouw(Facts):
    gevel = Choice(label="gevel", options={"voor": "voorgevel", "achter": "achtergevel", "zij": "zijgevel"})
    diepte = Whole(label="diepte in cm", minimum=10, maximum=3000, unit="cm")
    breedte = Whole(label="breedte in cm", minimum=10, maximum=3000, unit="cm")
    hoogte = Whole(label="hoogte in cm", minimum=10, maximum=3000, unit="cm")
