"""Further layouts of the training half. Each writes every fact that is due, once, and every contradiction."""

from __future__ import annotations

from data_templates import blocks
from data_templates.bezwaar.layouts_train import DECISION, FORM, WHO, WISHES, grounds, named, rest, shuffled
from data_templates.bezwaar.world import ADDRESS, AGENT
from data_templates.bezwaar.writer import ObjectionWriter
from data_templates.blocks import NOISE, Form, Item
from data_templates.sentences import settled

_QUESTIONS = {
    "soort_besluit": "<Waarover gaat het besluit/Om wat voor besluit gaat het/Waar is over besloten>?",
    "kenmerk": "<Welk kenmerk staat er op het besluit/Wat is het nummer van het besluit>?",
    "besluitdatum": "<Van welke datum is het besluit/Wanneer is het besluit genomen>?",
    "bekendmaking": "<Wanneer is het besluit verzonden/Op welke dag is het besluit bekendgemaakt>?",
    "geadresseerde": "<Voor wie is het besluit bestemd/Aan wie is het besluit gericht>?",
    "gronden": "<Waarom bent u het er niet mee eens/Wat klopt er volgens u niet/Wat zijn uw redenen>?",
    "horen": "<Hoe denkt u over een hoorzitting/Wat zijn uw wensen voor het horen>?",
    "voorlopige_voorziening": "<Is er een procedure bij de rechter/Hebt u de rechter om spoed gevraagd>?",
    "proceskosten": "<Hoe staat het met uw kosten/Vraagt u om vergoeding van kosten>?",
    "bezwaarmaker": "<Wie maakt bezwaar/Op welke naam staat het bezwaar>?",
    "adres": "<Op welk adres woont of zit u/Wat is het adres van wie bezwaar maakt>?",
    "gemachtigde": "<Wie treedt er voor u op/Laat u zich vertegenwoordigen, en door wie>?",
    "rol_gemachtigde": "<Wat voor gemachtigde is dat/In welke hoedanigheid treedt de gemachtigde op>?",
    "machtiging": "<Hoe zit het met de machtiging/Is er een machtiging>?",
    "dagtekening": "<Van welke dag is dit bezwaar/Wanneer is dit bezwaar opgesteld>?",
    "ondertekend": "<Hoe zit het met de handtekening/Is het stuk getekend>?",
    "indiening": "<Hoe komt het bezwaar bij ons/Op welke manier dient u het bezwaar in>?",
}
_PLACES = (("adres",), ADDRESS)
_BARE = frozenset({"bezwaarmaker", "adres", "gemachtigde", "dagtekening", "soort_besluit", "kenmerk", *DECISION})


def _answer(w: ObjectionWriter, path: str) -> None:
    """State a fact as the answer to its question, in a word where that can be."""
    w.put(f"{{{path}}}") if path in _BARE and w.rng.random() < 0.6 else w.say(path)


def _strewn(w: ObjectionWriter, paths: list[str], noise: int) -> list[Item]:
    """These facts in this order, with distractors between them."""
    items: list[Item] = [(path, None) for path in paths]
    for _ in range(noise):
        items.insert(w.rng.randint(0, len(items)), NOISE)
    return items


def _greet(w: ObjectionWriter, section: str, gap: str = "\n\n") -> None:
    """A salutation or a closing, and what stands below it."""
    w.section(section)
    w.put(gap)


def _columns(w: ObjectionWriter, cells: list[tuple[str, str]]) -> None:
    """Labels next to one another, with what belongs to them on the line below."""
    width = max(26, *(len(label) + 3 for label, _ in cells))
    w.put("".join(label.ljust(width) for label, _ in cells).rstrip() + "\n")
    for number, (_, template) in enumerate(cells, 1):
        start = w.at
        w.write("" if w.put_due(template) else "-")
        w.write("\n\n" if number == len(cells) else " " * max(3, width - (w.at - start)))


