"""Any text in any field reaches html, text and headers as it was written, and none of it becomes markup.

What is altered, and nothing else is: controls, lone surrogates and non-characters are left out (html cannot hold
them, markdown.clean); runs of spaces, tabs and line ends are one space, as in html itself; and what looks like a
token of ours gets a word joiner (markdown.close_fields).
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from looks_kit import look
from lxml.html import HtmlElement
from render_kit import issue_of, render, tree

from mailer.config import Office
from mailer.message import Recipient, compile_message
from mailer.model.issue import Sender, Wording
from mailer.model.rendition import SLOT_TOKEN, Rendition, Variant
from mailer.model.slots import fill_slots, split_slots
from mailer.model.translation import TranslatedItem, Translation
from mailer.render import edition_of, render_variant
from mailer.render.inline import COMMENT
from mailer.render.markdown import UNFIT, WORD_JOINER

NASTY = (
    "{{ role",
    "{{role }} }}",
    "{% for x in y %}",
    "{# c #}",
    "%%slot:role%%",
    "%%slot:a%%slot:name%%",
    "https://slot.invalid/unsubscribe",
    "<script>alert(1)</script>",
    "]]>",
    "<!-- x -->",
    "-->",
    "<!--[if mso]><table><![endif]-->",
    "<![endif]-->",
    "&amp;",
    "&#37;%slot:role%%",
    "</mj-text></mj-column>",
    "<mj-raw>",
    "\\",
    "\\u{a0}",
    "'\"`",
    'x" onload="y',
    "{role}",
    "{0}",
    "a:b;}</style>",
    "@import url(x) @font-face !important",
    "=?utf-8?b?QQ==?=",
    "👩\u200d👩\u200d👧",
    "नमस्ते",
    "e\u0301\u0327",
    "\u202eتمت\u202c\u2067x\u2069",
    "\ue000\U000f0000",
    "\u00a0\u202f\u2009\u3000",
    "\u00ad\u200b\u200c\u2060\ufeff",
    "🇰🇿🏴\U000e0067\U000e007f",
    "\U0001f600\ufe0f",
    "a\x00b\x1bc\x85d",
    "\ud800\udfff",
    "\ufdd0\uffff",
    "\u2028\u2029\x0b\x0c",
)
PIECES = st.one_of(
    st.sampled_from(NASTY),
    st.text(alphabet=st.characters(codec=None, exclude_categories=()), min_size=1, max_size=6),
    st.text(alphabet="%slot:{}<>&\\\"'`*_[]()#-", max_size=8),
)
WORDS = st.lists(PIECES, max_size=5).map(lambda pieces: " ".join(["w", *pieces, "w"]))
"""With a visible sign at either end, so that no field is empty."""
FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def normal(words: str) -> str:
    """The words as they arrive, with runs of white space as one space."""
    words = UNFIT.sub("", re.sub("[\r\x85]", "\n", words))
    return re.sub(r"(%%slot(?=:)|https://slot(?=\.invalid/))", rf"\1{WORD_JOINER}", spaced(words))


def spaced(words: str) -> str:
    return re.sub("[ \t\r\n\u2028\u2029]+", " ", words).strip(" ")


def squeezed(words: str) -> str:
    """Without white space, with which lines are broken, but for no-break spaces."""
    return re.sub("[ \t\r\n\u2028\u2029]+", "", words)


def plain(words: str) -> str:
    """Without fields that are filled: {{role}} and its kind are meant."""
    return words.replace("{", "(")


def texts_of(page: HtmlElement, path: str) -> list[str]:
    return [spaced(each.text_content()) for each in page.xpath(path)]


ORDINARY = render({"title": "w", "body": "w", "image": {"src": "images/a.jpg", "alt": "w"}})
SHAPE = [element.tag for element in tree(ORDINARY).iter()]


def shape(rendition: Rendition) -> list[Any]:
    return [element.tag for element in tree(rendition).iter()]


@FEW
@given(WORDS)
@example(" ".join(NASTY))
def test_a_head_of_any_words_arrives(words: str) -> None:
    words = plain(words)
    rendition = render(
        {"title": "T"}, series=words, title=words, subject=words, preheader=words, number=words
    )
    page = tree(rendition)
    expected = normal(words)
    assert rendition.subject == rendition.preheader == expected
    assert texts_of(page, "//title") == texts_of(page, "//h1") == [expected]
    assert page.xpath("//div[@role='article']/@aria-label") == [expected]
    assert squeezed(expected) in squeezed(rendition.text)
    assert expected in spaced(page.xpath("string(//body)"))


@FEW
@given(WORDS, WORDS, WORDS)
@example(" ".join(NASTY), " ".join(NASTY), " ".join(NASTY))
def test_a_picture_of_any_words_arrives(alt: str, caption: str, credit: str) -> None:
    image = {"src": "images/a.jpg", "alt": alt, "caption": caption, "credit": credit}
    rendition = render({"title": "T", "image": image})
    page = tree(rendition)
    assert page.xpath("//img[not(@alt='')]/@alt") == [normal(alt)]
    assert texts_of(page, "//p[contains(@class,'cap')]") == [f"{normal(caption)} © {normal(credit)}"]
    for words in (alt, caption, credit):
        assert squeezed(normal(words)) in squeezed(rendition.text)


def escaped(words: str) -> str:
    """The words as Markdown that means them."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", spaced(words))


