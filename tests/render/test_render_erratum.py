"""What was wrong in the message before stands on top of the one that puts it right, whatever the layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
from looks_kit import TEMPLATES, WORDS, look
from render_kit import DAY, OFFICE, TEMPLATE, issue_of, render, tree

from mailer.model.rendition import Rendition
from mailer.render import edition_of, read_template, render_variant, variant_for

BOX = {"id": "box", "kind": "erratum", "title": "On 6 March", "body": "Not *May*.", "sent": date(2016, 12, 1)}
GREETING = {"id": "hello", "kind": "announcement", "title": "Welcome", "body": "{{salutation}}, good news."}
LEADING = {"id": "leads", "title": "For you", "body": "Words.", "lead_for": "press"}


def letter(template: str, language: str, *items: Mapping[str, object]) -> Rendition:
    issue = issue_of(*map(dict, items), language=language, title=WORDS[language][0])
    edition = edition_of(issue, variant_for(issue, language, lambda _: True, DAY))
    return render_variant(
        edition,
        look(template, language, "steppe"),
        [],
        OFFICE,
        phrases={language: look(template, language, "steppe").phrases},
    )


@pytest.mark.parametrize("template", TEMPLATES)
def test_it_stands_above_everything_but_the_masthead(template: str) -> None:
    made = letter(template, "en", GREETING, LEADING, BOX)
    words = " ".join(tree(made).text_content().split())
    box, hello, leads = (words.index(part) for part in ("On 6 March", "good news", "For you"))
    assert words.index(WORDS["en"][0]) < box < hello < leads
    text = made.text
    assert (
        text.index(WORDS["en"][0])
        < text.index("On 6 March")
        < text.index("good news")
        < text.index("For you")
    )
    assert words.count("On 6 March") == 1


def test_the_greeting_still_opens_the_letter_and_the_headings_keep_their_order() -> None:
    made = render(BOX, GREETING, LEADING, {"title": "More"})
    headings = [(one.tag, one.text_content()) for one in tree(made).xpath("//h1 | //h2")]
    assert [words for _, words in headings[1:]] == ["On 6 March", "Welcome", "For you", "More"]
    assert [tag for tag, _ in headings] == ["h1", "h2", "h2", "h2", "h2"]


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Correction: News"),
        ("fr", "Rectificatif\u00a0: News"),
        ("ru", "Исправление: News"),
        ("ar", "تصويب: News"),
    ],
)
def test_the_subject_says_it_in_the_readers_language_once(language: str, subject: str) -> None:
    assert render(BOX, language=language).subject == subject
    assert render(BOX, language=language, subject=subject).subject == subject
    assert render({"title": "News"}, language=language).subject == "News"


def test_in_another_language_than_the_letter_it_is_marked_as_such() -> None:
    issue = issue_of(BOX, language="ar")
    edition = edition_of(issue, variant_for(issue, "ar", lambda _: True, DAY))
    edition = replace(edition, fallen_back={"box": "en"})
    phrases = {tag: look("newsletter", tag, "steppe").phrases for tag in ("ar", "en")}
    made = render_variant(edition, look("newsletter", "ar", "steppe"), [], OFFICE, phrases=phrases)
    (box,) = tree(made).xpath("//*[@lang='en' and @dir='ltr']")
    assert "On 6 March" in box.text_content()
    assert made.subject.startswith("تصويب")


def test_a_layout_without_a_place_for_it_shows_it_as_its_first_item(tmp_path: Path) -> None:
    folder = tmp_path / "newsletter"
    copytree(TEMPLATE, folder)
    layout = folder / "layout.mjml.j2"
    bare = layout.read_text(encoding="utf-8").replace('{% include "erratum.mjml.j2" %}\n', "")
    layout.write_text(bare, encoding="utf-8")
    template = read_template(folder, "en", "templates/newsletter")
    issue = issue_of(GREETING, {"title": "More"}, BOX)
    made = render_variant(
        edition_of(issue, variant_for(issue, "en", lambda _: True, DAY)), template, [], OFFICE
    )
    words = tree(made).text_content()
    assert words.count("On 6 March") == 1
    assert words.index("good news") < words.index("On 6 March") < words.index("More")
