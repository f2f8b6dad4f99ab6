"""Parts of the page of contributions: items, photos, what was mended, the lines that change."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import PurePosixPath

from mailer.flow.contributed import ImportPlan, PhotoPlace, PlacedPhoto
from mailer.source.packed import len_in_words
from mailer.studio.around_parts import field
from mailer.studio.context import Studio
from mailer.studio.kit import arguments, chip, el
from mailer.studio.views_proofs import many

MOST_MENDS = 60
MOST_LINES = 400
ASKED = {
    "alt": "What it shows (for those who do not see it)",
    "credit": "Who made it",
    "rights": "On what terms it may be used",
}
Said = Callable[[PhotoPlace, str, str], Awaitable[None]]


def show_items(plan: ImportPlan) -> None:
    """Every piece as the item that it becomes."""
    with el("ul", "list"):
        for item in plan.items:
            with el("li", ""):
                with el("div", "row"):
                    el("strong", "", item.title or item.id)
                    chip(item.becomes, "warn" if item.becomes == "replaced" else "ok")
                photos = f", {many(item.photos, 'photo')}" if item.photos else ""
                place = f"{item.file}, {item.place}" if item.place else item.file
                el("span", "quiet", f"{item.kind.replace('_', ' ')} “{item.id}”{photos}; from {place}")
        for settled in plan.settled:
            done = "accepted" if plan.decide == "accept" else "rejected"
            with el("li", ""):
                el("span", "", f"{settled.words}: {done} ({settled.item})")


def show_photo(studio: Studio, photo: PlacedPhoto, answers: Mapping[str, str], said: Said) -> None:
    """A photo with the questions that are open about it."""
    with el("fieldset", "photo wide"):
        el("legend", "", photo.src)
        kind = mimetypes.guess_type(photo.src)[0] or "application/octet-stream"
        address = studio.shelf.put(PurePosixPath(photo.src).name, kind, photo.content)
        el("img", "", src=address, alt="", width=160)
        mail = f"{photo.width} × {photo.height} pixels and {len_in_words(photo.mail_bytes)} in the mail"
        el("p", "hint", f"In “{photo.item}”; {len_in_words(len(photo.content))} as it came, {mail}")
        with el("div", "row"):
            for what in dict.fromkeys((*photo.missing, *answers)):
                _question(photo, what, answers.get(what, ""), said)
        for told, words in ((photo.credit_told, "made by"), (photo.rights_told, "terms:")):
            if told:
                el("p", "hint", f"Its file says: {words} {told}")


def _question(photo: PlacedPhoto, what: str, value: str, said: Said) -> None:
    async def answered(event: object) -> None:
        await said(photo.at, what, arguments(event))

    field(ASKED[what], value, answered, autocomplete="off")


def show_mends(plan: ImportPlan) -> None:
    """What was put right without asking, as a diff."""
    if not plan.mends:
        return
    with el("details", "sheet"):
        el("summary", "", f"Mended without asking: {many(len(plan.mends), 'place')}")
        with el("ul", "list"):
            for mend in plan.mends[:MOST_MENDS]:
                with el("li", ""):
                    el("span", "quiet", f"{mend.because}, {mend.item}")
                    with el("div", "diff"):
                        for tag, words in (("del", mend.before), ("ins", mend.after)):
                            with el("div", ""):
                                el(tag, "", visible(words))
            if len(plan.mends) > MOST_MENDS:
                el("li", "quiet", f"and {len(plan.mends) - MOST_MENDS} more")


def show_diff(plan: ImportPlan) -> None:
    """The lines of issue.yaml that change."""
    with el("details", "sheet"):
        el("summary", "", f"The lines of {plan.shown} that change")
        _lines(plan.diff)


def _lines(lines: Iterable[str]) -> None:
    shown = list(lines)
    with el("div", "diff", tabindex="0", role="region", aria_label="Lines that change"):
        for line in shown[:MOST_LINES]:
            tag = "ins" if line.startswith("+") else "del" if line.startswith("-") else "span"
            with el("div", ""):
                el(tag, "", visible(line) or " ")
        if len(shown) > MOST_LINES:
            el("div", "quiet", f"and {len(shown) - MOST_LINES} lines more")


def visible(words: str) -> str:
    """The words with signs that nobody sees made visible."""
    return words.replace("\u00ad", "¬").replace("\u00a0", "⍽")
