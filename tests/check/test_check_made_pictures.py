"""What the making of pictures brought to light: said once for each item, at its line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mailer.check import CheckedIssue, check_issue
from mailer.model.finding import Finding
from mailer.model.issue import Issue
from mailer.model.rendition import Frame, Picture, Rendition, Variant

RULES = {"image.too-small", "image.animated", "image.heavy", "image.flattened"}


def made(width: int, room: int, *notes: str, **frame: Any) -> Picture:
    return Picture(
        src="images/a.jpg",
        cid=f"{width}-{room}@pictures",
        media_type="image/jpeg",
        sha256="0" * 64,
        width=width,
        height=10,
        frame=Frame(src="images/a.jpg", width=room, **frame),
        notes=notes,
    )


def found(*versions: tuple[Picture, ...], images: tuple[dict[str, Any], ...] = ({},)) -> list[Finding]:
    items = [
        {"kind": "image", "id": f"item-{n}", "image": {"src": "images/a.jpg", "alt": f"Camel {n}"} | image}
        for n, image in enumerate(images)
    ]
    issue = Issue.model_validate({"id": "one", "series": "N", "date": date(2016, 12, 19), "items": items})
    renditions = tuple(
        Rendition(
            variant=Variant(language="en", items=(f"item-{n}",)),
            subject="S",
            preheader="",
            html="<p>x</p>",
            text="x",
            pictures=pictures,
        )
        for n, pictures in enumerate(versions)
    )
    checked = CheckedIssue(
        issue=issue, locate=lambda item, _: ("f", 7), day=issue.date, renditions=renditions
    )
    return [finding for finding in check_issue(checked) if finding.rule in RULES]


def test_a_picture_with_the_pixels_that_are_shown_is_large_enough() -> None:
    assert found((made(552, 552),), (made(1104, 552),)) == []


def test_of_many_versions_the_one_that_lacks_most_is_named_once() -> None:
    (finding,) = found((made(300, 264),), (made(300, 552),), (made(300, 512),))
    assert (finding.rule, finding.severity, finding.item) == ("image.too-small", "warn", "item-0")
    assert "is 300 pixels wide, and there is room for 552" in finding.message
    assert "1104 pixels" in finding.hint
    assert (finding.file, finding.line) == ("f", 7)


def test_each_item_answers_for_the_way_it_cuts_the_picture() -> None:
    square = {"ratio": "1:1"}
    pictures = (made(1104, 552), made(400, 552, **square))
    (finding,) = found(pictures, images=({}, square))
    assert finding.item == "item-1"


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("animated", "only its first frame is sent"),
        ("heavy", "weighs more than it should"),
        ("flattened", "it is put on white"),
    ],
)
def test_what_was_given_up_is_noted(note: str, words: str) -> None:
    (finding,) = found((made(1104, 552, note),), (made(1104, 552, note),))
    assert (finding.rule, finding.severity) == (f"image.{note}", "note")
    assert words in finding.message
    assert finding.hint
