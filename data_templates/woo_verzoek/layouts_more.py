"""More layouts of the training half. Each writes every fact that is due, once, and every contradiction."""

from __future__ import annotations

from data_templates.blocks import Form, row
from data_templates.sentences import settled
from data_templates.woo_verzoek.layouts_train import DETAILS, REPLY, WHAT, WHO, rest, shuffled
from data_templates.woo_verzoek.writer import RequestWriter as Writer

BOUNDS = ("periode_van", "periode_tot")
QUESTIONS = {
    "verzoeker": "<Wat is uw naam/Op welke naam staat het verzoek/Wie vraagt om de informatie>?",
    "gemachtigde": "<Treedt er iemand voor u op, en wie is dat/Wie is uw gemachtigde>?",
    "antwoordadres": "<Waar sturen wij ons antwoord naartoe/Op welk adres bent u te bereiken>?",
    "antwoordwijze": "<Hoe wilt u antwoord krijgen/Langs welke weg mogen wij u antwoorden>?",
    "onderwerp": "<Over welk onderwerp wilt u informatie/Waar gaat uw verzoek over>?",
    "periode": "<Om welke periode gaat het/Uit welke tijd zijn de stukken>?",
    "alle_documenten": "<Wilt u alle stukken over het onderwerp hebben/Vraagt u om het hele dossier>?",
    "documenten": "<Welke soorten stukken zoekt u/Om wat voor documenten gaat het>?",
    "bestuursorgaan": "<Waar liggen de stukken, denkt u/Welk bestuursorgaan heeft de stukken>?",
    "vorm": "<Hoe wilt u de stukken ontvangen of bekijken/In welke vorm wilt u de stukken>?",
    "eigen_gegevens": "<Gaan de stukken over uzelf/Vraagt u naar gegevens over uzelf>?",
    "derde": "<Gaan de stukken over een ander? Zo ja, over wie/Welke andere partij komt erin voor>?",
    "spoed": "<Vraagt u om spoed/Is er haast bij>?",
    "verzoekdatum": "<Wanneer doet u dit verzoek/Wat is de datum van het verzoek>?",
    "periode_van": "<Vanaf welke dag zoeken wij/Op welke dag begint de periode>?",
    "periode_tot": "<Tot en met welke dag zoeken wij/Op welke dag eindigt de periode>?",
}
TOPICS = dict(zip(QUESTIONS, (
    "<naam/verzoeker>", "<gemachtigde/vertegenwoordiger>", "<antwoordadres/bereikbaar op>", "<antwoord via/kanaal>",
    "<onderwerp/aangelegenheid>", "<periode/tijdvak>", "<hele dossier/alle stukken>", "<soort stukken/documenten>",
    "<vindplaats/bestuursorgaan>", "<vorm/verstrekking>", "<over uzelf/eigen gegevens>", "<andere partij/derde>",
    "<spoed/haast>", "<datum verzoek/verzoek d.d.>", "<vanaf/begin periode>", "<tot en met/einde periode>",
), strict=True))  # fmt: skip


def begin(w: Writer, text: str = "") -> None:
    w.open()
    w.put(text)


def greet(w: Writer, section: str, end: str = "\n") -> None:
    w.section(section)
    w.put(end)


def missing(w: Writer, path: str) -> bool:
    return all(part in w.world.omitted for part in w.composites.get(path, (path,)))


def shown(w: Writer, *paths: str, empty: float) -> list[str]:
    """What has a line in a form: every fact that is due, and some that were left out."""
    return [path for path in paths if w.due(path) or (missing(w, path) and w.rng.random() < empty)]


def blank(w: Writer, path: str) -> str:
    """An answer that says nothing, and no "no" either."""
    return w.rng.choice(("-", "?", "niet ingevuld", "", *["n.v.t."] * (path in ("gemachtigde", "derde"))))


def brief(w: Writer, path: str) -> None:
    """The bare answer to a question about a fact that is due."""
    value = str(w.world.values.get(path))
    w.state(path, f"[<{value}/{value.capitalize()}>]" if value in ("ja", "nee") else f"{{{path}}}")


def line(w: Writer, path: str, look: Form) -> None:
    """A line of a form; what was left out has a label with nothing behind it."""
    if missing(w, path):
        w.put(look.drawn(f"{settled(TOPICS[path], w.rng).capitalize()}{{:}}{blank(w, path)}", 40) + look.end)
    else:
        row(w, (path, None), look)


