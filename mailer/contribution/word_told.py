"""What a Word document's reader has to be told in the end: tables, headers and footers, and words that got lost."""

from __future__ import annotations

from typing import Any

from mailer.contribution.word_file import tag
from mailer.contribution.word_found import AUTHOR, CHANGE, Found, comment_run, remove, short, words_of

MAX_COLUMNS = 20
_MARGINS = ("header", "footer")


def tell_tables(body: Any, found: Found) -> None:
    """What of tables a mail shows otherwise; words of cells that are merged away get their cell back."""
    for cell in body.iter(tag("w:tc")):
        merged = cell.find(f"{tag('w:tcPr')}/{tag('w:vMerge')}")
        if merged is not None and merged.get(tag("w:val")) != "restart" and (words := words_of(cell).strip()):
            message = (
                "A cell that Word shows as a part of the one above has words of its own: they are shown."
            )
            found.doubt(cell, "table", "stop", message, "See whether they belong there.", words=words)
            remove(merged)
    for table in body.iter(tag("w:tbl")):
        rows = [list(row.iterchildren(tag("w:tc"))) for row in table.iterchildren(tag("w:tr"))]
        words = words_of(table)
        if next(table.iterancestors(tag("w:tbl")), None) is not None:
            continue
        if next(table.iterdescendants(tag("w:tbl")), None) is not None:
            message = "Tables lie in a table: their words were taken one after the other."
            found.doubt(table, "table", "stop", message, "Write one table, or none.", words=words)
            continue
        columns = max((len(row) for row in rows), default=0)
        if columns > MAX_COLUMNS:
            message = f"A table has {columns} columns, which no mail has room for."
            found.doubt(table, "table", "stop", message, "Cut it, or link to it.", words=words)
        if next(table.iter(tag("w:vMerge"), tag("w:gridSpan")), None) is not None:
            message = "A table has merged cells: the words stand in the first of them, the others are empty."
            found.doubt(table, "table", "warn", message, "See that the table can still be read.", words=words)
        if any(
            len([p for p in cell.iter(tag("w:p")) if words_of(p).strip()]) > 1 for row in rows for cell in row
        ):
            message = "Cells of a table have several paragraphs: they stand on one line now."
            found.doubt(table, "table", "note", message, words=words)


def tell_margins(found: Found) -> None:
    """Headers and footers, which are left out, and what the document draws from other files."""
    for relation in found.relations.values():
        if relation.kind in _MARGINS and not relation.external:
            root = found.file.tree(relation.target)
            if root is not None and (words := short(words_of(root))):
                message = f'The page\'s {relation.kind} was left out: "{words}".'
                found.doubt(0, "margin", "note", message, words=words_of(root), whole=True)
        elif relation.kind == "attachedTemplate" and relation.external:
            found.doubt(0, "linked", "note", "It names a template in another place, which was not read.")
        elif relation.kind in ("oleObject", "subDocument", "frame") and relation.external:
            message = f"Something is linked from another file, which was not read: {short(relation.target)}."
            found.doubt(0, "linked", "warn", message, "Ask for it.")


def tell_lost(blocks: list[Any], found: Found) -> None:
    """What has come neither into the text nor into a doubt, however that came to be."""
    there = {part for block in blocks for part in block.iter(tag("w:t"))} | found.accounted
    shown = "".join(words_of(block) for block in blocks)
    lost = [part for part in found.watched if part not in there and (part.text or "").strip()]
    # Older programs' form of a text box says the same again.
    lost = [part for part in lost if not _is_again(part, shown)]
    if not lost:
        return
    words = " ".join(part.text or "" for part in lost)
    message = "Words of the file have found no place in the text."
    found.doubt(
        0, "lost", "stop", message, "Look for them in Word, and copy what counts.", words=words, whole=True
    )
    changed = [run for part in lost for run in part.iterancestors(tag("w:r"), tag("m:r")) if run.get(CHANGE)]
    at = next((block for block in reversed(blocks) if block.tag == tag("w:p")), None)
    if changed and at is not None:
        did = f"changed words that have found no place here ({short(words)})"
        at.append(comment_run(changed[0].get(AUTHOR) or "Somebody", did))


def _is_again(part: Any, shown: str) -> bool:
    return next(part.iterancestors(tag("mc:Fallback")), None) is not None and part.text in shown
