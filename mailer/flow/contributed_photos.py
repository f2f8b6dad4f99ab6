"""Photos that came with pieces: looked at as every picture is, named, and placed in the issue's images."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from mailer.content.item_text import clean_line
from mailer.errors import MailerError
from mailer.flow.contributed import PlacedPhoto, Wanted
from mailer.flow.contributed_items import Draft
from mailer.flow.contributed_names import MAX_ID, free_name, name_of
from mailer.model.contribution import Contribution, Photo
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Image
from mailer.picture import MAX_FILE_BYTES, PictureError, Recipe, make_picture
from mailer.picture.told import Told, told_by
from mailer.source import read_bytes

IMAGES = "images"
WIDTH = 552
"""Pixels of the letter: a picture over its whole width."""
_ENDINGS = ((b"\x89PNG", ".png"), (b"GIF8", ".gif"), (b"RIFF", ".webp"), (b"BM", ".bmp"))
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.()-]*")
"""Names of files that an issue may name as they are."""
_SAYS_NOTHING = re.compile(r"(image|img|picture|photo|unnamed)?-?\d*")
"""What programs call pictures whose names they do not keep."""
_SAID = ("alt", "caption", "credit", "rights")
_WANTED: tuple[Wanted, ...] = ("alt", "credit", "rights")
_WORDS = {
    "alt": ("has no words for those who do not see it", "Say in `alt` what it shows."),
    "credit": ("does not say who made it", "Ask for it, and write it into `credit`."),
    "rights": ("does not say on what terms it may be used", "Ask for them, and write them into `rights`."),
}


@dataclass(slots=True)
class Album:
    """The photos of one import, and what was found about them."""

    folder: Path
    budget: int
    """Bytes of a picture in a mail."""
    credit: str = ""
    rights: str = ""
    ids: set[str] = field(default_factory=set)
    """Names of items that are taken."""
    photos: list[PlacedPhoto] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _by_hash: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        images = self.folder / IMAGES
        if images.is_symlink() or (images.exists() and not images.is_dir()):
            hint = "Put a folder there: photos are kept in it."
            raise MailerError(f"{self.folder.name}/{IMAGES} is a link, or no folder.", hint)
        self._names = {path.name.casefold() for path in images.iterdir()} if images.is_dir() else set()

    def take(self, draft: Draft, contributions: Sequence[Contribution]) -> None:
        """Place the photos of a piece. What is no picture for a mail is a finding, and its item stands without."""
        piece = contributions[draft.contribution].pieces[draft.piece]
        for number, photo in enumerate(piece.photos):
            looked = _looked_at(photo.content, self.budget)
            if isinstance(looked, tuple):
                message, hint = looked
                self._find(draft, "import.photo", f"{clean_line(photo.name) or 'A photo'} {message}", hint)
                continue
            item = self._item(draft)
            src, is_there = self._place(photo, draft.id)
            said = self._said(photo, draft.old if draft.old_src == src else None)
            draft.images.append({"src": src, **{key: value for key, value in said.items() if value}})
            placed = PlacedPhoto(
                item=item,
                src=src,
                at=(*draft.where, number),
                content=photo.content,
                is_there=is_there,
                width=looked.width,
                height=looked.height,
                mail_bytes=looked.weight,
                missing=tuple(what for what in _WANTED if not said[what]),
                credit_told=looked.told.credit,
                rights_told=looked.told.rights,
            )
            self.photos.append(placed)
            self._ask(draft, placed)

    def _item(self, draft: Draft) -> str:
        """The item that the draft's next photo stands in: its own the first, one for itself each further."""
        if not draft.images:
            return draft.id
        name = free_name(f"{draft.id[: MAX_ID - 10]}-photo", self.ids)
        self.ids.add(name)
        draft.photo_ids.append(name)
        return name

    def _said(self, photo: Photo, old: Image | None) -> dict[str, str]:
        """What is said of it: by whoever sent it, else in the issue where it is the same picture."""
        said = {key: clean_line(getattr(photo, key)) or getattr(old, key, None) or "" for key in _SAID}
        said["credit"] = (said["credit"] or clean_line(self.credit)).removeprefix("©").strip()
        said["rights"] = said["rights"] or clean_line(self.rights)
        return said

    def _place(self, photo: Photo, item: str) -> tuple[str, bool]:
        """Where the photo lies, and whether it does already: the same bytes are never kept twice."""
        digest = hashlib.sha256(photo.content).hexdigest()
        if digest not in self._by_hash:
            found = self._same(photo.content)
            self._by_hash[digest] = (found, True) if found else (self._free(photo, item), False)
        name, is_there = self._by_hash[digest]
        return f"{IMAGES}/{name}", is_there

    def _same(self, content: bytes) -> str:
        images = self.folder / IMAGES
        for path in sorted(images.iterdir()) if images.is_dir() else ():
            plain = _PLAIN.fullmatch(path.name) and path.is_file() and not path.is_symlink()
            alike = plain and path.stat().st_size == len(content)
            if alike and read_bytes(path, path.name, MAX_FILE_BYTES) == content:
                return path.name
        return ""

    def _free(self, photo: Photo, item: str) -> str:
        stem, ending = name_of(PurePath(photo.name).stem, item), ending_of(photo.content)
        stem = item if _SAYS_NOTHING.fullmatch(stem) else stem
        name, number = f"{stem}{ending}", 1
        while name.casefold() in self._names:
            number += 1
            name = f"{stem}-{number}{ending}"
        self._names.add(name.casefold())
        return name

    def _ask(self, draft: Draft, placed: PlacedPhoto) -> None:
        for what in placed.missing:
            message, hint = _WORDS[what]
            told = {"credit": placed.credit_told, "rights": placed.rights_told}.get(what, "")
            if told:
                hint = f'Its file says "{told}": write that into `{what}` if it is right.'
            self._find(
                draft,
                f"import.{what}",
                f"{placed.src} {message}.",
                hint,
                item=placed.item,
                at=f"image.{what}",
            )

    def _find(
        self, draft: Draft, rule: str, message: str, hint: str, *, item: str = "", at: str | None = None
    ) -> None:
        self.findings.append(
            Finding(
                rule=rule,
                severity=Severity.WARN,
                message=message,
                hint=hint,
                item=item or draft.id,
                field=at,
                file=draft.file,
            )
        )


def ending_of(content: bytes) -> str:
    """The ending that fits the bytes, whatever the file was called."""
    return next((ending for begin, ending in _ENDINGS if content.startswith(begin)), ".jpg")


@dataclass(frozen=True, slots=True)
class _Look:
    """What a photo would be in a mail."""

    width: int
    height: int
    weight: int
    told: Told


_seen: dict[str, _Look | tuple[str, str]] = {}
"""Hash → what was seen, so that nothing is looked at again once a few words of it have been asked for."""
_MOST_SEEN = 1_000


def _looked_at(content: bytes, budget: int) -> _Look | tuple[str, str]:
    """How the photo would be sent, or what is wrong with it and what to do."""
    key = f"{hashlib.sha256(content).hexdigest()} {budget}"
    if key not in _seen:
        if len(_seen) >= _MOST_SEEN:
            _seen.clear()
        try:
            made = make_picture(content, Recipe(width=WIDTH, budget=budget))
            _seen[key] = _Look(made.width, made.height, len(made.content), told_by(content))
        except PictureError as error:
            _seen[key] = (error.message, error.hint)
    return _seen[key]