def questionnaire(w: ObjectionWriter) -> None:
    w.open()
    w.put("<VRAGENLIJST BEZWAAR/Bezwaar: vragen en antwoorden>\n</Vul in wat u weet.\n/Lijst nr. {~nummer}\n>\n")
    parts = [[*named(w), *shuffled(w, *DECISION, "geadresseerde")], ["gronden", *shuffled(w, *WISHES)]]
    parts += [["bezwaarmaker", "adres", *AGENT], shuffled(w, *FORM)]
    number = w.rng.choice(("{}. ", "{}) ", "Vraag {}: ", "{} - ", "V{}. "))
    joint = w.rng.choice(("\n   ", " ", "\n-> ", "\n", "\nAntwoord: "))
    empty = w.rng.choice(("-", "", "(niet ingevuld)", "...", "?"))
    skipped = w.rng.choice((0.0, 0.5, 1.0))
    paths = [path for part in w.rng.sample(parts, 4) for path in part if w.due(path) or w.rng.random() > skipped]
    silent = [path for path in paths if not w.due(path)]
    for asked, path in enumerate(paths, 1):
        w.write(number.format(asked) + settled(_QUESTIONS[path], w.rng) + joint)
        _answer(w, path) if w.due(path) else w.write(empty if path in silent else "zie het andere antwoord")
        w.write("\n")
    w.put("\n<Ruimte voor opmerkingen/Wilt u nog iets kwijt?/Wat u verder wilt zeggen:>\n")
    w.prose(*rest(w), noise=w.rng.randint(1, 3), doubts=True)


def ticked_checklist(w: ObjectionWriter) -> None:
    done, undone = w.rng.choice((("[x] ", "[ ] "), ("(x) ", "( ) "), ("☒ ", "☐ "), ("[v]  ", "[ ]  ")))
    tasks = w.rng.sample(("reactie vakafdeling vragen", "commissie inlichten", "ontvangst bevestigen", "verdelen"), 4)
    w.open()
    w.put("<Controlelijst nieuw bezwaar/CHECKLIST BEZWAAR/Eerste toets van een bezwaar>\n")
    w.write(f"{done}= bekeken   {undone}= nog doen\n")
    w.put("</Controle door {~naam}\n/Werkvoorraad {~nummer}\n>")
    groups = [
        ("<Inhoud/Wat er speelt/Motivering en vragen>", ["gronden", *shuffled(w, *WISHES)]),
        ("<Besluit/Bestreden besluit/Waartegen>", shuffled(w, *named(w), *DECISION, "geadresseerde")),
        ("<Personen/Bezwaarmaker en gemachtigde/Wie>", [*shuffled(w, *AGENT), *w.rng.choice(_PLACES), "bezwaarmaker"]),
    ]
    look = Form(between=w.manner.separator)
    for head, paths in [("<Het stuk zelf/Vorm/Formaliteiten>", shuffled(w, *FORM)), *w.rng.sample(groups, 3)]:
        w.put(f"\n{head}\n")
        for item in _strewn(w, paths, w.rng.choice((0, 0, 1))):
            if item == NOISE or w.due(item[0]):
                w.write(done)
                said = item != NOISE and w.rng.random() < 0.4 and blocks.sentence(w, item, bare=True)
                w.write("\n") if said else blocks.row(w, item, look)
        w.write(f"{undone}{tasks.pop()}\n" if w.rng.random() < 0.5 else "")
    w.prose(*rest(w), doubts=True, between=f"\n{done}", lead=f"\n{done}")


def numbered_table(w: ObjectionWriter) -> None:
    joint = w.rng.choice(("|", " | ", "\t", ";", " ; "))
    first = w.rng.choice((1, 1, 10, 101))
    tail = w.rng.choice(("", "", joint + "ok", joint + "gezien", joint))
    paths = shuffled(w, *named(w), *DECISION, "geadresseerde", "gronden", *WISHES, *WHO, *w.rng.choice(_PLACES), *FORM)
    w.open()
    w.put("</Werkblad bezwaren\n/bezwaar_{~nummer}.xlsx, tabblad {~getal}\n/Uitvoer lijst\n>")
    heads = ["<nr/regel/#>", "<veld/onderdeel/kolom A>", "<inhoud/opgave/waarde>", *(["controle"] if tail else [])]
    w.put(joint.join(heads) + "\n")
    for item in _strewn(w, paths, w.rng.randint(1, 4)):
        first += blocks.row(w, item, Form(before=f"{first}{joint}", between=joint, after=tail))
    w.put("\n<Toelichting/Opmerkingen bij de tabel:/Overige tekst>\n")
    w.prose(*rest(w), doubts=True, noise=w.rng.randint(1, 2))


