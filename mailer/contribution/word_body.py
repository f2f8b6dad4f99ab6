"""A Word document's paragraphs and tables in order, with nothing in them but words, forms and signs of changes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mailer.contribution.word_changes import mark_changes, place_signs, tell_forms
from mailer.contribution.word_comments import place_comments, settled_comments
from mailer.contribution.word_fields import resolve_links
from mailer.contribution.word_file import WordFile, tag
from mailer.contribution.word_found import (
    CHANGE,
    NUMBER,
    Found,
    remove,
    runs_of,
    short,
    text_run,
    words_of,
)
from mailer.contribution.word_pictures import take_pictures
from mailer.contribution.word_runs import (
    choose_alternates,
    gather_bare,
    leave_out_hidden,
    plain_runs,
    plain_text,
    unwrap_controls,
    write_formulas,
)
from mailer.contribution.word_styles import Styles
from mailer.contribution.word_told import tell_lost, tell_margins, tell_tables
from mailer.source.packed import refuse

MAX_PARAGRAPHS = 5_000
MAX_RUNS = 15_000
MAX_RUNS_OF_ONE = 3_000
_NOTES = {"footnotes": "w:footnote", "endnotes": "w:endnote"}
_DRAWN = (tag("w:drawing"), tag("w:pict"), tag("w:object"))


def read_body(file: WordFile) -> tuple[list[Any], Found]:
    """The blocks of the body (`w:p`, `w:tbl`), and what was found on the way. ProblemsError where it has none."""
    root = file.tree(file.main)
    body = root.find(tag("w:body")) if root is not None else None
    if body is None:
        raise refuse(file.name, "is no Word document.", "See that the right file was saved.")
    found = Found(file, Styles(file), file.relations(file.main))
    _bound(body, file)
    found.watch(body)
    _number(body)
    _plain_story(body, found)
    for chunk in list(body.iter(tag("w:altChunk"))):
        message = "A whole document of another kind is embedded in it, and was left out."
        found.doubt(chunk, "object", "stop", message, "Open the file in Word and save it again.")
        remove(chunk)
    _lift_text_boxes(body, found)
    _graft_notes(body, found)
    comments = file.tree(file.part_of("comments"))
    if comments is not None:
        found.watch(comments)
        mark_changes(comments, found)
        unwrap_controls(comments, found)
    resolve_links(body, found)
    write_formulas(body, found)
    take_pictures(body, found)
    tell_forms(body, found)
    place_comments(body, comments, settled_comments(file.tree(file.part_of("commentsExtended"))), found)
    leave_out_hidden(body, found)
    place_signs(body, found)
    plain_runs(body, found)
    tell_tables(body, found)
    tell_margins(found)
    blocks = [block for block in body if _is_block(block, found)]
    tell_lost(blocks, found)
    return blocks, found


def _plain_story(root: Any, found: Found) -> None:
    """Of a text's elements, words and changes are left, and what it takes to place them."""
    choose_alternates(root)
    gather_bare(root)
    plain_text(root, found)
    mark_changes(root, found)
    unwrap_controls(root, found)


def _bound(body: Any, file: WordFile) -> None:
    for name, most, what in (("w:p", MAX_PARAGRAPHS, "paragraphs"), ("w:r", MAX_RUNS, "runs of words")):
        if sum(1 for _ in body.iter(tag(name))) > most:
            message = f"has more than {most:,} {what}: it is refused."
            raise refuse(file.name, message, "Copy what the issue needs into a new document.")
    if any(sum(1 for _ in each.iter(tag("w:r"))) > MAX_RUNS_OF_ONE for each in body.iter(tag("w:p"))):
        message = f"has a paragraph of more than {MAX_RUNS_OF_ONE:,} runs of words: it is refused."
        raise refuse(file.name, message, "Copy what the issue needs into a new document.")


def _number(body: Any) -> None:
    """Number the paragraphs that hold anything, as a person would count them."""
    number = 0
    for paragraph in body.iter(tag("w:p")):
        if words_of(paragraph).strip() or next(paragraph.iter(*_DRAWN), None) is not None:
            number += 1
            paragraph.set(NUMBER, str(number))


def _is_block(block: Any, found: Found) -> bool:
    if block.tag == tag("w:p"):
        if not found.styles.is_contents(block) or any(run.get(CHANGE) for run in runs_of(block)):
            return True
        if words := words_of(block).strip():
            message = f'A line of a table of contents was left out: "{short(words)}".'
            found.doubt(block, "contents", "note", message, words=words, whole=True)
            found.account(block)
        return False
    if block.tag != tag("w:tbl") and (words := words_of(block).strip()):
        message = f'Something that is neither a paragraph nor a table was left out: "{short(words)}".'
        hint = "Copy its words into the text."
        found.doubt(block, "object", "stop", message, hint, words=words, whole=True)
        found.account(block)
    return bool(block.tag == tag("w:tbl"))


