"""Writing what readers get into files that any browser and mail program opens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mailer.config import Config, Workspace
from mailer.flow.calendar import CALENDAR, write_linked
from mailer.flow.calendar_notes import note_composed
from mailer.flow.compose import Composed
from mailer.flow.messages import compile_proof, nobody, recipient_of
from mailer.flow.prove import draft_proof
from mailer.flow.undecided import refuse_undecided
from mailer.message import MessageTemplate
from mailer.model.audience import Reader
from mailer.model.rendition import Rendition
from mailer.model.slots import fill_slots, split_slots
from mailer.render import edition_of, picture_url, readdressed


@dataclass(frozen=True, slots=True)
class Built:
    """What was written for one variant or reader."""

    words: str
    readers: int
    html_bytes: int
    index: Path


def build_variants(workspace: Workspace, composed: Composed, out: Path) -> list[Built]:
    """Write every variant as a reader gets it for whom nothing personal is known."""
    templates = compile_proof(draft_proof(workspace, composed))
    return [
        _build(composed, rendition, nobody(composed.readers, key), templates[key], out / key)
        for rendition in composed.renditions
        for key in (rendition.variant.key,)
    ]


def build_for_reader(workspace: Workspace, composed: Composed, reader: Reader, out: Path) -> Built:
    """Write exactly what that reader gets, but for the Message-ID and Date, which belong to a sending."""
    name = reader.address.replace("@", "_at_")
    safe = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)
    template = compile_proof(draft_proof(workspace, composed), only={reader.variant})[reader.variant]
    return _build(composed, composed.rendition(reader.variant), reader, template, out / safe)


def _build(
    composed: Composed, rendition: Rendition, reader: Reader, template: MessageTemplate, folder: Path
) -> Built:
    folder.mkdir(parents=True, exist_ok=True)
    message = template.message_for(recipient_of(reader))
    html = fill_slots(split_slots(rendition.html), reader.slots, rendition.defaults, kind="html")
    text = fill_slots(split_slots(rendition.text), reader.slots, rendition.defaults, kind="text")
    _write_pictures(rendition, folder / "pictures")
    html = readdressed(html, rendition.pictures, lambda picture: f"pictures/{picture.file_name}")
    (folder / "index.html").write_text(html, encoding="utf-8", newline="")
    (folder / "message.txt").write_text(text, encoding="utf-8", newline="")
    (folder / "message.eml").write_bytes(message.content)
    words = composed.words[rendition.variant.key]
    heads = composed.heads.get(rendition.variant.key, 0)
    return Built(words, heads, rendition.html_bytes, folder / "index.html")


def _write_pictures(rendition: Rendition, folder: Path) -> None:
    """Its pictures, and none of an earlier build."""
    folder.mkdir(exist_ok=True)
    names = {picture.file_name for picture in rendition.pictures}
    for file in folder.iterdir():
        if file.name not in names and re.fullmatch(r"[0-9a-f]{16}\.\w+", file.name):
            file.unlink()
    for picture in rendition.pictures:
        (folder / picture.file_name).write_bytes(picture.content)


def public_page(rendition: Rendition, config: Config) -> str:
    """A version's html for everybody: no personal data, and unsubscribing by mail to the office.

    Its pictures are on the web, also where the mail carries them in itself.
    """
    values = {"unsubscribe": f"mailto:{config.newsletter.unsubscribe}", "web_view": config.public_url or ""}
    html = fill_slots(split_slots(rendition.html), values, rendition.defaults, kind="html")
    return readdressed(html, rendition.pictures, lambda picture: picture_url(picture, config.public_url))


def build_public(workspace: Workspace, composed: Composed, out: Path) -> list[Path]:
    """Write pages, pictures and calendar files to hand to whoever runs the web site, at the addresses in the mails.

    Which dates go out so is noted beside the issue, unless it was composed for another day than its own. Gives the
    pages. ProblemsError, with nothing written, where changes or comments would be shown that nobody has decided.
    """
    issue, words, fallbacks = composed.issue, composed.file.translations, workspace.config.fallbacks
    editions = [edition_of(issue, each.variant, words, fallbacks) for each in composed.renditions]
    refuse_undecided(composed.file, editions)
    written: list[Path] = []
    for rendition in composed.renditions:
        page = out / "issues" / composed.issue.id / rendition.variant.key / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(public_page(rendition, workspace.config), encoding="utf-8", newline="")
        written.append(page)
        for picture in rendition.pictures:
            file = out / "pictures" / picture.file_name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(picture.content)
    write_linked(composed.renditions, out / CALENDAR / composed.issue.id)
    note_composed(workspace, composed)
    return written
