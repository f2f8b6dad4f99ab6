"""Pictures: what those who do not see them are told, and who made them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.reading import Place
from mailer.check.rule import NOTE, OWN, STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Image
from mailer.model.rendition import Picture

LONGEST_ALT = 125

_FILE_NAME = re.compile(
    r"^\S+\.(?:jpe?g|png|gif|webp|svg|tiff?|heic)$|^(?:img|dsc|dscn|image)[_-]?\d+$", re.I
)
_SAYS_IT_IS_ONE = re.compile(
    r"^(?:an? |the )?(?:image|photo|photograph|picture|pic|graphic) (?:of|showing)\b"
    r"|^(?:une? |la |le )?(?:image|photo|photographie) (?:de|du|des|d['’])"
    r"|^(?:изображение|фотография|фото|картинка)\b",
    re.IGNORECASE,
)


def alt_missing(checked: CheckedIssue) -> Iterator[Finding]:
    """A picture that says nothing to those who do not see it."""
    for item, image in _pictures(checked):
        if not image.decorative and not (image.alt or "").strip():
            yield checked.finding(
                "image.alt-missing",
                Severity.STOP,
                f'The picture "{image.src}" has no alt text: whoever does not see it learns nothing.',
                "Say in a few words what it shows (alt: …), or mark it `decorative: true`.",
                at=Place(item, "image.alt"),
                words=image.src,
            )


def alt_poor(checked: CheckedIssue) -> Iterator[Finding]:
    """An alt text that does not do its work."""
    for item, image in _pictures(checked):
        alt = (image.alt or "").strip()
        trouble = _trouble(alt, image) if alt and not image.decorative else None
        if trouble:
            yield checked.finding(
                "image.alt-poor",
                Severity.WARN,
                f"The alt text {trouble[0]}.",
                trouble[1],
                at=Place(item, "image.alt"),
                words=alt,
            )


def caption_missing(checked: CheckedIssue) -> Iterator[Finding]:
    """A photograph with a credit and no caption."""
    for item, image in _pictures(checked):
        if image.credit.strip() and not image.caption.strip() and not image.decorative:
            yield checked.finding(
                "image.caption-missing",
                Severity.WARN,
                f'The picture "{image.src}" by {image.credit.strip()} has no caption.',
                "Say what or whom it shows (caption: …).",
                at=Place(item, "image.caption"),
                words=image.src,
            )


def used_twice(checked: CheckedIssue) -> Iterator[Finding]:
    """The same picture in two items."""
    shown_by: dict[str, str] = {}
    by_content = {
        picture.src: picture.origin or picture.sha256
        for rendition in checked.renditions
        for picture in rendition.pictures
    }
    for item, image in _pictures(checked):
        key = by_content.get(image.src, image.src)
        if key in shown_by:
            yield checked.finding(
                "image.used-twice",
                Severity.NOTE,
                f'The picture "{image.src}" is shown in "{shown_by[key]}" already.',
                "Choose another for one of them.",
                at=Place(item, "image.src"),
                words=image.src,
            )
        shown_by.setdefault(key, item)


def too_small(checked: CheckedIssue) -> Iterator[Finding]:
    """A picture with fewer pixels than it has room for."""
    for item, image in _pictures(checked):
        made = min(_made(checked, image), key=_lack, default=None)
        if made is None or made.frame is None or made.width >= made.frame.width:
            continue
        yield checked.finding(
            "image.too-small",
            Severity.WARN,
            f'The picture "{image.src}" is {made.width} pixels wide, and there is room for {made.frame.width}: '
            "it is shown small.",
            f"Look for a larger one; {2 * made.frame.width} pixels are sharp on every screen.",
            at=Place(item, "image.src"),
            words=image.src,
        )


NOTED = {
    "animated": (
        "image.animated",
        "moves; only its first frame is sent.",
        "Choose a frame that stands alone.",
    ),
    "heavy": (
        "image.heavy",
        "weighs more than it should, even at its smallest.",
        "Choose a calmer picture, or raise `image_bytes` in mailer.toml.",
    ),
    "flattened": (
        "image.flattened",
        "has parts that show through and is too heavy with them: it is put on white, which dark modes show.",
        "Save it without transparency, or with fewer colours.",
    ),
}
"""What was noted while a picture was made → the rule, what to say, what to do."""


def animated(checked: CheckedIssue) -> Iterator[Finding]:
    """A picture that moves, of which readers see the first frame."""
    return _noted(checked, "animated")


def heavy(checked: CheckedIssue) -> Iterator[Finding]:
    """A picture over its budget of bytes."""
    return _noted(checked, "heavy")


def flattened(checked: CheckedIssue) -> Iterator[Finding]:
    """A picture that lost its transparency."""
    return _noted(checked, "flattened")


def _noted(checked: CheckedIssue, note: str) -> Iterator[Finding]:
    rule, message, hint = NOTED[note]
    for item, image in _pictures(checked):
        if any(note in made.notes for made in _made(checked, image)):
            shown = f'The picture "{image.src}" {message}'
            yield checked.finding(
                rule, Severity.NOTE, shown, hint, at=Place(item, "image.src"), words=image.src
            )


def _made(checked: CheckedIssue, image: Image) -> list[Picture]:
    """The picture as the versions show it: cut as this item cuts it, in every width."""
    return [
        picture
        for rendition in checked.renditions
        for picture in rendition.pictures
        if picture.frame
        and (picture.src, picture.frame.ratio, picture.frame.focus) == (image.src, image.ratio, image.focus)
    ]


def _lack(picture: Picture) -> float:
    return picture.width / picture.frame.width if picture.frame else 1.0


def credit_in_caption(checked: CheckedIssue) -> Iterator[Finding]:
    """A caption that holds the credit, and what followed it on the page it was copied from."""
    for item, image in _pictures(checked):
        if "©" in image.caption:
            yield checked.finding(
                "image.credit-in-caption",
                Severity.WARN,
                f'The caption holds a credit: "{image.caption.strip()}".',
                "Leave in the caption what the picture shows; put the name into credit.",
                at=Place(item, "image.caption"),
                words=image.caption.strip(),
            )


def alike(checked: CheckedIssue) -> Iterator[Finding]:
    """Two pictures with one caption and one credit: perhaps the same, at least not told apart."""
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for item, image in _pictures(checked):
        caption, credit = image.caption.strip().casefold().rstrip("s"), image.credit.strip().casefold()
        if not caption or not credit:
            continue
        other, src = first.setdefault((caption, credit), (item, image.src))
        if src != image.src:
            yield checked.finding(
                "image.alike",
                Severity.NOTE,
                f'This picture has the caption and the credit of the one in "{other}".',
                "If they are two pictures, tell them apart in their captions.",
                at=Place(item, "image.caption"),
                words=image.caption.strip(),
            )


def _pictures(checked: CheckedIssue) -> Iterator[tuple[str, Image]]:
    return ((item.id, item.image) for item in checked.issue.items if item.image is not None)


def _trouble(alt: str, image: Image) -> tuple[str, str] | None:
    if _FILE_NAME.match(alt):
        return "is a file's name", "Say what the picture shows."
    if _SAYS_IT_IS_ONE.match(alt):
        return "says that it is a picture, which the screen reader has just said", "Begin with what it shows."
    if len(alt) > LONGEST_ALT:
        return (
            f"has {len(alt)} signs; screen readers break off after about {LONGEST_ALT}",
            "Keep what matters, and put the rest into the caption.",
        )
    if alt.casefold() == image.caption.strip().casefold():
        return (
            "is the caption once more, so it is read out twice",
            "Say what is to be seen; the caption says the rest.",
        )
    return None


RULES = (
    Rule("image.alt-missing", "A picture without alt text", STOP, "WCAG 1.1.1", alt_missing),
    Rule(
        "image.alt-poor",
        'A file name, "image of", over 125 signs, or the caption again as alt text',
        WARN,
        "WCAG 1.1.1",
        alt_poor,
        reads_words=True,
    ),
    Rule("image.caption-missing", "A credit without a caption", WARN, OWN, caption_missing),
    Rule(
        "image.credit-in-caption",
        "A caption that holds the credit",
        WARN,
        OWN,
        credit_in_caption,
        reads_words=True,
    ),
    Rule(
        "image.too-small",
        "A picture with fewer pixels than it has room for",
        WARN,
        "what readers see",
        too_small,
    ),
    Rule(
        "image.animated",
        "A picture that moves: its first frame is sent",
        NOTE,
        "WCAG 2.2.2; Outlook",
        animated,
    ),
    Rule("image.heavy", "A picture over `image_bytes`", NOTE, "download on telephones", heavy),
    Rule(
        "image.flattened",
        "A picture that lost its transparency to its weight",
        NOTE,
        "dark mode",
        flattened,
    ),
    Rule("image.used-twice", "The same picture in two items", NOTE, OWN, used_twice),
    Rule("image.alike", "Two pictures with one caption and credit", NOTE, OWN, alike, reads_words=True),
)
