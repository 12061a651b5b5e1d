"""What is read from a request for information (Woo-verzoek).

Not asked, and so not read: why somebody wants to know. A requester need not state an interest (Woo 4.1(3)).
"""

from scaffolds.facts import Choice, Day, Facts, Text, YesNo

BODIES = {
    "college": "het college van burgemeester en wethouders",
    "burgemeester": "de burgemeester",
    "gemeenteraad": "de gemeenteraad",
    "provincie": "de provincie",
    "waterschap": "het waterschap",
    "ministerie": "een ministerie",
}


class Verzoek(Facts):
    verzoeker = Text(label="naam van de verzoeker", quote_chars=50)
    gemachtigde = Text(label="naam van wie namens de verzoeker schrijft", quote_chars=50)
    antwoordadres = Text(label="postadres of e-mailadres voor het antwoord", quote_chars=60)
    antwoordwijze = Choice(
        label="hoe de verzoeker antwoord wil",
        options={"email": "per e-mail", "post": "per post", "portaal": "in het portaal"},
    )
    onderwerp = Text(label="de aangelegenheid in de woorden van de verzoeker", quote_chars=100)
    periode_van = Day(label="eerste dag van de periode")
    periode_tot = Day(label="laatste dag van de periode")
    alle_documenten = YesNo(label="of om alle stukken over het onderwerp wordt gevraagd")
    documenten = Choice(
        label="soorten stukken",
        many=4,
        quote_chars=30,
        options={
            "besluiten": "besluiten",
            "emails": "e-mails",
            "brieven": "brieven",
            "verslagen": "verslagen",
            "contracten": "contracten",
            "rapporten": "rapporten",
        },
    )
    bestuursorgaan = Choice(label="bestuursorgaan waar de stukken liggen", options=BODIES)
    vorm = Choice(
        label="vorm waarin de verzoeker de stukken wil",
        options={"digitaal": "digitaal", "papier": "op papier", "inzage": "inzage"},
    )
    eigen_gegevens = YesNo(label="of de stukken over de verzoeker zelf gaan")
    derde = Text(label="naam van een ander over wie de stukken gaan", quote_chars=50)
    spoed = YesNo(label="of de verzoeker om spoed vraagt")
    verzoekdatum = Day(label="datum van het verzoek")