def chat_session(w: ObjectionWriter) -> None:
    minute = w.rng.randint(8 * 60, 20 * 60)
    staff, caller = w.rng.choice(("Gemeente", "Medewerker", "Gem")), w.rng.choice(("Bezoeker", "Ik", "Gast", "Inwoner"))
    shape = w.rng.choice(("[{time}] {who}: ", "{time} {who}: ", "{who} ({time}): ", "<{who}> ", "{who}\n"))
    order = [*named(w), "gronden", *shuffled(w, *DECISION, "geadresseerde"), *shuffled(w, *WISHES)]

    def turn(who: str, text: str = "") -> None:
        nonlocal minute
        minute += w.rng.choice((0, 0, 1, 1, 2))
        w.write(shape.format(time=f"{minute // 60:02d}:{minute % 60:02d}", who=who) + settled(text, w.rng))

    w.open()
    w.put("<Chatgesprek {~nummer}\n\n/CHAT\n\n/Gesprek gestart\n\n/>")
    turn(staff, "<Goedendag, waarmee kan ik helpen?/Welkom! Stel uw vraag./Hallo, zeg het maar.>\n")
    turn(caller, "<ik wil bezwaar maken/het gaat om een bezwaar/een bezwaar graag>\n")
    for path in [*order, *shuffled(w, *FORM), *AGENT, "adres", "bezwaarmaker"]:
        if w.due(path):
            if asked := w.rng.random() < 0.7:
                turn(staff, f"</Dank u. /Oké. /Genoteerd. >{_QUESTIONS[path]}\n")
            turn(caller)
            (_answer if asked else ObjectionWriter.say)(w, path)
            w.put("\n" if w.rng.random() < 0.85 else f"\n{w.distractor()}\n")
    turn(staff, "<Wilt u nog iets toevoegen?/Hebt u verder nog iets?/Is dit alles?>\n")
    turn(caller)
    w.prose(*rest(w), noise=1, doubts=True, end="\n")
    turn(staff, "<Dank u wel, fijne dag./Dank, ik sluit de chat./Tot ziens!>\n")


def conversation_report(w: ObjectionWriter) -> None:
    w.open()
    w.put("<GESPREKSVERSLAG/Verslag van een gesprek/Kort verslag>\n<Verslaglegger: {~naam}/Begin {~tijd} uur>\n")
    w.put_due("<Gesproken met/Gesprekspartner/Aan het woord>: {bezwaarmaker}\n")
    look = w.rng.choice(("\n{}. ", "\n{}: ", "\n{}\n", "\n- {} - "))
    groups = [
        ("<Standpunt/Waar het om draait/Kern van het gesprek>", ["gronden", "geadresseerde"]),
        ("<Aanleiding/Besluit/Wat eraan voorafging>", [*shuffled(w, *DECISION), *named(w)]),
        ("<Het stuk/Over het bezwaarschrift/Papieren>", shuffled(w, *FORM, "machtiging")),
        ("<Desgevraagd/Antwoord op vragen/Vervolg>", shuffled(w, *WISHES)),
        ("<Persoonlijk/Wie er spreekt/Over bezwaarmaker>", shuffled(w, *WHO[:3], "adres")),
    ]
    for head, paths in groups if w.rng.random() < 0.5 else groups[2:] + groups[:2]:
        w.put(look.format(head) if any(map(w.due, paths)) else "")
        w.prose(*paths, noise=w.rng.choice((0, 0, 1)), end="\n")
    w.prose(*rest(w), noise=1, doubts=True, lead=settled(look.format("<Afsluiting/Ten slotte/Overig>"), w.rng))
    w.put("<Einde gesprek {~tijd} uur./Verslag naar de behandelaar gestuurd./>")


def reference_columns(w: ObjectionWriter) -> None:
    w.open()
    w.put("<Aan de gemeente, afdeling Juridische Zaken\n\n/Gemeente\nTeam Bezwaar\n\n/>")
    cells = [("Uw kenmerk", "{kenmerk}"), ("Uw besluit van", "{besluitdatum}"), ("Datum", "{dagtekening}")]
    cells = [*w.rng.sample(cells, w.rng.choice((2, 3))), ("Bijlagen", "{~getal}")]
    w.rng.shuffle(cells)
    _columns(w, cells[:2])
    _columns(w, cells[2:])
    w.put("<Onderwerp: {soort_besluit}\n\n/Betreft: bezwaar {soort_besluit}\n\n>" if w.rng.random() < 0.7 else "")
    _greet(w, "opening brief")
    grounds(w, noise=w.rng.randint(0, 1))
    w.prose(*shuffled(w, *WISHES), *named(w), noise=w.rng.randint(0, 1))
    w.prose(*shuffled(w, *DECISION, *AGENT, *FORM), noise=w.rng.randint(0, 1), doubts=True)
    _greet(w, "slot brief")
    w.put_due("{bezwaarmaker}</, bezwaarmaker>\n")
    w.put_due("</Adres: >{adres}\n")
    w.prose(*rest(w), lead="\n")


