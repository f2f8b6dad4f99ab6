"""What `mailer import` shows: what was read, what becomes of it, and what is left to people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from mailer.cli.mending import style_of, visible
from mailer.cli.output import (
    cell,
    command,
    console,
    count_words,
    finding_json,
    hanging,
    show_findings,
    table,
)

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.flow.contributed import Imported, ImportPlan, PlacedPhoto

_MOST_MENDS = 40
"""Mended places that are shown one by one."""
_TITLE = 60


def show_plan(plan: ImportPlan) -> None:
    """All that would be done, with what was found worst first."""
    _show_files(plan)
    _show_items(plan)
    if plan.photos:
        _show_photos(plan)
    if plan.replaces:
        for line in plan.diff:
            console.print(Text(visible(line), style_of(line)), soft_wrap=True)
    _show_mends(plan)
    for settled in plan.settled:
        done = "accepted" if plan.decide == "accept" else "rejected"
        hanging(f"{done} ", f"{settled.words}  ({settled.item})", 0)
    show_findings(plan.findings)


def show_written(workspace: Workspace, plan: ImportPlan, written: Imported | None) -> None:
    """What was done in the end, and what to do next."""
    counts = Counter(item.becomes for item in plan.items)
    parts = [f"{counts[word]} {word}" for word in ("added", "replaced") if counts[word]]
    done = f"{plan.shown}: {', '.join(parts)}; {count_words(plan.findings)}"
    if written is None:
        console.print(cell(f"{done}. Nothing was written."))
        return
    console.print(cell(done))
    for photo in written.photos:
        console.print(cell(f"new {workspace.shown(photo)}"))
    console.print(cell("Next:"))
    command(f"mailer check {plan.slug}")
    command("mailer studio")


def import_json(plan: ImportPlan, *, written: bool) -> dict[str, object]:
    """The same for programs."""
    return {
        "issue": plan.slug,
        "new": plan.is_new,
        "written": written,
        "files": [
            {"file": each.file, "pieces": len(each.pieces), "sender": each.sender}
            for each in plan.contributions
        ],
        "items": [
            {
                "id": item.id,
                "kind": item.kind,
                "title": item.title,
                "becomes": item.becomes,
                "file": item.file,
                "place": item.place,
                "photos": item.photos,
            }
            for item in plan.items
        ],
        "photos": [_photo_json(photo) for photo in plan.photos],
        "mended": [
            {"item": mend.item, "before": mend.before, "after": mend.after, "because": mend.because}
            for mend in plan.mends
        ],
        "settled": [{"item": each.item, "words": each.words} for each in plan.settled],
        "findings": [finding_json(finding) for finding in plan.findings],
        "diff": list(plan.diff),
    }


def _photo_json(photo: PlacedPhoto) -> dict[str, object]:
    return {
        "item": photo.item,
        "src": photo.src,
        "bytes": len(photo.content),
        "is_there": photo.is_there,
        "width": photo.width,
        "height": photo.height,
        "mail_bytes": photo.mail_bytes,
        "missing": list(photo.missing),
        "credit_told": photo.credit_told,
        "rights_told": photo.rights_told,
    }


def _show_files(plan: ImportPlan) -> None:
    for contribution in plan.contributions:
        photos = sum(len(piece.photos) for piece in contribution.pieces)
        parts = [_counted(len(contribution.pieces), "piece"), _counted(photos, "photo") if photos else ""]
        sender = f", sent by {contribution.sender}" if contribution.sender else ""
        console.print(cell(f"read {contribution.file}: {', '.join(part for part in parts if part)}{sender}"))


def _show_items(plan: ImportPlan) -> None:
    listing = table("!item", "!kind", "!becomes", "title", "from")
    for item in plan.items:
        title = item.title if len(item.title) <= _TITLE else f"{item.title[: _TITLE - 1]}…"
        place = f"{item.file}, {item.place}" if item.place else item.file
        cells = (item.id, item.kind, item.becomes, title or "–", place)
        listing.add_row(*(cell(each) for each in cells))
    console.print(listing)


def _show_photos(plan: ImportPlan) -> None:
    listing = table("photo", ">as it came", ">in the mail", ">pixels")
    for photo in plan.photos:
        src = f"{photo.src} (is there)" if photo.is_there else photo.src
        listing.add_row(
            cell(src),
            _kilobytes(len(photo.content)),
            _kilobytes(photo.mail_bytes),
            f"{photo.width} × {photo.height}",
        )
    console.print(listing)


def _show_mends(plan: ImportPlan) -> None:
    if plan.mends:
        console.print(cell(f"Mended without asking: {_counted(len(plan.mends), 'place')}"))
    for mend in plan.mends[:_MOST_MENDS]:
        console.print(Text.assemble("  ", (mend.because, "bold"), f"  {mend.item}"))
        for sign, words in (("-", mend.before), ("+", mend.after)):
            for line in words.split("\n"):
                shown = visible(f"{sign}{line}")
                hanging("", Text(shown, style_of(shown)), 4)
    if (more := len(plan.mends) - _MOST_MENDS) > 0:
        console.print(cell(f"  … and {more} more; all of them with --format json"))


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _kilobytes(count: int) -> str:
    return f"{max(1, round(count / 1000)):,} kB"
