"""Pictures of a Word document with what is said of them, and things drawn that a mail cannot carry."""

from __future__ import annotations

import re
from typing import Any

from mailer.contribution.critic import COMMENT_CLOSE, IN_OPEN, told
from mailer.contribution.escaping import plain
from mailer.contribution.word_file import tag
from mailer.contribution.word_found import (
    AUTHOR,
    CAPTION,
    CHANGE,
    NUMBER,
    Found,
    comment_run,
    number_of,
    remove,
    short,
    words_of,
)
from mailer.model.contribution import Photo

_DRAWN = (tag("w:drawing"), tag("w:pict"), tag("w:object"))
_KINDS = {
    "chart": "A chart",
    "chartex": "A chart",
    "diagram": "A SmartArt drawing",
    "ink": "A drawing by hand",
    "lockedCanvas": "A drawing",
    "model3d": "A 3D model",
}
_VECTORS = {b"\x01\x00\x00\x00": "EMF", b"\xd7\xcd\xc6\x9a": "WMF", b"\x01\x00\x09\x00": "WMF"}
_BY_WORD = re.compile(
    r"\s*(?:Description automatically generated.*|AI-generated content may be incorrect\.?|"
    r"Автоматически созданное описание.*|Automatisch generierte Beschreibung.*|"
    r"Description générée automatiquement.*)\s*$",
    re.DOTALL,
)
_PATH = re.compile(
    r"^(?:[A-Za-z]:[\\/]|\\\\|/|https?:)|^[\w-]+\.(?:jpe?g|png|gif|tiff?|bmp|webp)$", re.IGNORECASE
)
_CREDIT = re.compile(
    r"[\s(,;.–—|-]*(?:(?:©|\(c\)|copyright)\s*(?P<owner>[^()\n]{2,100}?)|"
    r"(?:photo(?:graph)?s?|picture|image|foto|фото|снимок|crédit|صورة)(?:\s+(?:credits?|by|courtesy of|de|von))?\s*"
    r"(?::|©|\bby\b)\s*©?\s*(?P<name>[^()\n]{2,100}?))\s*\)?[.\s]*$",
    re.IGNORECASE,
)
_AS_PICTURE = "Ask for it as a JPEG or PNG file."
_DID = {"in": "put in", "out": "took out", "both": "put in, and somebody took out,"}
_MAX_PHOTOS = 200
_LONGEST_ALT = 2_000
_LONGEST_CAPTION = 600
_LINE = 150
"""Signs that a line under a picture has at most, for it to be taken for the photographer's."""


def take_pictures(root: Any, found: Found) -> None:
    """Photos for all pictures that a mail can carry, doubts for what else is drawn; none stays in the text."""
    for drawn in list(root.iter(*_DRAWN)):
        if drawn.getparent() is None:
            continue
        alt = _alt(drawn, found)
        taken = _sources(drawn)
        for blip, name in taken:
            _picture(drawn, blip.get(name) or "", alt, found)
        if not taken:
            _tell_other(drawn, found)
        _tell_change(drawn, alt, found)
        if next(drawn.iter(tag("a:srcRect")), None) is not None and any(
            any(int(value) for value in rect.attrib.values() if value.lstrip("-").isdecimal())
            for rect in drawn.iter(tag("a:srcRect"))
        ):
            message = "A picture was cropped in Word: the whole of it is taken."
            found.doubt(drawn, "cropped", "warn", message, "See what is on it, and crop it again.", words=alt)
        remove(drawn)


def _tell_change(drawn: Any, alt: str, found: Found) -> None:
    run = next(drawn.iterancestors(tag("w:r")), None)
    did = _DID.get(run.get(CHANGE, "")) if run is not None else None
    if run is not None and did:
        author = run.get(AUTHOR) or "Somebody"
        message = f"{author} {did} a picture."
        found.doubt(drawn, "change", "stop", message, "See whether it stays.", words=alt)
        run.addnext(comment_run(author, f"{did} a picture{f' ({short(alt)})' if alt else ''}"))


def _sources(drawn: Any) -> list[tuple[Any, str]]:
    found = [
        (blip, name)
        for blip in drawn.iter(tag("a:blip"))
        for name in (tag("r:embed"), tag("r:link"))
        if blip.get(name)
    ]
    if drawn.tag != tag("w:object"):
        found += [(data, tag("r:id")) for data in drawn.iter(tag("v:imagedata")) if data.get(tag("r:id"))]
    return found


def _alt(drawn: Any, found: Found) -> str:
    properties = next(drawn.iter(tag("wp:docPr")), None)
    shape = next(drawn.iter(tag("v:shape")), None)
    said = ""
    if properties is not None:
        said = properties.get("descr") or properties.get("title") or ""
    elif shape is not None:
        said = shape.get("alt") or ""
    said = said[:_LONGEST_ALT]
    words = plain(_BY_WORD.sub("", said))
    if words and words != plain(said):
        message = f'The alternative text "{short(words)}" was made up by Word.'
        found.doubt(drawn, "picture", "warn", message, "Say what is on the picture.", words=words)
    return "" if _PATH.match(words) else words


