"""In which language each item and each word of the head stands, and that it is marked where it is another one."""

from __future__ import annotations

from typing import Any

import pytest
from looks_kit import TEMPLATES, look
from render_kit import DAY, OFFICE, issue_of, tree

from mailer.model.issue import Issue
from mailer.model.rendition import Rendition
from mailer.model.translation import (
    TranslatedItem,
    Translation,
    fallback_chain,
    language_chain,
    required_words,
)
from mailer.render import Edition, edition_of, render_variant, variant_for


def translated(issue: Issue, language: str, *missing: str, **head: str) -> Translation:
    """Every item but for the words at those paths; so marked that one sees in what language a title stands."""
    items = {
        item.id: TranslatedItem(
            item.model_copy(update={} if "title" in missing else {"title": f"{item.title} {language}"}),
            "",
            tuple(path for path in required_words(item) if path in missing),
        )
        for item in issue.items
    }
    return Translation(language, head, items=items)


def edition(issue: Issue, language: str, *translations: Translation, **more: Any) -> Edition:
    variant = variant_for(issue, language, more.pop("sees", lambda _: True), DAY)
    return edition_of(issue, variant, {each.language: each for each in translations}, more)


class TestChain:
    @pytest.mark.parametrize(
        ("language", "fallbacks", "chain"),
        [
            ("ru", {}, ("ru", "en")),
            ("en", {"en": "ru"}, ("en",)),
            ("kk", {"kk": "ru"}, ("kk", "ru", "en")),
            ("kk-KZ", {"kk": "ru"}, ("kk-KZ", "kk", "ru", "en")),
            ("kk-KZ", {"kk-KZ": "uz", "kk": "ru"}, ("kk-KZ", "kk", "uz", "en")),
            ("kk-KZ", {"kk-KZ": "kk", "kk": "ru"}, ("kk-KZ", "kk", "ru", "en")),
            ("kk", {"kk": "ru-KZ", "ru": "uz"}, ("kk", "ru-KZ", "ru", "uz", "en")),
            ("ru-KZ", {"ru": "ru-KZ"}, ("ru-KZ", "ru", "en")),
            ("en-GB", {"en": "ru"}, ("en-GB", "en")),
        ],
    )
    def test_a_language_is_followed_by_its_base_and_what_either_falls_back_to(
        self, language: str, fallbacks: dict[str, str], chain: tuple[str, ...]
    ) -> None:
        assert language_chain(language, "en", fallbacks) == chain

    def test_without_a_source_it_goes_as_far_as_the_fallbacks_say(self) -> None:
        assert fallback_chain("kk-KZ", {"kk": "en", "en": "fr"}) == ("kk-KZ", "kk", "en", "fr")

    def test_an_item_that_a_region_lacks_stands_in_its_language(self) -> None:
        issue = issue_of({"title": "One"}, {"title": "Two"})
        kazakh = translated(issue, "kk-KZ")
        only_first = Translation("kk-KZ", items={"item-1": kazakh.items["item-1"]})
        made = edition(issue, "kk-KZ", only_first, translated(issue, "ru"), kk="ru")
        assert [item.title for item in made.issue.items] == ["One kk-KZ", "Two ru"]
        assert made.fallen_back == {"item-2": "ru"}


