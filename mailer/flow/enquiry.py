"""The answer to "we got nothing": what our records say, in the reader's language, and a block for their IT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from babel.dates import format_date

from mailer.audience.clocks import clock_in
from mailer.config import SmtpRelay, Workspace
from mailer.errors import MailerError
from mailer.evidence.rows import moment
from mailer.flow.enquiry_words import words_in
from mailer.flow.people import read_people
from mailer.flow.person import History, Mail
from mailer.ledger import Ledger
from mailer.model.dispatch import State
from mailer.model.proof import Proof
from mailer.model.register import Country
from mailer.model.slots import fill_slots, split_slots
from mailer.model.suppression import Because, Suppression
from mailer.proof import load_proof

SAID: Mapping[State, str] = {
    State.PLANNED: "planned",
    State.CLAIMED: "planned",
    State.HANDED: "unknown",
    State.ACCEPTED: "accepted",
    State.DEFERRED: "deferred",
    State.REFUSED: "refused",
    State.UNKNOWN: "unknown",
    State.EXPIRED: "expired",
    State.SKIPPED: "skipped",
    State.CANCELLED: "cancelled",
}
WITHOUT_IT = frozenset({State.PLANNED, State.CLAIMED, State.SKIPPED, State.CANCELLED})
"""Nothing of these has reached a server: their IT can look for nothing."""
ENGLISH = "en"
LOCALES = {"en": "en_GB"}
WHY = {
    Because.UNSUBSCRIBED: "unsubscribed",
    Because.BOUNCED: "why-bounced",
    Because.COMPLAINED: "complained",
    Because.MANUAL: "manual",
}


def answer_to(workspace: Workspace, ledger: Ledger, found: History, mail: Mail | None, address: str) -> str:
    """A letter ready to be pasted: about that mail, or that there is none, to the reader at that address.

    Only what the records say: a mail that the mail service took over is never called delivered.
    """
    people = read_people(workspace)
    contact = next((one for one in found.contacts if address in one.addresses), None)
    country = (contact.country if contact else "") or (mail.country if mail else "") or ""
    asked = (contact.language if contact else "") or (mail.language if mail else "") or ""
    if not asked and country in people.registers.countries:
        asked = people.registers.countries[country].language or ""
    language, words = words_in(asked)
    name = contact.name if contact else (mail.person if mail else "")
    if contact and language == ENGLISH:
        # contacts.csv has titles in English only.
        name = f"{contact.title} {name}".strip()
    told = [words["hello"].format(name=name) if name else words["hello-nobody"], words["looked"]]
    barred = _barred(found, mail)
    if mail is None:
        told += [] if barred else [words["nothing"].format(address=address)]
    else:
        subject = _subject(ledger, mail, _proof(workspace, mail))
        told += _about(_Tongue(language, words, people.registers.countries), found, mail, subject)
    told += [
        words["listed"].format(
            day=_day(entry.at.date(), language), address=entry.address, why=words[WHY[entry.because]]
        )
        for entry in barred
    ]
    office = workspace.config.office.name or workspace.config.sender.name
    letter = "\n\n".join([*told, f"{words['bye']}\n{office}"])
    if mail is None or mail.state in WITHOUT_IT:
        return letter
    return f"{letter}\n\n{for_it(workspace, ledger, mail)}"


def for_it(workspace: Workspace, ledger: Ledger, mail: Mail) -> str:
    """What an IT department needs to find the message in its logs; in English."""
    proof = _proof(workspace, mail)
    settings = workspace.config.relays.get(mail.dispatch.relay)
    server = f"{settings.host}:{settings.port}" if isinstance(settings, SmtpRelay) else mail.dispatch.relay
    taken = mail.state is State.ACCEPTED
    lines = {
        "Message-ID": mail.message_id,
        "Taken over (UTC)" if taken else "Last try (UTC)": moment(mail.at),
        "Envelope sender": proof.envelope_sender if proof else workspace.config.envelope_sender,
        "Envelope recipient": mail.email,
        "From": f"{mail.dispatch.sender.name} <{mail.dispatch.sender.email}>",
        "Subject": _subject(ledger, mail, proof),
        "Our mail service": server,
        "Its answer": _answer(mail),
    }
    width = max(map(len, lines))
    rows = [f"{name + ':':<{width + 1}} {value}" for name, value in lines.items()]
    return "\n".join(["--- For your IT department " + "-" * 34, *rows, "-" * 61])


def _answer(mail: Mail) -> str:
    """The server's last answer as it came."""
    replies = [one.reply for one in mail.tries if one.reply]
    if mail.state in (State.UNKNOWN, State.HANDED):
        return "none: the link broke before it came"
    return mail.answer if mail.state is State.ACCEPTED or not replies else str(replies[-1])


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How it is said."""

    language: str
    words: Mapping[str, str]
    countries: Mapping[str, Country]


def _about(tongue: _Tongue, found: History, mail: Mail, subject: str) -> list[str]:
    key, words = SAID[mail.state], tongue.words
    if mail.state is State.ACCEPTED and not mail.answer[:1].isdigit():
        key = "found"
    said = words[key].format(
        subject=subject,
        address=mail.email,
        when=_when(tongue, mail.at, mail.country),
        why=words["why-listed" if "do-not-mail" in mail.answer else "why-other"],
    )
    if mail.state is not State.ACCEPTED:
        return [said]
    bounce = next((one for one in found.suppressions if _came_back(one, mail)), None)
    after = words["no-bounce"]
    if bounce is not None:
        after = words["bounced"].format(day=_day(bounce.at.date(), tongue.language))
    return [said, after]


def _barred(found: History, mail: Mail | None) -> list[Suppression]:
    """What keeps mail from them; but a bounce of that very mail, which is told of with it."""
    seen: dict[str, Suppression] = {}
    for entry in found.suppressions:
        if mail is None or not (mail.state is State.ACCEPTED and _came_back(entry, mail)):
            seen.setdefault(f"{entry.address} {entry.because}", entry)
    return list(seen.values())


def _came_back(entry: Suppression, mail: Mail) -> bool:
    return entry.because is Because.BOUNCED and entry.address == mail.address and entry.at >= mail.at


def _when(tongue: _Tongue, at: datetime, code: str) -> str:
    """The moment by their clocks, with the country and the offset; in UTC where that is not known."""
    clock = clock_in(code, tongue.countries, at)
    local = clock.at if clock else at.astimezone(UTC)
    time = tongue.words["moment"].format(day=_day(local.date(), tongue.language), time=f"{local:%H:%M}")
    if clock is None:
        return f"{time} (UTC)"
    known = tongue.countries.get(code)
    country = (known.name(tongue.language) or known.name("en") if known else "") or code
    key = "capital-time" if clock.is_capital else "time"
    return tongue.words[key].format(time=time, country=country, offset=clock.offset)


def _day(day: date, language: str) -> str:
    return str(format_date(day, "long", locale=LOCALES.get(language, language)))


def _subject(ledger: Ledger, mail: Mail, proof: Proof | None) -> str:
    """As it stood in the reader's message; what the mail was about, where the proof is not kept any more."""
    for rendition in proof.renditions if proof else ():
        if rendition.variant.key == mail.variant:
            slots = ledger.slots(mail.delivery_id)
            return fill_slots(split_slots(rendition.subject), slots, rendition.defaults, kind="text")
    return mail.what


def _proof(workspace: Workspace, mail: Mail) -> Proof | None:
    try:
        return load_proof(mail.dispatch.digest, workspace.proofs)
    except MailerError:
        return None