def numbered_answers(w: ObjectionWriter) -> None:
    w.open()
    w.put_due("{bezwaarmaker}\n", "Afzender: {bezwaarmaker}\n")
    _greet(w, "opening brief", "\n\n{U vroeg mij|U vroeg ons|U vroeg bezwaarmaker} het bezwaar aan te vullen. ")
    w.put("<Hieronder de antwoorden in uw volgorde./De nummers zijn die van uw vragen./Hierbij de antwoorden.>\n\n")
    shape = w.rng.choice(("{}{}. ", "{}{}) ", "Ad {}{}: ", "Vraag {}{} - ", "{}.{} "))
    groups = [shuffled(w, *WISHES), shuffled(w, *FORM, "machtiging"), ["adres", "gemachtigde", "rol_gemachtigde"]]
    groups += [["gronden"], shuffled(w, *named(w), *DECISION), ["geadresseerde"]]
    for number, paths in enumerate(w.rng.sample(groups, len(groups)), w.rng.choice((1, 1, 2))):
        letter = 0
        for item in _strewn(w, paths, w.rng.choice((0, 0, 1))):
            if blocks.sentence(w, item, before=shape.format(number, "abcdefgh"[letter])):
                w.write("\n")
                letter += 1
        w.write("\n" if letter else "")
    w.put("<Verder nog dit. /Wat u niet vroeg: /Overigens: >")
    w.prose(*rest(w), noise=w.rng.randint(1, 2), doubts=True)
    w.section("slot brief")


def letter_and_annex(w: ObjectionWriter) -> None:
    mine = [path for path in shuffled(w, *WISHES, *FORM, "geadresseerde") if w.rng.random() < 0.5]
    w.open()
    w.put("<Begeleidende brief\n\n/Aan: team bezwaar\n\n/Geleidebrief bij een bezwaar\n\n/>")
    _greet(w, "opening brief")
    w.put_due("<Ik stuur u/U ontvangt/Bijgaand> het bezwaar van {bezwaarmaker}. ")
    w.prose(*shuffled(w, *AGENT), *named(w), *mine, noise=w.rng.randint(0, 2))
    w.put("<De rest staat in de bijlage./De gegevens vindt u in de bijlage./Zie verder de bijlage.>\n\n")
    w.section("slot brief")
    w.open()
    w.put("<BIJLAGE/Bijlage bij de brief/Bijlage 1 (van 1)/Blad 2: gegevens>\n\n")
    look = Form(before=w.rng.choice(("", "- ", "* ", "  ")), between=w.manner.separator)
    paths = [*shuffled(w, *DECISION), *w.rng.choice(_PLACES), *shuffled(w, *WISHES, *FORM)]
    for item in _strewn(w, paths, w.rng.randint(0, 2)):
        blocks.row(w, item, look)
    w.put("\n<In eigen woorden/Toelichting/Het bezwaar zelf>\n")
    w.prose("gronden", *rest(w), noise=w.rng.randint(0, 2), doubts=True)


def second_message(w: ObjectionWriter) -> None:
    paths = shuffled(w, *DECISION, "geadresseerde", *WISHES, *AGENT, "adres", *FORM)
    cut = w.rng.randint(5, 9)
    older_first = w.rng.random() < 0.5
    for older in (older_first, not older_first):
        w.open() if older_first or not older else w.put("\n<--- eerste bericht ---/____\nDaarvoor:/== bericht 1 ==>\n")
        w.put("Onderwerp: " + ("<bezwaar/niet mee eens/bezwaar gemeente>" if older else "<aanvulling/vergeten>") + "\n")
        _greet(w, "opening los", "\n")
        if older:
            w.prose(*named(w), "gronden", *paths[:cut], noise=w.rng.randint(0, 2))
        else:
            w.put("<Nog een paar dingen. /{Ik was|Wij waren|Bezwaarmaker was} te snel. /Er ontbrak nog wat. >")
            w.prose(*paths[cut:], noise=w.rng.randint(0, 2), doubts=True)
            _greet(w, "slot los", "\n")
            w.put_due("{bezwaarmaker}\n", "<Gr./groeten van> {bezwaarmaker}\n")
    w.prose(*rest(w), lead="\n")


