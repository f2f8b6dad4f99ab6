"""The mails of a proof as a made-up reader gets them, and as files that a browser shows in a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mailer.audience import roles_on
from mailer.config import Workspace
from mailer.flow.compose import Composed
from mailer.flow.desk import Desk
from mailer.flow.versions import Share
from mailer.model.audience import Contact, Reader, Role
from mailer.model.proof import Proof
from mailer.model.rendition import Rendition
from mailer.render.preview import (
    always_light,
    apple_dark,
    fill,
    forced_dark,
    framed,
    images_off,
    in_head,
    readdressed,
)

MADE_UP = ("Ms.", "Alex", "Example", "alex.example@example.org")
"""Title, given name, family name and address of the reader whom proofs are filled for."""
POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; "
    "style-src 'unsafe-inline'; form-action 'none'\">"
)
"""A mail in its frame: pictures that lie beside it, and nothing from elsewhere."""


@dataclass(frozen=True, slots=True)
class Look:
    """A way in which mail programs show a mail."""

    name: str
    words: str
    change: Callable[[str], str]


LOOKS = (
    Look("light", "Light", always_light),
    Look("dark", "Dark", apple_dark),
    Look("forced", "Dark, forced", lambda html: forced_dark(always_light(html))),
    Look("bare", "Images off", lambda html: images_off(always_light(html))),
)


@dataclass(frozen=True, slots=True)
class Specimen:
    """One version of the issue as the made-up reader gets it."""

    key: str
    words: str
    language: str
    readers: int
    subject: str
    preheader: str
    html: str
    text: str
    slots: Mapping[str, str]
    rendition: Rendition


def specimens(workspace: Workspace, composed: Composed, proof: Proof) -> tuple[Specimen, ...]:
    """Every version with its personal fields filled, those of most readers first."""
    # No secret: the addresses that it signs are replaced below.
    desk = Desk(workspace, composed.file, composed.people, composed.day, b"")
    made = [_specimen(workspace, composed, proof, desk, rendition) for rendition in proof.renditions]
    return tuple(sorted(made, key=lambda one: (-one.readers, one.words)))


def leading(mails: Iterable[Specimen]) -> dict[str, Specimen]:
    """Language → its most read version; the languages of most readers first."""
    listed = tuple(mails)
    readers: Counter[str] = Counter()
    for one in listed:
        readers[one.language] += one.readers
    first: dict[str, Specimen] = {}
    for one in listed:
        first.setdefault(one.language, one)
    return {language: first[language] for language, _ in readers.most_common()}


def _specimen(
    workspace: Workspace, composed: Composed, proof: Proof, desk: Desk, rendition: Rendition
) -> Specimen:
    key, defaults = rendition.variant.key, rendition.defaults
    contact = made_up(composed.readers, rendition, composed)
    slots = dict(desk.reader(Share(contact, rendition.variant, frozenset())).slots)
    slots |= harmless(workspace, proof)
    return Specimen(
        key=key,
        words=proof.words.get(key, key),
        language=rendition.variant.language,
        readers=proof.heads.get(key, 0),
        subject=fill(rendition.subject, slots, defaults, escape=False),
        preheader=fill(rendition.preheader, slots, defaults, escape=False),
        html=fill(rendition.html, slots, defaults, escape=True),
        text=fill(rendition.text, slots, defaults, escape=False),
        slots=slots,
        rendition=rendition,
    )


def made_up(readers: Iterable[Reader], rendition: Rendition, composed: Composed) -> Contact:
    """Somebody who does not exist, with the country and the office that most readers of the version have."""
    countries: Counter[str] = Counter()
    offices: Counter[Role] = Counter()
    for reader in readers:
        if reader.variant == rendition.variant.key:
            countries.update([reader.contact.country] if reader.contact.country else [])
            offices.update(roles_on(reader.contact, composed.day)[:1])
    title, given, family, address = MADE_UP
    return Contact(
        email=address,
        address=address,
        title=title,
        given_name=given,
        family_name=family,
        language=rendition.variant.language,
        country=next((code for code, _ in countries.most_common(1)), None),
        roles=tuple(role for role, _ in offices.most_common(1)),
    )


def harmless(workspace: Workspace, proof: Proof) -> dict[str, str]:
    """Addresses for unsubscribing that are nobody's: whoever clicks one in a proof unsubscribes no reader."""
    subject = quote(f"Proof {proof.seal}: this unsubscribes nobody")
    return {
        "unsubscribe": f"mailto:{workspace.config.newsletter.unsubscribe}?subject={subject}",
        "list_unsubscribe": "",
    }


def write_mails(mails: Iterable[Specimen], led: Iterable[Specimen], folder: Path) -> None:
    """Write each mail into `mails/`, the most read ones in every look, and all pictures into `pictures/`."""
    leaders = {one.key for one in led}
    for name in ("mails", "pictures"):
        (folder / name).mkdir()
    written: set[str] = set()
    for one in mails:
        for picture in one.rendition.pictures:
            if picture.file_name not in written:
                (folder / "pictures" / picture.file_name).write_bytes(picture.content)
                written.add(picture.file_name)
        shown = readdressed(one.html, one.rendition.pictures, lambda found: f"../pictures/{found.file_name}")
        for look in LOOKS if one.key in leaders else LOOKS[:1]:
            page = in_head(framed(look.change(shown)), POLICY)
            (folder / file_of(one, look)).write_text(page, encoding="utf-8", newline="")


def file_of(one: Specimen, look: Look = LOOKS[0]) -> str:
    """Where that mail lies, from the page."""
    return f"mails/{one.key}-{look.name}.html"