def intake_printout(w: Writer) -> None:
    begin(w, "<AFDRUK INTAKE   zaaktype WOO   blad 1 van 1/Zaaksysteem - Intake - Informatieverzoek>\n")
    w.put(w.rng.choice("=-_") * 60 + "\nZaaknr. {~nummer}     Behandelaar {~naam}     Status <nieuw/open>\n\n")
    fill, width = w.rng.choice((" ", " ", ".")), w.rng.randint(18, 26)
    for i, path in enumerate(shown(w, *shuffled(w, *DETAILS[1:], *REPLY, *BOUNDS), empty=0.5)):
        start = w.at
        line(w, path, Form(fill=fill, width=width, end=""))
        w.write("\n" if i % 2 else " " * max(3, 52 - (w.at - start)))
    w.put("\n\n<KLANT/Relatie/WIE>\n")
    w.fields(*shuffled(w, "verzoekdatum", *WHO))
    w.put("\n<TOELICHTING KLANT/Vrij veld/Omschrijving (max. 2000 tekens)>\n")
    w.prose(*shuffled(w, "documenten", "onderwerp", "alle_documenten"), noise=w.rng.randint(0, 2), doubts=True)
    w.prose(*rest(w))


def questionnaire(w: Writer) -> None:
    begin(w, "<Vragenlijst bij een Woo-verzoek/VRAGEN AAN DE INDIENER/Invulblad>\n<Vul in met zwarte pen./Blad 1/>\n\n")
    between = w.rng.choice(("\n", "\n", "\n   ", " ", "  ", "\n> ", "\nAntwoord: ", "\n..... "))
    number, period = w.rng.choice(("{}. ", "Vraag {}: ", "{}) ", "")), w.rng.choice((("periode",), BOUNDS))
    parts = [[*WHO, *REPLY], ["documenten", "onderwerp", *period, "alle_documenten"], shuffled(w, *DETAILS[1:])]
    w.rng.shuffle(parts)
    parts.insert(w.rng.choice((0, 3)), ["verzoekdatum"])
    for i, path in enumerate((path for part in parts for path in part), 1):
        w.put(number.format(i) + QUESTIONS[path] + between)
        if missing(w, path):
            w.write(blank(w, path))
        elif w.rng.random() < 0.75 or not w.say(path):
            brief(w, path)
        w.write("\n\n" if "\n" in between else "\n")
    lead = "\n<Ruimte voor opmerkingen:/Toelichting/Wat wilt u verder nog kwijt?>\n"
    w.prose(*rest(w), noise=w.rng.randint(1, 2), doubts=True, lead=settled(lead, w.rng))


def desk_checklist(w: Writer) -> None:
    begin(w, "<Checklist gesprek openbaarheid/CHECKLIST WOO-INTAKE/Afvinklijst loket> - medewerker {~naam}\n\n")
    tick, no = w.rng.choice((("[x] ", "[ ] "), ("[X] ", "[ ] "), ("☒ ", "☐ "), ("(v) ", "( ) "), ("[v]\t", "[ ]\t")))
    extra = ("legitimatie gezien", "folder meegegeven", "terugbellen op {~telefoon}", "zaak {~nummer} erbij gezocht")
    period = w.rng.choice((("periode",), BOUNDS))
    items = shown(w, "onderwerp", *period, *DETAILS, *REPLY, empty=0.4)
    for path in shuffled(w, *items, *w.rng.sample(extra, 2)):
        if path in extra:
            w.write(w.rng.choice((tick, no)))
            w.put(path)
        elif missing(w, path):
            w.write(no)
            w.put(TOPICS[path] + "<: nog navragen/ (niet besproken)>")
        else:
            w.write(tick)
            if w.rng.random() < 0.5 or not w.say(path, prefix="veld "):
                w.put(TOPICS[path] + "{:}")
                brief(w, path)
        w.write("\n")
    w.prose("documenten", noise=w.rng.randint(1, 3), doubts=True, lead="\n")
    w.fields(*shuffled(w, *WHO, "verzoekdatum"))
    w.prose(*rest(w), lead="\n")