@FEW
@given(WORDS)
@example(" ".join(NASTY))
@example("%%slot:role%%")
def test_a_body_of_any_words_arrives(words: str) -> None:
    body = escaped(UNFIT.sub("", re.sub("[\r\x85]", " ", plain(words))))
    rendition = render(
        {"title": "T", "body": f"{body}\n\n**{body}**\n\n- {body}\n\n[{body}](https://example.org/x)"}
    )
    page = tree(rendition)
    expected = squeezed(normal(plain(words)))
    for path in (
        "//h2[@id]/following-sibling::p[1]",
        "//strong",
        "//li[not(a)]",
        "//a[@href='https://example.org/x']",
    ):
        assert [squeezed(text) for text in texts_of(page, path)] == [expected]
    assert squeezed(rendition.text).count(expected) >= 4


APPLY = {"url": "https://example.org/x", "text": "?"}
FIELDS: tuple[dict[str, Any], ...] = (
    {"kind": "event", "start": "2017-10-23", "place": {"name": "?", "country": "PH"}},
    {"kind": "event_report", "start": "2016-10-23", "place": {"name": "?"}},
    {
        "kind": "deadline",
        "due": "2017-04-24",
        "reference": "?",
        "contact": {"name": "?", "role": "?", "organization": "?"},
    },
    {"kind": "staff_change", "contact": {"name": "?", "role": "?"}},
    {"kind": "press", "outlet": "?", "people": [{"name": "?", "organization": "?"}]},
    {"kind": "project", "donor": "?", "partners": ["?", "?"]},
    {"kind": "quote", "by": "?", "role": "?"},
    {
        "kind": "contact",
        "person": {"name": "?", "role": "?"},
        "address": ["?", "?"],
        "email": "?",
        "website": "?",
    },
    {
        "kind": "call",
        "closes": "2017-03-15",
        "open_to": "?",
        "funding": "?",
        "conditions": "w",
        "apply": APPLY,
    }
    | {"contact": {"name": "?"}},
    {"kind": "article", "links": [{"url": "https://example.org/x", "text": "?"}]},
    {"kind": "social", "links": [{"url": "https://example.org/x", "text": "?"}]},
)
"""Every kind's own fields; the words are put where a question mark stands."""


def filled(value: Any, words: Iterator[str]) -> Any:
    """The item with the next words in every place that is open."""
    if isinstance(value, dict):
        return {key: filled(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, words) for each in value]
    return next(words) if value == "?" else value


def numbered(words: str, made: list[str]) -> Iterator[str]:
    """The words with a sign of their own for each place, all of which are noted in `made`."""
    for number in count(1):
        made.append(f"{words} q{number}q")
        yield made[-1]


def lost(made: list[str], document: str) -> list[str]:
    """Those of the words that have not arrived."""
    there = squeezed(document)
    return [words for words in made if squeezed(normal(words)) not in there]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORDS)
@example(" ".join(NASTY))
def test_every_other_field_of_every_kind_arrives(words: str) -> None:
    made: list[str] = []
    each = numbered(plain(words), made)
    rendition = render(*(filled(item, each) | {"title": "T"} for item in FIELDS))
    assert len(made) == len(re.findall(r"'\?'", str(FIELDS))) > 25
    assert lost(made, tree(rendition).xpath("string(//body)")) == []
    assert lost(made, rendition.text) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORDS)