class TestWholeItems:
    ITEM = {
        "title": "Title",
        "body": "Words.",
        "image": {"src": "images/a.jpg", "alt": "A saiga"},
        "wording": [{"for": "parties", "body": "You owe."}, {"for": "states", "title": "For you"}],
    }

    def stands_in(self, *missing: str, groups: tuple[str, ...] = ()) -> str:
        issue = issue_of(self.ITEM)
        made = edition(issue, "ru", translated(issue, "ru", *missing), sees=groups.__contains__)
        return made.fallen_back.get("item-1", "ru")

    def test_an_item_without_its_title_or_body_stands_in_the_next_language_as_a_whole(self) -> None:
        assert self.stands_in() == "ru"
        assert self.stands_in("title") == "en"
        assert self.stands_in("body") == "en"

    def test_other_words_that_are_missing_leave_it_where_it_is(self) -> None:
        assert self.stands_in("image.alt") == "ru"

    def test_a_wording_that_is_not_translated_takes_its_readers_alone_to_the_next_language(self) -> None:
        lacks = "wording[0].body"
        assert self.stands_in(lacks, groups=("parties",)) == "en"
        assert self.stands_in(lacks, groups=("states",)) == "ru"
        assert self.stands_in(lacks) == "ru"

    def test_words_that_a_wording_replaces_are_not_missed_by_its_readers(self) -> None:
        assert self.stands_in("body", groups=("parties",)) == "ru"
        assert self.stands_in("body", groups=("states",)) == "en"
        assert self.stands_in("title", groups=("states",)) == "ru"

    def test_what_stands_is_whole_and_announced(self) -> None:
        issue = issue_of(self.ITEM)
        made = edition(issue, "ru", translated(issue, "ru", "wording[0].body"))
        (item,) = made.issue.items
        assert (item.title, item.body) == ("Title", "You owe.")
        phrases = {language: look("newsletter", language, "steppe").phrases for language in made.languages}
        bare = edition(
            issue_of(self.ITEM | {"image": None}), "ru", translated(issue, "ru", "wording[0].body")
        )
        html = tree(render_variant(bare, look("newsletter", "ru", "steppe"), [], OFFICE, phrases=phrases))
        (part,) = html.xpath("//div[@lang='en']")
        assert "You owe." in part.text_content()
        assert part.getparent().xpath(".//td[@class='fb']")

    def test_an_item_is_taken_from_the_first_language_that_has_these_words(self) -> None:
        issue = issue_of(self.ITEM)
        kazakh, russian = translated(issue, "kk", "wording[0].body"), translated(issue, "ru")
        made = edition(issue, "kk", kazakh, russian, kk="ru")
        assert made.fallen_back == {"item-1": "ru"}


def arabic(name: str, template: str, **head: str) -> Rendition:
    """An English issue in Arabic, of whose head only that is translated."""
    issue = issue_of(
        {"title": "T"}, series="Steppe News", number="December 2016", addressees="Focal Points", title=name
    )
    made = edition(issue, "ar", translated(issue, "ar", **head))
    phrases = {language: look(template, language, "steppe").phrases for language in made.languages}
    return render_variant(made, look(template, "ar", "steppe"), [], OFFICE, phrases=phrases)


HEAD = {
    "newsletter": {"Steppe News", "December 2016", "Headline"},
    "bulletin": {"Steppe News", "December 2016", "Headline"},
    "notice": {"Steppe News", "December 2016", "Headline", "Focal Points"},
    "letter": {"Headline", "Focal Points"},
    "reminder": {"Steppe News", "December 2016", "Headline", "Focal Points"},
}


@pytest.mark.parametrize("template", TEMPLATES)
class TestHead:
    def test_words_of_the_head_in_another_language_are_marked_each(self, template: str) -> None:
        page = tree(arabic("Headline", template))
        marked = page.xpath("//*[@lang='en'][@dir='ltr'][not(ancestor::div[contains(@class, 'alt')])]")
        assert {element.text_content().strip() for element in marked} == HEAD[template]
        assert page.xpath("//h1/@lang") == ["en"]
        assert page.get("lang") == "ar"

    def test_words_of_the_head_in_the_letters_language_are_not(self, template: str) -> None:
        words = {"series": "أخبار", "number": "ديسمبر", "title": "عنوان", "addressees": "جهات الاتصال"}
        page = tree(arabic("Headline", template, **words))
        assert page.xpath("//h1")[0].text_content() == "عنوان"
        assert page.xpath("//body//*[@lang='en']") == []

    def test_a_series_in_the_place_of_the_title_is_marked_there(self, template: str) -> None:
        (headline,) = tree(arabic("", template)).xpath("//h1")
        assert (headline.text_content(), headline.get("lang"), headline.get("dir")) == (
            "Steppe News",
            "en",
            "ltr",
        )


def test_a_bare_number_is_said_in_the_letters_language_and_not_marked() -> None:
    issue = issue_of({"title": "T"}, number="3")
    made = edition(issue, "ru", translated(issue, "ru", series="Новости"))
    html = render_variant(
        made,
        look("newsletter", "ru", "steppe"),
        [],
        OFFICE,
        phrases={language: look("newsletter", language, "steppe").phrases for language in made.languages},
    ).html
    assert 'lang="en"' not in html