def chat_counter(w: Writer) -> None:
    begin(w, "<Chat {~nummer}, begonnen om {~tijd}/Transcript van het chatvenster/Chatgesprek, wachtrij 2>\n")
    w.put_due("Datum chat: {verzoekdatum}\n", "Gestart op {verzoekdatum}\n", "*** {verzoekdatum} ***\n")
    desk, guest = w.rng.choice((("\nCHATBOT: ", "\nU: "), ("\n(KCC) ", "\n(Klant) "), ("\n<< ", "\n>> ")))
    w.put(desk + "<Welkom! Waar kan ik u mee helpen?/U bent verbonden met {~naam}.>" + guest)
    w.section("opening los")
    w.prose("onderwerp", lead=" ", end="")
    asked = shown(w, *shuffled(w, "periode", "documenten", *DETAILS, *REPLY), empty=0.3)
    for path in (*asked, *shown(w, *shuffled(w, *WHO), empty=0.0)):
        question = missing(w, path) or w.rng.random() < 0.6
        w.put(desk + QUESTIONS[path] + guest if question else guest)
        if missing(w, path):
            w.put("<weet ik zo niet/sla ik over/daar kom ik nog op terug/volgende vraag>")
        elif (question and w.rng.random() < 0.6) or not w.say(path):
            brief(w, path)
    w.put(desk + "<Verder nog iets?/Dank u. Wilt u nog iets toevoegen?/Ik noteer het. Nog vragen?>")
    w.prose(*rest(w), noise=w.rng.randint(1, 2), doubts=True, lead=guest, end=desk)
    w.put("<Ik zet het door naar een collega./Uw zaaknummer is {~nummer}./Nog een goede dag!>")


def conversation_report(w: Writer) -> None:
    begin(w, "<Verslag van een gesprek over openbaarheid/GESPREKSVERSLAG/Kort verslag>\n")
    w.put_due("Aanwezig: {verzoeker} (verzoeker) en {~naam} (gemeente)\n", "Gesprekspartner: {verzoeker}\n")
    w.put("<Verslag: {~naam}\n/Duur: {~leeftijd} minuten\n/>\n")
    topics = {
        ("vorm", *REPLY): "<Eerst komt de afhandeling ter sprake. /Over de levering is het volgende afgesproken. />",
        DETAILS[3:]: "<Besproken is wie erbij betrokken is. /De medewerker vraagt door op de achtergrond. />",
        WHAT: "<Dan gaat het over de inhoud. /Het verzoek zelf is als volgt omschreven. />",
        DETAILS[:2]: "<De afbakening is doorgenomen. /Uitgelegd is dat gericht vragen het zoeken bekort. />",
    }
    for paths in w.rng.sample(list(topics), len(topics)):
        w.prose(*shuffled(w, *paths), noise=w.rng.randint(0, 1), lead=settled(topics[paths], w.rng))
    w.prose("gemachtigde", noise=1, doubts=True, lead=w.rng.choice(("Dan nog dit. ", "Slot van het gesprek. ", "")))
    w.put_due("Vastgelegd op {verzoekdatum}\n", "Gesprek van {verzoekdatum}\n", "Gevoerd op {verzoekdatum}.\n")
    w.prose(*rest(w))


def reference_letter(w: Writer) -> None:
    due = {"Datum": "verzoekdatum", "Inzake": "onderwerp", "Afzender": "verzoeker", "Antwoord aan": "antwoordadres"}
    cells = [f"{name:14}{{{path}}}" for name, path in w.rng.sample(list(due.items()), 3) if w.due(path)]
    cells += [f"{name:14}{{~nummer}}" for name in ("Uw kenmerk", "Ons kenmerk", "Dossier", "Relatienr.")]
    begin(w)
    for i, cell in enumerate(shuffled(w, *cells[:4])):
        start = w.at
        w.put(cell)
        w.write("\n" if i % 2 else " " * max(3, 40 - (w.at - start)))
    mixed = shuffled(w, "documenten", *BOUNDS, *DETAILS, *REPLY)
    w.write("\n")
    greet(w, "opening brief", "\n\n")
    w.prose(*mixed[:4], "onderwerp", noise=w.rng.randint(1, 2))
    w.put("<De overige gegevens staan in de bijlage/Zie verder het bijgevoegde overzicht>.\n\n")
    greet(w, "slot brief")
    w.put_due("{verzoeker}\n")
    joint = w.rng.choice((";", ";", "\t", " | ", ","))
    begin(w, joint.join(w.rng.choice((("Rubriek", "Inhoud"), ("veld", "waarde"), ("Vraag", "Opgave")))) + "\n")
    look = Form(between=joint, case=w.rng.choice((str, str, str.lower, str.upper)))
    for path in shown(w, *mixed[4:], *WHO, "verzoekdatum", empty=0.6):
        line(w, path, look)
    w.prose(*rest(w), doubts=True, noise=w.rng.randint(0, 1), lead="\n")