def _picture(drawn: Any, relation_id: str, alt: str, found: Found) -> None:
    relation = found.relations.get(relation_id)
    if relation is None or (not relation.external and not found.file.has(relation.target)):
        found.doubt(drawn, "picture", "warn", "A picture is missing in the file.", _AS_PICTURE, words=alt)
        return
    if relation.external:
        message = f"A picture is not in the file but linked: {short(relation.target)}. It was not fetched."
        found.doubt(drawn, "linked", "warn", message, "Ask for the picture itself.", words=alt)
        return
    content = found.file.read(relation.target)
    name = relation.target.rpartition("/")[2]
    kind = _VECTORS.get(content[:4]) or ("SVG" if re.match(rb"\s*<(?:\?xml|svg|!)", content[:200]) else "")
    if kind:
        message = (
            f"A picture ({name}) is a drawing in {kind}, which mail programs do not show: it is left out."
        )
        found.doubt(drawn, "picture", "warn", message, _AS_PICTURE, words=alt)
        return
    if len(found.photos) >= _MAX_PHOTOS:
        found.doubt(
            0, "picture", "stop", f"Only the first {_MAX_PHOTOS} pictures were taken.", "Send the rest apart."
        )
        return
    found.photos.append((number_of(drawn), Photo(name=name, content=content, alt=alt)))


def _tell_other(drawn: Any, found: Found) -> None:
    if drawn.tag == tag("w:object"):
        ole = next((part for part in drawn.iter() if str(part.tag).endswith("}OLEObject")), None)
        program = ole.get("ProgID", "") if ole is not None else ""
        message = f"An embedded object{f' ({short(program, 40)})' if program else ''} was left out."
        found.doubt(drawn, "object", "stop", message, "Ask for what it shows as text or as a picture.")
        return
    uris = [part.get("uri", "").rpartition("/")[2] for part in drawn.iter(tag("a:graphicData"))]
    what = next((_KINDS[uri] for uri in uris if uri in _KINDS), "")
    art = next((part.get("string") for part in drawn.iter() if str(part.tag).endswith("}textpath")), None)
    if art:
        found.doubt(
            drawn, "drawing", "stop", f'WordArt was left out: "{short(art)}".', "Write it as text.", words=art
        )
    elif what:
        alt = _alt(drawn, found)
        found.doubt(drawn, "drawing", "stop", f"{what} was left out.", _AS_PICTURE, words=alt)
    elif not any(
        str(part.tag).endswith("}rect") and part.get("{urn:schemas-microsoft-com:office:office}hr")
        for part in drawn.iter()
    ):
        found.doubt(drawn, "drawing", "note", "A drawn shape was left out.")


def caption_pictures(blocks: list[Any], found: Found) -> list[Any]:
    """The blocks without the lines that are captions or credits of a picture; their words are with the photo."""
    kept: list[Any] = []
    for at, block in enumerate(blocks):
        words = words_of(block).strip() if block.tag == tag("w:p") else ""
        last = _picture_before(blocks, at, found)
        styled = found.styles.is_caption(block)
        if (
            words
            and last is not None
            and (styled or (len(words) <= _LINE and _credit(words)[1] and not _credit(words)[0]))
        ):
            number, photo = found.photos[last]
            caption, credit = _credit(words)
            clean = {"caption": told_plain(caption), "credit": told_plain(credit)}
            if (styled or not photo.credit) and not (styled and photo.caption):
                joined = {key: value or getattr(photo, key) for key, value in clean.items()}
                found.photos[last] = (number, photo.model_copy(update=joined))
                block.set(CAPTION, "1")
                continue
        kept.append(block)
    return kept


def _credit(words: str) -> tuple[str, str]:
    """A caption, and the photographer's name that stands in it."""
    # A change that goes over both is not cut in two.
    is_open = re.search(f"[{IN_OPEN}-{COMMENT_CLOSE}]", words)
    matched = _CREDIT.search(words) if len(words) <= _LONGEST_CAPTION and not is_open else None
    if not matched:
        return words, ""
    return words[: matched.start()].rstrip(" (,;–—|-"), (matched["owner"] or matched["name"]).strip()


def _picture_before(blocks: list[Any], at: int, found: Found) -> int | None:
    """The photo that a line belongs to: of the last paragraph before it, if that is nothing but a picture.

    A line in the style of captions may also stand below a paragraph that has words beside its picture.
    """
    for other in reversed(blocks[:at]):
        if other.get(CAPTION):
            continue
        has_words = bool(words_of(other).strip())
        matches = [index for index, (of, _) in enumerate(found.photos) if str(of) == other.get(NUMBER)]
        if matches and (not has_words or found.styles.is_caption(blocks[at])):
            return matches[-1]
        if has_words or other.tag != tag("w:p"):
            return None
    return None


def told_plain(words: str) -> str:
    """Words of a title or caption, with CriticMarkup where changes are undecided."""
    parts = re.split(f"([{IN_OPEN}-{COMMENT_CLOSE}])", re.sub(r"\s+", " ", words))
    edges = [part if at % 2 else _kept_edges(part) for at, part in enumerate(parts)]
    return told("".join(edges)).strip(" ")


def _kept_edges(words: str) -> str:
    inner = plain(words)
    begin = " " if words[:1] == " " else ""
    return f"{begin}{inner}{' ' if words[-1:] == ' ' and inner else ''}"
