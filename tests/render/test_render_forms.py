"""Names of States and personal fields, each in the language of the words around it."""

from __future__ import annotations

from typing import Any

import pytest
from render_kit import OFFICE, issue_of, template

from mailer.model.issue import Issue
from mailer.model.rendition import Rendition, Variant
from mailer.model.slots import fill_slots, split_slots
from mailer.model.translation import TranslatedItem, Translation
from mailer.render import edition_of, render_variant

HELLO = {
    "id": "hello",
    "kind": "announcement",
    "title": "News {{country_of|of your land}}",
    "body": "{{salutation}}, it helps {{country_in}}.",
}
MANILA = {
    "id": "meeting",
    "kind": "event",
    "title": "Meeting",
    "start": "2017-10-23",
    "place": {"name": "Tehran", "country": "IR"},
}
VALUES = {
    "salutation": "Madame",
    "country_of": "du Kazakhstan",
    "country_in": "au Kazakhstan",
    "salutation__en": "Dear Ms. Ivanova",
    "country_of__en": "of Kazakhstan",
    "country_in__en": "in Kazakhstan",
}


def french(issue: Issue, translation: Translation, **names: dict[str, str]) -> Rendition:
    variant = Variant(language="fr", items=tuple(item.id for item in issue.items))
    edition = edition_of(issue, variant, {"fr": translation})
    phrases = {
        language: {f"country.{code}": name for code, name in names.get(language, {}).items()}
        | dict(template(language).phrases)
        for language in edition.languages
    }
    return render_variant(edition, template("fr"), [], OFFICE, phrases=phrases)


def translated(issue: Issue, *items: str, head: dict[str, str] | None = None, **words: Any) -> Translation:
    return Translation(
        language="fr",
        head=head or {},
        items={name: TranslatedItem(issue.item(name).model_copy(update=words), "") for name in items},
    )


def filled(rendition: Rendition, values: dict[str, str]) -> tuple[str, str]:
    pieces = split_slots(rendition.html), split_slots(rendition.text)
    html, text = pieces
    return (
        fill_slots(html, values, rendition.defaults, "html"),
        fill_slots(text, values, rendition.defaults, "text"),
    )


def test_fields_of_an_item_that_is_not_translated_are_filled_in_its_own_language() -> None:
    issue = issue_of(HELLO, MANILA)
    rendition = french(issue, translated(issue, "meeting", title="Réunion"))
    for document in filled(rendition, VALUES):
        assert "Dear Ms. Ivanova, it helps in Kazakhstan." in document
        assert "News of Kazakhstan" in document
        assert "au Kazakhstan" not in document
        assert "slot" not in document
        assert document.count("Madame") == 0, "the item greets; the letter does not greet again"


def test_fields_of_a_translated_item_are_filled_in_the_readers_language() -> None:
    issue = issue_of(HELLO, MANILA)
    rendition = french(issue, translated(issue, "hello", body="{{salutation}}, utile {{country_in}}."))
    for document in filled(rendition, VALUES):
        assert "Madame, utile au Kazakhstan." in document
        assert "in Kazakhstan" not in document


def test_the_stand_ins_are_in_that_language_too_and_the_authors_own_comes_first() -> None:
    issue = issue_of(HELLO, MANILA)
    html, _ = filled(french(issue, translated(issue, "meeting")), {})
    assert "News of your land" in html
    assert "Dear colleague, it helps in your country." in html


def test_fields_of_a_subject_that_is_not_translated_are_filled_in_its_own_language() -> None:
    issue = issue_of(HELLO, MANILA, subject="News {{country_of}}", preheader="Pour {{country_in}}")
    rendition = french(
        issue, translated(issue, "hello", "meeting", head={"preheader": "Utile {{country_in}}"})
    )
    fields = (rendition.subject, rendition.preheader)
    assert fields == ("News %%slot:country_of__en%%", "Utile %%slot:country_in%%")
    assert rendition.defaults["country_of__en"] == "of your country"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"fr": {"IR": "Iran (République islamique d')"}}, "Tehran, Iran (République islamique d')"),
        ({}, "Tehran, Iran"),
    ],
)
def test_a_place_is_in_a_state_as_the_register_calls_it_and_as_babel_does_where_it_has_none(
    names: dict[str, dict[str, str]], shown: str
) -> None:
    issue = issue_of(HELLO, MANILA)
    rendition = french(issue, translated(issue, "hello", "meeting"), **names)
    html, text = filled(rendition, VALUES)
    assert shown in text
    assert shown.replace("'", "&#39;") in html or shown in html


def test_a_place_in_an_item_that_is_not_translated_is_called_in_its_language() -> None:
    issue = issue_of(HELLO, MANILA)
    names = {"fr": {"IR": "Iran d'ici"}, "en": {"IR": "Iran (Islamic Republic of)"}}
    _, text = filled(french(issue, translated(issue, "hello"), **names), VALUES)
    assert "Tehran, Iran (Islamic Republic of)" in text
    assert "Iran d'ici" not in text
