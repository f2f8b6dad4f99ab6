"""From pieces to items: their ids, kinds and words, within what an issue can hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from pydantic import TypeAdapter, ValidationError

from mailer.content.item_text import clean_body, clean_line
from mailer.contribution.deciding import Decide, decided
from mailer.errors import Problem
from mailer.flow.contributed_names import free_name, name_of
from mailer.model.body import MAX_SIGNS, Body
from mailer.model.contribution import Contribution, Piece
from mailer.model.issue import Image
from mailer.model.undecided import Undecided

MAX_TITLE = 300
MAX_WORDS = 2_000
"""Signs of what is said of a photo."""
MOST_ITEMS = 200
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of whatever follows, and hide what is written."""
_BODY: TypeAdapter[str] = TypeAdapter(Body)


@dataclass(slots=True)
class Draft:
    """An item in the making."""

    contribution: int
    piece: int
    file: str
    place: str
    id: str
    kind: str
    title: str
    body: str
    settled: tuple[Undecided, ...]
    turned: bool
    """Whether turning signs were taken out."""
    replaces: bool = False
    old: Image | None = None
    """The picture of the item that it replaces."""
    images: list[dict[str, str]] = field(default_factory=list)
    """What is said of each of its photos that can be sent."""
    photo_ids: list[str] = field(default_factory=list)
    """The items that its further photos become, in their order."""

    @property
    def where(self) -> tuple[int, int]:
        """Its contribution and piece."""
        return self.contribution, self.piece

    @property
    def old_src(self) -> str:
        """Where the picture lies that it replaces."""
        return self.old.src if self.old else ""


def drafts_of(
    contributions: Sequence[Contribution], taken: Collection[str], *, decide: Decide, kind: str
) -> list[Draft]:
    """Every piece that says something, with an id that nobody has, and a heading's where it only heads others."""
    drafts: list[Draft] = []
    ids = set(taken)
    for number, contribution in enumerate(contributions):
        for index, piece in enumerate(contribution.pieces):
            draft = _draft(contribution, number, index, decide)
            if not (draft.title or draft.body or piece.photos):
                continue
            draft.kind = kind or ("heading" if _heads_others(contribution.pieces, index) else "article")
            draft.id = free_name(draft.id, ids)
            ids.add(draft.id)
            drafts.append(draft)
    return drafts


def own_id(draft: Draft) -> str:
    """The id that its title alone would give."""
    title, _ = decided(draft.title[: 2 * MAX_TITLE], "accept", plain=True)
    return name_of(title, _from_file(draft.file))


def _draft(contribution: Contribution, number: int, index: int, decide: Decide) -> Draft:
    piece = contribution.pieces[index]
    # Beyond the bound nothing is settled: the text is refused anyway.
    how = decide if len(piece.body) + len(piece.title) <= 4 * MAX_SIGNS else "keep"
    title, in_title = decided(piece.title, how, plain=True)
    body, in_body = decided(piece.body, how)
    turned = bool(TURNING.search(title + body))
    title, body = clean_line(TURNING.sub("", title)), clean_body(TURNING.sub("", body))
    draft = Draft(
        contribution=number,
        piece=index,
        file=contribution.file,
        place=piece.place,
        id="",
        kind="",
        title=title,
        body=body,
        settled=(*in_title, *in_body),
        turned=turned,
    )
    draft.id = own_id(draft)
    return draft


def _from_file(file: str) -> str:
    return name_of(PurePath(file).stem, "text")


def _heads_others(pieces: Sequence[Piece], index: int) -> bool:
    """Whether nothing stands below a heading but lower headings."""
    piece, after = pieces[index], pieces[index + 1 : index + 2]
    bare = not piece.body.strip() and not piece.photos
    return bool(bare and piece.title and after and after[0].level > piece.level)


def problems_of_drafts(drafts: Sequence[Draft], contributions: Sequence[Contribution]) -> Iterator[Problem]:
    """What an issue cannot hold; while there is any of it, nothing is written."""
    if not drafts:
        for contribution in contributions:
            yield Problem(
                "has no words and no photos in it.", "Look whether it is the right file.", contribution.file
            )
    if len(drafts) > MOST_ITEMS:
        hint = f"Import at most {MOST_ITEMS} at once, or make fewer headings."
        yield Problem(f"All together these are {len(drafts):,} items.", hint)
    for draft in drafts:
        if len(draft.title) > MAX_TITLE:
            yield _problem(
                draft,
                f"has a heading of {len(draft.title):,} signs; {MAX_TITLE} is the most.",
                "Give it a short heading, and make plain text of the long one.",
            )
        try:
            _BODY.validate_python(draft.body)
        except ValidationError as error:
            words = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
            yield _problem(draft, f"{words}.", "Headings cut a file into items.")
        photos = contributions[draft.contribution].pieces[draft.piece].photos
        for photo in photos:
            said = (photo.alt, photo.caption, photo.credit, photo.rights)
            if max(map(len, said)) > MAX_WORDS:
                yield _problem(
                    draft, f"says more than {MAX_WORDS:,} signs of the photo {photo.name}.", "Shorten it."
                )


def _problem(draft: Draft, message: str, hint: str) -> Problem:
    title = draft.title if len(draft.title) <= MAX_TITLE else ""
    return Problem(message, hint, draft.file, field=draft.place or title, rule="import.size")