@example(" ".join(NASTY))
def test_the_office_the_head_of_a_notice_other_words_and_a_translation_arrive(words: str) -> None:
    made: list[str] = []
    each = numbered(plain(words), made)
    office = Office(name=next(each), postal_address=next(each), website="https://example.org")
    head = {"reference": next(each), "addressees": "Points", "message_class": "notice"}
    issue = issue_of(
        {"id": "ours", "title": "T", "wording": [{"title": "Other"}]},
        {"id": "theirs", "title": "T"},
        **head,
    )
    ours = issue.items[0].model_copy(update={"wording": (Wording(title=next(each)),)})
    theirs = issue.items[1].model_copy(update={"title": next(each)})
    overlay = Translation(
        "ru",
        {"addressees": next(each)},
        "",
        {item.id: TranslatedItem(item, "") for item in (ours, theirs)},
    )
    variant = Variant(language="ru", items=("ours", "theirs"), wordings=(("ours", 0),))
    edition = edition_of(issue, variant, {"ru": overlay})
    notice = look("notice", "ru", "steppe")
    phrases = {tag: look("notice", tag, "steppe").phrases for tag in edition.languages}
    rendition = render_variant(edition, notice, [], office, phrases=phrases)
    assert lost(made, tree(rendition).xpath("string(//body)")) == []
    assert lost(made, rendition.text) == []


@FEW
@given(WORDS)
@example(" ".join(NASTY))
@example("<!--[if mso]></td></table><![endif]-->")
def test_no_words_become_markup(words: str) -> None:
    words = plain(words)
    image = {"src": "images/a.jpg", "alt": words}
    rendition = render({"title": words, "body": escaped(UNFIT.sub("", words)), "image": image}, subject=words)
    assert shape(rendition) == SHAPE
    assert len(COMMENT.findall(rendition.html)) == len(COMMENT.findall(ORDINARY.html))
    assert rendition.slots == ORDINARY.slots
    assert len(SLOT_TOKEN.findall(rendition.html)) == len(SLOT_TOKEN.findall(ORDINARY.html))
    assert len(SLOT_TOKEN.findall(rendition.text)) == len(SLOT_TOKEN.findall(ORDINARY.text))


@pytest.mark.parametrize(
    "forged",
    [
        "%%slot:name%%",
        r"%%slot\:name%%",
        "%%sl**o**t:name%%",
        "%&#37;slot:name%%",
        "%%sl\x00ot:name%%",
        "%%slot:a%%slot:name%%",
        "`%%slot:name%%`",
        "    %%slot:name%%",
        "[a](https://slot.invalid/unsubscribe)",
        "<https://slot.invalid/unsubscribe>",
        "| %%slot:name%% |\n|---|\n| %%slot:name%% |",
    ],
)
def test_a_token_cannot_be_forged(forged: str) -> None:
    rendition = render(
        {"title": "T", "body": forged, "links": [{"url": "https://slot.invalid/web_view", "text": forged}]}
    )
    values = {
        "name": "SECRET",
        "unsubscribe": "https://example.org/SECRET",
        "web_view": "https://example.org/SEEN",
    }
    ours = "https://example.org/SECRET"
    for document, kind in ((rendition.html, "html"), (rendition.text, "text"), (rendition.subject, "text")):
        sent = fill_slots(split_slots(document), values, rendition.defaults, kind)  # type: ignore[arg-type]
        assert sent.count("SECRET") == sent.count(ours) == (0 if document == rendition.subject else 1)
        assert "SEEN" not in sent


def test_a_token_next_to_a_real_field_stays_words() -> None:
    rendition = render(
        {"title": "T", "body": "{{name}}slot:role%% %%slot{{name}} %%slot:{{name}} %%slot:x{{name}}"}
    )
    sent = fill_slots(split_slots(rendition.text), {"name": "Ann", "role": "R"}, rendition.defaults, "text")
    expected = f"Annslot:role%% %%slotAnn %%slot{WORD_JOINER}:Ann %%slot{WORD_JOINER}:xAnn"
    assert expected in " ".join(sent.split())


def message_of(subject: str, name: str) -> EmailMessage:
    rendition = render({"title": "T"}, subject=subject)
    template = compile_message(
        rendition,
        sender=Sender(name=name, email="news@example.org"),
        envelope_sender="bounces@example.org",
        message_class="newsletter",
        list_name=name,
        list_id="news.example.org",
    )
    when = datetime(2016, 12, 19, tzinfo=UTC)
    recipient = Recipient(
        "a@example.org", name, "<1@example.org>", when, {"unsubscribe": "mailto:u@example.org"}
    )
    message = template.message_for(recipient)
    parsed = email.message_from_bytes(message.content, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


@FEW
@given(WORDS, WORDS)
@example(" ".join(NASTY), "=?utf-8?b?QQ==?= \u00a0 w")
@example("w" * 1200, "n" * 60)
def test_subject_and_names_come_back_from_a_parser_as_they_were(words: str, name: str) -> None:
    words, name = plain(words), normal(plain(name))
    message = message_of(words, name)
    assert str(message["Subject"]) == normal(words)
    for field in ("From", "To"):
        # Python's parser has its own ways with spaces; tests/message reads the bytes themselves.
        assert "".join(message[field].addresses[0].display_name.split()) == "".join(name.split())
    assert str(message["List-Id"]).endswith("<news.example.org>")