def _lift_text_boxes(body: Any, found: Found) -> None:
    """What stands in text boxes follows the paragraph that they are fixed to."""
    for box in list(body.iter(tag("w:txbxContent"))):
        anchor = next(box.iterancestors(tag("w:p")), None)
        if anchor is None:
            continue
        inside = [block for block in box if block.tag in (tag("w:p"), tag("w:tbl"))]
        if words := short(" ".join(words_of(block) for block in inside)):
            message = f'A text box ("{short(words, 40)}") was put behind the paragraph that it stood beside.'
            found.doubt(
                anchor, "textbox", "warn", message, "Move its words to where they belong.", words=words
            )
        for block in reversed(inside):
            anchor.addnext(block)
        drawn = next((each for each in box.iterancestors(*_DRAWN)), None)
        remove(box)
        if drawn is not None and not list(
            drawn.iter(tag("a:blip"), tag("v:imagedata"), tag("w:txbxContent"))
        ):
            remove(drawn)


def _graft_notes(body: Any, found: Found) -> None:
    """Footnotes and endnotes as paragraphs at the end of their piece, numbered anew."""
    notes = {kind: _notes(kind, found) for kind in _NOTES}
    levels = [
        found.styles.heading_level(block)
        for block in body.iterchildren(tag("w:p"))
        if words_of(block).strip()
    ]
    top = min(filter(None, levels), default=0)
    waiting: list[Any] = []
    count = 0
    for block in list(body):
        if block.tag == tag("w:sectPr"):
            continue
        if (
            block.tag == tag("w:p")
            and top
            and found.styles.heading_level(block) == top
            and words_of(block).strip()
        ):
            _put_before(block, waiting)
        for reference in list(block.iter(tag("w:footnoteReference"), tag("w:endnoteReference"))):
            kind = "footnotes" if reference.tag == tag("w:footnoteReference") else "endnotes"
            paragraphs = notes[kind].get(reference.get(tag("w:id"), ""), [])
            count += 1
            waiting += _note(reference, paragraphs, count, found)
    end = body.find(tag("w:sectPr"))
    if end is None:
        body.extend(waiting)
    else:
        _put_before(end, waiting)


def _put_before(block: Any, waiting: list[Any]) -> None:
    for paragraph in waiting:
        block.addprevious(paragraph)
    waiting.clear()


def _note(reference: Any, paragraphs: list[Any], count: int, found: Found) -> list[Any]:
    run = reference.getparent()
    words = " ".join(words_of(paragraph) for paragraph in paragraphs)
    message = f"Note {count} stands at the end of the text now: mails have no footnotes."
    found.doubt(run, "footnote", "warn", message, "Work it into the text, or leave it there.", words=words)
    number = next((each.get(NUMBER) for each in run.iterancestors(tag("w:p"))), None)
    run.replace(reference, text_run(f"[{count}]")[0])
    copies = [deepcopy(paragraph) for paragraph in paragraphs]
    for paragraph, copy in zip(paragraphs, copies, strict=True):
        found.account(paragraph)
        found.watch(copy)
    for at, copy in enumerate(copies):
        if number:
            copy.set(NUMBER, number)
        properties = copy.find(tag("w:pPr"))
        if not at:
            copy.insert(
                0 if properties is None else 1,
                text_run(f"[{count}]" + " " * (not words_of(copy)[:1].isspace())),
            )
    return copies


def _notes(kind: str, found: Found) -> dict[str, list[Any]]:
    part = found.file.part_of(kind)
    root = found.file.tree(part) if part else None
    if root is None:
        return {}
    _bound(root, found.file)
    found.watch(root)
    _plain_story(root, found)
    _lift_text_boxes(root, found)
    # Ids of links count within a part: with the part's name before them they are the document's.
    for name, relation in found.file.relations(part).items():
        found.relations[f"{kind}/{name}"] = relation
    for element in root.iter():
        for attribute in (tag("r:id"), tag("r:embed"), tag("r:link")):
            if element.get(attribute):
                element.set(attribute, f"{kind}/{element.get(attribute)}")
    return {
        note.get(tag("w:id"), ""): list(note.iter(tag("w:p")))
        for note in root.iter(tag(_NOTES[kind]))
        if note.get(tag("w:type")) in (None, "normal")
    }