def receipt_copy(w: ObjectionWriter) -> None:
    w.open()
    w.put("<Ontvangstbevestiging/Wij hebben uw bezwaar ontvangen/Kopie voor uw administratie>\n\n")
    w.put_due("Beste {bezwaarmaker},\n\n", "Geachte {bezwaarmaker},\n\n", "Dag {bezwaarmaker},\n\n")
    w.put("<Uw bezwaar is geboekt op {~ontvangst}. /Dank u wel. /><Dit hebt u ingevuld:/Uw antwoorden:>\n\n")
    between, end = w.rng.choice(((":\n  ", "\n"), ("\n", "\n\n"), (": ", "\n"), (":\n> ", "\n"), (" = ", "\n")))
    look = Form(before=w.rng.choice(("", "", "| ")), between=between, end=end)
    paths = [*shuffled(w, *WISHES, "gronden"), *shuffled(w, *w.rng.choice(_PLACES)), *AGENT, *shuffled(w, *FORM)]
    cut = w.rng.choice((0, 4, len(paths)))
    paths[cut:cut] = shuffled(w, *named(w), *DECISION, "geadresseerde")
    for item in _strewn(w, [*paths, "bezwaarmaker"], w.rng.randint(0, 2)):
        blocks.row(w, item, look)
    w.put("\n<Uw toelichting:/In het open veld schreef u:/Uw bericht aan ons:>\n")
    w.prose(*rest(w), noise=w.rng.randint(1, 3), doubts=True)
    w.put("<Hoe verder? U hoort van ons./U hoeft nu niets te doen./Vragen? Bel {~telefoon}.>")


def advisor_statement(w: ObjectionWriter) -> None:
    number = w.rng.choice(("{}. ", "{}) ", "[{}] ", "nr. {} ", "{}.\t", "({}) "))
    said = 0
    w.open()
    w.put_due("<Opsteller: /Van: />{gemachtigde}\n\n") if w.rng.random() < 0.6 else None
    w.put("<Onze referentie {~nummer}\n\n/Dossier bij ons: {~nummer}\n\n/>")
    groups = [
        ("<Waar het om gaat/Samenvatting/Verzoek>", shuffled(w, *WISHES)),
        ("<Partij/De persoon/Cliënt>", ["bezwaarmaker", "geadresseerde", *w.rng.choice(_PLACES)]),
        ("<De bestreden beslissing/Het besluit/Verloop>", [*shuffled(w, "bekendmaking", "kenmerk"), *named(w)]),
        ("<Beoordeling/Gronden/Bespreking>", ["gronden", "besluitdatum"]),
        ("<Formaliteiten/Vorm/Stukken>", shuffled(w, "rol_gemachtigde", "machtiging", *FORM)),
    ]
    headed = w.rng.random() < 0.7
    for head, paths in groups if w.rng.random() < 0.5 else groups[1:] + groups[:1]:
        w.put(f"{head}\n" if headed and any(map(w.due, paths)) else "")
        for item in _strewn(w, paths, w.rng.choice((0, 0, 1))):
            if blocks.sentence(w, item, before=number.format(said + 1)):
                w.write("\n")
                said += 1
        w.write("\n")
    w.prose(doubts=True)
    _greet(w, "slot brief", "\n")
    w.put_due("{gemachtigde}\n")
    w.prose(*rest(w))


def long_story(w: ObjectionWriter) -> None:
    paths = shuffled(w, *DECISION, *WISHES, "geadresseerde")
    w.open()
    _greet(w, "opening los") if w.rng.random() < 0.6 else None
    w.put("<Eerst het hele verhaal. /Om bij het begin te beginnen. /Ga er even voor zitten. />")
    w.prose(*shuffled(w, "adres", *AGENT), noise=w.rng.randint(3, 4), doubts=True, end=" ")
    w.prose("gronden", *paths[:2], noise=1, end=w.rng.choice((" ", "\n", "\n\n")))
    w.put("<En nu waar het om gaat. /Dan nu ter zake. /Zo, dat moest er even uit. /Goed. >")
    w.prose(*named(w), *paths[2:], *shuffled(w, "ondertekend", "indiening"), noise=w.rng.randint(0, 1), end="\n")
    _greet(w, "slot los", "\n")
    w.put_due("{bezwaarmaker}\n", "{bezwaarmaker}, {dagtekening}\n", "{dagtekening}\n{bezwaarmaker}\n")
    w.prose(*rest(w), lead=w.rng.choice(("PS ", "O ja: ", "Op de achterkant: ", "")))