def answers_letter(w: Writer) -> None:
    begin(w, "<Gemeente, team Woo\n/AAN DE GEMEENTE\n/>")
    w.put_due(w.rng.choice(("{verzoeker}\n", "{verzoekdatum}\n", "Datum: {verzoekdatum}\n")))
    w.put("<Betreft: uw vragen, kenmerk {~nummer}/Onderwerp: beantwoording vragen Woo>\n\n")
    greet(w, "opening brief", "\n\nHieronder <vindt u/staan> de antwoorden op <uw vragen/de vragen in {~nummer}>.\n\n")
    shape, named = w.rng.choice(("{}{}. ", "Ad {}{}: ", "Vraag {}{}. ", "{}.{}) ", "({}{}) ")), w.rng.random() < 0.5
    size, paths = w.rng.choice((1, 2, 3)), shown(w, *shuffled(w, "documenten", "periode", *DETAILS, *REPLY), empty=0.4)
    for i, path in enumerate(paths):
        w.write(shape.format(i // size + 1, "abc"[i % size] if size > 1 else ""))
        w.put(f"({TOPICS[path]}?) " if named else "")
        w.put("<Het antwoord volgt nog/Hierop blijft het antwoord open>." if missing(w, path) else "")
        w.prose(path, end="")
        w.write("\n")
    w.prose("onderwerp", noise=w.rng.randint(1, 2), doubts=True, lead="\n")
    greet(w, "slot brief")
    w.put_due("{verzoekdatum}\n", "Opgemaakt {verzoekdatum}\n")
    w.put_due("{verzoeker}\n")
    w.prose(*rest(w))


def typed_fax(w: Writer) -> None:
    begin(w, "<F A X B E R I C H T\n/FAX\n=====/TELEFAX - VOORBLAD\n>\n")
    lines = ["AAN: GEMEENTE, AFD. <JURIDISCHE ZAKEN/BESTUURSZAKEN>", "FAXNR: {~telefoon}", "AANTAL BLADEN: 2"]
    due = {"verzoeker": "VAN", "verzoekdatum": "DATUM", "antwoordadres": "RETOUR", "onderwerp": "BETREFT"}
    lines += [f"{label}: {{{path}}}" for path, label in due.items() if w.due(path) and w.rng.random() < 0.7]
    w.put("\n".join(shuffled(w, *lines)) + "\n\n")
    w.prose(*w.rng.sample(("spoed", "gemachtigde", "bestuursorgaan", "antwoordwijze"), 3), lead="MEDEDELING: ")
    begin(w, "<BLAD 2/Vervolg faxbericht {~nummer}, blad 2 van 2/- 2 ->\n\n")
    joint = w.rng.choice(("\n", "\n\n", " "))
    w.prose(*shuffled(w, *DETAILS, *REPLY), noise=w.rng.randint(1, 2), between=joint)
    w.prose("periode", "onderwerp", "documenten", doubts=True, noise=w.rng.randint(0, 1), between=joint)
    w.put_due("{verzoeker}\n")
    w.prose(*rest(w))
    w.put("<--- einde fax ---/*** {~tijd} OK ***/Bij slechte ontvangst s.v.p. bellen: {~telefoon}>")


def mail_thread(w: Writer) -> None:
    mixed = shuffled(w, "onderwerp", "periode", "documenten", *DETAILS, *REPLY)
    named, mark = w.rng.choice(("top", "foot", "quoted")), w.rng.choice(("> ", ">", ">> ", "| "))
    begin(w, "Onderwerp: RE: <uw vraag om stukken/Woo/informatieverzoek>\n")
    w.put_due("Van: {verzoeker}\n" if named == "top" else "Aan: team Woo\n")
    w.put("\n")
    greet(w, "opening los", "\n\n<Hierbij de aanvulling op mijn eerdere bericht/Zoals gevraagd nog het volgende>.\n")
    w.prose(*mixed[6:], noise=w.rng.randint(0, 2), doubts=True)
    greet(w, "slot los")
    w.put_due("{verzoeker}\n" if named == "foot" else "\n")
    w.put("\n<----- Bericht van de gemeente -----/Gemeente, team Woo, schreef om {~tijd} uur:>\n")
    w.put("> <Dank voor uw bericht. Kunt u het verzoek aanvullen?/Er ontbreken nog gegevens.>\n> {~naam}, team Woo\n")
    w.open() if w.rng.random() < 0.3 else w.write("\n")
    w.put("<----- Oorspronkelijk bericht -----/Eerste bericht, verstuurd om {~tijd} uur:>\n")
    w.put_due(mark + "Van: {verzoeker}\n")
    w.put_due(mark + "Verzonden: {verzoekdatum}\n", mark + "Datum: {verzoekdatum}\n")
    w.prose(*mixed[:6], noise=w.rng.randint(1, 2), between="\n" + mark, lead=mark, end="\n")
    w.prose(*rest(w), between="\n" + mark, lead=mark)


def helper_letter(w: Writer) -> None:
    begin(w, "<Begeleidend schrijven/Bij het verzoek/Aan de gemeente, team Woo>\n\n")
    head = w.rng.random() < 0.4 and w.put_due("{gemachtigde} (gemachtigde)\n\n", "Gemachtigde: {gemachtigde}\n\n")
    greet(w, "opening brief", "\n\n")
    w.put_due("{verzoeker} heeft mij om hulp gevraagd. ", "Met deze brief help ik {verzoeker}. ")
    w.put("<Zelf schrijven lukt niet goed/Aan de overheid schrijven is lastig>, vandaar deze begeleidende regels.\n\n")
    mixed = shuffled(w, "periode", *DETAILS, *REPLY)
    w.prose(*mixed[:4], noise=w.rng.randint(1, 2))
    w.put("<De verklaring over het verzoek gaat hierbij/Wat wij samen hebben opgesteld, is bijgevoegd>.\n\n")
    greet(w, "slot brief")
    if not head:
        w.put_due("{gemachtigde}, gemachtigde\n", "{gemachtigde}\n(met volmacht)\n")
    begin(w, "<VERKLARING/Opgetekend uit het gesprek/Bijlage: het verzoek>\n\n")
    shape = w.rng.choice(("{}. ", "{}) ", "Punt {}: ", "{} - "))
    for number, path in enumerate(shown(w, *shuffled(w, *mixed[4:], "documenten", "onderwerp"), empty=0.0), 1):
        w.prose(path, lead=shape.format(number), end="\n")
    w.prose(noise=1, doubts=True, lead="\n", end="\n")
    w.put_due("\nAldus opgemaakt {verzoekdatum}\n", "\n{verzoekdatum}\n")
    w.prose(*rest(w), lead="\n")


def receipt_confirmation(w: Writer) -> None:
    begin(w, "<Ontvangstbevestiging {~nummer}/Uw verzoek is ontvangen/Automatisch bericht>\n\n")
    w.put("Geachte <heer, mevrouw/indiener>,\n\n<Wij hebben uw formulier ontvangen/Bedankt voor het invullen>. ")
    w.put("<Dit gaf u op/U vulde in/Dit staat nu in ons systeem>:\n\n")
    shapes = (("  ", ": ", "", "\n"), ("> ", ": ", "", "\n"), ("| ", " | ", " |", "\n"), ("", "\n", "", "\n\n"))
    before, between, after, end = w.rng.choice(shapes)
    parts = [shuffled(w, *DETAILS), [*BOUNDS, "documenten", "onderwerp"], [*REPLY, *WHO]]
    w.rng.shuffle(parts)
    parts.insert(w.rng.choice((0, 0, 3)), ["verzoekdatum"])
    for path in shown(w, *(path for part in parts for path in part), empty=0.6):
        line(w, path, Form(before=before, between=between, after=after, end=end))
    lead = w.rng.choice(("\nUw toelichting: ", "\nOpmerking: "))
    w.prose(*rest(w), noise=w.rng.randint(1, 2), doubts=True, lead=lead)
    w.put("<Klopt er iets niet? Bel {~telefoon}/Een medewerker neemt uw verzoek in behandeling>.\n\n")
    w.put("<Met vriendelijke groet/Hoogachtend>,\n<team Woo/{~naam}, team Woo/Gemeente, afdeling Bestuurszaken>")


def story_letter(w: Writer) -> None:
    begin(w)
    greet(w, "opening los", "\n\n")
    w.put("<Jarenlang ging het goed/Het begon in {~jaar}, aan de keukentafel/Toen {~naam} nog kwam, hoorde je iets>. ")
    w.put("<De een zegt dit en de ander dat/Wie ernaar vraagt, wordt van het kastje naar de muur gestuurd>.")
    w.prose(noise=w.rng.randint(1, 3), lead=" ", end="")
    w.put("\n\n<Nu dan de vraag. /Daarom dit bericht. /Wat de bedoeling is? />")
    mixed = shuffled(w, *DETAILS, *REPLY, "periode", "documenten", "onderwerp")
    w.prose(*mixed[:5], noise=1)
    w.prose(*mixed[5:], noise=w.rng.randint(0, 1), doubts=True)
    greet(w, "slot los")
    w.put_due("{verzoeker}\n")
    w.put_due("{verzoekdatum}\n", "(geschreven {verzoekdatum})\n", "d.d. {verzoekdatum}\n")
    w.prose(*rest(w), lead=w.rng.choice(("P.S. ", "Nog vergeten: ", "z.o.z. ")))
