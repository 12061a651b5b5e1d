"""Layouts of the evaluation half: other orders and frames than those of the training half."""

from __future__ import annotations

from data_templates.woo_verzoek.layouts_train import DETAILS, REPLY, WHAT, WHO, rest, shuffled
from data_templates.woo_verzoek.writer import RequestWriter as Writer


def portal_printout(w: Writer) -> None:
    w.open()
    w.put("AFDRUK UIT HET LOKET\nReferentie{:}{~nummer}\n\n* VERZOEK\n")
    w.fields(*shuffled(w, "documenten", "alle_documenten", "vorm"), "onderwerp")
    w.fields(*(("periode",) if w.rng.random() < 0.5 else ("periode_tot", "periode_van")))
    w.put("\n* BETROKKENEN\n")
    w.fields(*shuffled(w, "derde", "bestuursorgaan", "eigen_gegevens", *WHO))
    w.put("\n* CONTACT\n")
    w.fields(*shuffled(w, *REPLY, "spoed", "verzoekdatum"))
    w.prose(*rest(w), noise=w.rng.randint(1, 3), doubts=True, lead="\nVrije tekst\n")


def letter_dated_below(w: Writer) -> None:
    w.open()
    w.section("opening brief")
    w.put("\n\n")
    w.prose(*shuffled(w, "bestuursorgaan", "derde"), *WHAT, noise=1)
    w.prose(*shuffled(w, *DETAILS, *REPLY), noise=w.rng.randint(1, 2), doubts=True)
    w.section("slot brief")
    w.put("\n")
    w.put_due("w.g. {verzoeker}\n", "{verzoeker}\n")
    w.put_due("Getekend op {verzoekdatum}\n", "d.d. {verzoekdatum}\n")
    w.prose(*rest(w))


def forwarded_mail(w: Writer) -> None:
    w.open()
    w.put("Fwd: verzoek\n\nDag, hieronder het verzoek dat wij doorsturen. ")
    w.put_due("Wij, {gemachtigde}, doen dit voor {verzoeker}.\n\n", "Groet, {gemachtigde}\n\n")
    w.put("---- Doorgestuurd bericht ----\n")
    w.put_due("Op {verzoekdatum} geschreven:\n", "Verstuurd: {verzoekdatum}\n")
    w.put("> ")
    w.prose("documenten", "onderwerp", *shuffled(w, "periode", *DETAILS[:3]), between="\n> ", end="\n> ")
    w.prose(*shuffled(w, *DETAILS[3:], *REPLY), noise=w.rng.randint(1, 3), doubts=True, between="\n> ")
    w.prose(*rest(w))


def desk_memo(w: Writer) -> None:
    w.open()
    w.put(w.rng.choice(("MEMO KLANTCONTACT\n\n", "Verslag van het gesprek aan het loket\n\n")))
    w.prose(*reversed(WHAT), between="\n* ", lead="* ", end="\n")
    w.prose(*shuffled(w, *DETAILS, *REPLY), noise=w.rng.randint(1, 3), doubts=True, between="\n* ", lead="* ")
    w.fields(*shuffled(w, *WHO, "verzoekdatum"))
    w.put("Genoteerd door{:}{~naam}\n")
    w.prose(*rest(w))


def form_and_letter(w: Writer) -> None:
    w.open()
    w.put("GEGEVENS VAN HET VERZOEK\n\n")
    w.fields(*shuffled(w, "verzoekdatum", *WHO), *REPLY, *shuffled(w, "periode", "vorm", "spoed"))
    w.open()
    w.section("opening los")
    w.put("\n\n")
    w.prose("onderwerp", *shuffled(w, "documenten", *DETAILS), noise=w.rng.randint(1, 3), doubts=True)
    w.section("slot los")
    w.put("\n")
    w.prose(*rest(w))
