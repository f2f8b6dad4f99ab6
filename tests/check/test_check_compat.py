"""What a mail uses, what mail programs lack, and what their readers see instead."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from compat_pages import Page, chosen_pages, every_page, read_page
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.check.compat import (
    FALLBACKS,
    Fallback,
    State,
    failing_in,
    judge,
    support_table,
    together,
    unbalanced,
    used_features,
)
from mailer.check.compat.declarations import FAMILIES, FUNCTIONS, LONGHANDS, WORDS
from mailer.check.compat.docs import page
from mailer.check.compat.markup import ATTRIBUTES, ELEMENTS, FORMATS
from mailer.check.compat.partial import NOTES
from mailer.check.compat.pictures import picture_kinds
from mailer.check.compat.sheets import AT_RULES, QUERIES
from mailer.check.compat.word import holds, word_view
from mailer.errors import MailerError
from tools.derive_support import newest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "mailer" / "check" / "data"
TABLE = support_table()


def features(html: str) -> set[str]:
    return {use.slug for use in used_features(html)}


def traits(html: str, slug: str) -> set[str]:
    return {use.trait for use in used_features(html) if use.slug == slug}


def lost(html: str, *names: str, kinds: dict[str, str] | None = None) -> dict[str, set[str]]:
    """Program → features that it loses."""
    verdicts = judge(used_features(html, kinds), TABLE.named(names), TABLE).verdicts
    return {v.client.name: {lack.use.slug for lack in v.failing} for v in verdicts if v.failing}


def body(markup: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{markup}</body></html>"


# The data.


def test_the_data_says_where_it_is_from_and_under_which_licence() -> None:
    raw = json.loads((DATA / "support.json").read_text(encoding="utf-8"))
    notice = (DATA / "NOTICE.md").read_text(encoding="utf-8")
    assert re.fullmatch(r"202\d-\d\d-\d\d", raw["date"])
    assert raw["source"] == "https://www.caniemail.com"
    assert "NOTICE.md" in raw["notice"]
    for words in ("MIT License", "HTeuMeuLeu", "Rémi Parmentier", "Permission is hereby granted", "AS IS"):
        assert words in notice
    assert raw["package"].split()[1] in notice


def test_the_data_is_whole_and_small() -> None:
    assert (DATA / "support.json").stat().st_size < 150_000
    assert len(TABLE.features) == 307
    assert (len(TABLE.clients), len(TABLE.too_little)) == (41, 7)
    every = (*TABLE.clients, *TABLE.too_little)
    assert all(len(feature.answers) == len(every) for feature in TABLE.features.values())
    letters = {a.letter for feature in TABLE.features.values() for a in feature.answers}
    assert letters == {"y", "n", "a", "u"}


@pytest.mark.parametrize(
    ("slug", "answers"),
    [
        ("css-border-radius", {"outlook.windows": "n", "gmail.desktop-webmail": "y", "apple-mail.ios": "y"}),
        ("image-webp", {"outlook.windows": "n", "outlook.outlook-com": "y", "gmail.desktop-webmail": "a"}),
        ("html-srcset", {"outlook.windows": "n", "apple-mail.ios": "y", "yahoo.desktop-webmail": "n"}),
        ("css-max-width", {"outlook.windows": "a", "gmail.desktop-webmail": "y"}),
        ("css-rgba", {"outlook.windows": "n", "gmail.desktop-webmail": "a", "yahoo.desktop-webmail": "a"}),
    ],
)
def test_cells_that_are_known_from_elsewhere_are_as_they_should_be(
    slug: str, answers: dict[str, str]
) -> None:
    clients = {client.name: client for client in TABLE.clients}
    assert {name: TABLE.answer(slug, clients[name]).letter for name in answers} == answers


@pytest.mark.parametrize(
    ("client", "answers", "expected"),
    [
        ("gmail.ios", {"2019-02": "n", "2022-12": "y", "2021-01": "a #1"}, "y"),
        ("outlook.windows", {"2007": "n", "2019": "a #1 #4", "2003": "y"}, "a.1.4"),
        ("outlook.macos", {"2011": "y", "2016": "y", "16.80": "n"}, "n"),
        ("outlook.macos", {"16.80": "y", "2024-10": "a #4"}, "a.4"),
        ("outlook.macos", {"2024-01": "n", "16.98": "y"}, "y"),
        ("outlook.android", {"2021-09": "y", "5.2543.1": "a #3"}, "a.3"),
        ("apple-mail.ios", {"12.1": "y", "2024-10": "a #4"}, "a.4"),
        ("apple-mail.macos", {"9": "n", "10.3": "y"}, "y"),
    ],
)
def test_the_newest_version_of_a_program_counts(client: str, answers: dict[str, str], expected: str) -> None:
    assert newest(client, answers) == expected


def test_every_feature_that_we_name_is_one_of_caniemail() -> None:
    named = {*ELEMENTS.values(), *ATTRIBUTES.values(), *FUNCTIONS.values(), *WORDS.values()}
    named |= {*AT_RULES.values(), *QUERIES.values(), *LONGHANDS.values(), *(note.slug for note in NOTES)}
    named |= {row.slug for row in FALLBACKS} | {f"image-{name}" for name in FORMATS.values()}
    named |= {slug for _, slug in FAMILIES if "\\" not in slug}
    assert named - set(TABLE.features) == set()


@pytest.mark.parametrize("note", NOTES, ids=lambda note: f"{note.slug}-{note.number}")
def test_a_note_still_says_what_we_take_it_to_say(note) -> None:
    assert note.says in TABLE.features[note.slug].notes[note.number]


# The baseline: our own templates.


def _judged(pages: list[Page]) -> tuple[dict[str, list[str]], set[Fallback]]:
    missing: dict[str, list[str]] = {}
    used: set[Fallback] = set()
    for place in pages:
        rendition = read_page(place)
        uses = used_features(rendition.html, picture_kinds(rendition.pictures))
        for verdict in judge(uses, TABLE.clients, TABLE).verdicts:
            used |= set(verdict.fallbacks)
            for lack in verdict.failing:
                name = f"{lack.use.slug} {lack.use.trait}: {lack.use.words}, {place}"
                missing.setdefault(name, []).append(verdict.client.name)
    return missing, used


def test_our_templates_lose_nothing_anywhere_and_every_fallback_is_needed() -> None:
    missing, used = _judged(list(chosen_pages()))
    assert missing == {}
    assert set(FALLBACKS) - used == set()


@pytest.mark.slow
def test_no_template_theme_layout_or_direction_loses_anything_anywhere() -> None:
    missing, _ = _judged(list(every_page()))
    assert missing == {}


def test_every_fallback_is_said_once_and_in_words() -> None:
    uses = [(row.slug, row.trait) for row in FALLBACKS]
    assert len(set(uses)) == len(uses)
    assert all(len(row.instead.split()) > 1 and not row.instead.endswith(".") for row in FALLBACKS)


# What is found, and what is not.


@pytest.mark.parametrize(
    ("markup", "slug", "trait"),
    [
        ('<p style="margin: -4px">x</p>', "css-margin", "negative"),
        ('<p style="margin-left: auto">x</p>', "css-margin", "auto"),
        ('<td style="PADDING-TOP: 4px">x</td>', "css-padding", ""),
        ('<p style="display: flex">x</p>', "css-display-flex", ""),
        ('<p style="width: calc(100% - 3px)">x</p>', "css-unit-calc", ""),
        ('<p style="color: rgb(0 0 0 / 50%)">x</p>', "css-rgb", "without commas"),
        ('<p style="color: rgba(0,0,0,.5)">x</p>', "css-rgba", ""),
        ('<p style="background: url(a.png)">x</p>', "css-background-image", "no colour"),
        ('<p style="background: #fff url(a.png)">x</p>', "css-background-image", ""),
        ('<p style="font-size: 2rem">x</p>', "css-unit-rem", ""),
        ('<p style="--own: 1px">x</p>', "css-variables", ""),
        ('<p style="transform: none">x</p>', "css-transform", ""),
        ('<p style="overflow-x: scroll">x</p>', "css-overflow", "scrolling"),
        ('<p style="border-top-left-radius: 3px">x</p>', "css-border-radius", ""),
        ('<p style="font: 12px system-ui">x</p>', "css-sytem-ui", ""),
        ('<video src="a.mp4"></video>', "html-video", ""),
        ('<input type="checkbox">', "html-input-checkbox", ""),
        ('<a href="mailto:a@example.org?cc=b@example.org">x</a>', "html-mailto-links", "cc"),
        ('<a href="#here">x</a>', "html-anchor-links", "to an id"),
        ('<img src="a.webp" alt="">', "image-webp", ""),
        ('<img src="https://example.org/p/a.SVG?x=1#y" alt="">', "image-svg", ""),
        ('<img src="data:image/png;base64,xx" alt="">', "image-base64", ""),
        ('<table background="a.gif"></table>', "image-gif", ""),
        ('<ol reversed><li value="3">x</li></ol>', "html-lists", "reversed"),
        ("<!-- words --><p>x</p>", "html-comments", ""),
        ("<style>a:hover { color: red }</style>", "css-pseudo-class-hover", ""),
        ("<style>.a.b { color: red }</style>", "css-selector-chaining", ""),
        ("<style>p::before { color: red }</style>", "css-pseudo-element-before", ""),
        ("<style>td[class^=a] { color: red }</style>", "css-selector-attribute", "part"),
        ("<style>@font-face { src: url(a.woff) }</style>", "css-at-font-face", ""),
        ("<style>@media (hover) { p { color: red } }</style>", "css-at-media-hover", ""),
        ("<style>p { color: red }</style>", "html-style", "alone"),
        ("<style>.a { &:hover { color: red } }</style>", "css-nesting", ""),
        ('<p style="color: red!important">x</p>', "css-important", "no space"),
    ],
)
def test_what_is_used_is_found(markup: str, slug: str, trait: str) -> None:
    assert trait in traits(body(markup), slug)


@pytest.mark.parametrize(
    ("markup", "slug"),
    [
        ('<p style="text-transform: uppercase">transform: none</p>', "css-transform"),
        ("<p>cursor: pointer; position: absolute; &lt;video&gt;</p>", "css-cursor"),
        ("<p>&lt;video&gt;</p>", "html-video"),
        ('<img alt="a > b; <form> display: flex" src="a.png">', "html-form"),
        ('<img alt="a > b; <form> display: flex" src="a.png">', "css-display-flex"),
        ('<p title="target=_blank">x</p>', "html-target"),
        ("<p>x</p>", "html-body"),
        ("<!--[if mso]><p>x</p><![endif]-->", "html-comments"),
        ("<p style=\"font-family: 'display: flex'\">x</p>", "css-display-flex"),
        ('<a name="here"></a><a href="https://example.org/#here">x</a>', "html-anchor-links"),
        ('<p style="margin: 0 4px">x</p>', "css-unit-em"),
    ],
)
def test_what_only_looks_like_it_is_not(markup: str, slug: str) -> None:
    assert slug not in features(body(markup))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_no_html_makes_it_fail_and_no_word_in_the_text_counts(text: str) -> None:
    used_features(text)
    used_features(body(text, f"<style>{text}</style>"))
    words = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert features(body(f"<p>{words}</p>")) == features(body("<p></p>"))


# Who comes to see it.

FLEX = '<p style="display: flex">x</p>'


def test_what_stands_in_a_comment_for_outlook_counts_for_outlook_only() -> None:
    assert set(lost(body(f"<!--[if mso]>{FLEX}<![endif]-->"))) == {"outlook.windows", "outlook.windows-mail"}
    assert lost(body(f"<!--[if lte mso 11]>{FLEX}<![endif]-->")) == {}
    kept_away = lost(body(f"<!--[if !mso]><!-->{FLEX}<!--<![endif]-->"))
    assert "gmail.android" in kept_away
    assert "outlook.windows" not in kept_away


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("mso", True),
        ("!mso", False),
        ("mso | IE", True),
        ("IE", False),
        ("gte mso 9", True),
        ("lt mso 12", False),
        ("mso 16", True),
        ("(gte mso 9)|(IE)", True),
        ("(gt mso 14)&(lte mso 16)", True),
        ("gt mso 14 & lt mso 16", False),
        ("vml", True),
        ("something new", True),
    ],
)
def test_a_condition_is_read_as_outlook_reads_it(condition: str, expected: bool) -> None:
    assert holds(condition) is expected
    assert ("inside" in word_view(f"<!--[if {condition}]>inside<![endif]-->")) is expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<!--[if mso]><b><![endif]--><!--[if !mso]><!-->x<!--<![endif]-->", ""),
        ("<!-- words --><p>[if mso]</p>", ""),
        ("<!--[if mso]><b>", "<!--[if mso]> that is never closed"),
        ("<p></p><![endif]-->", "<![endif]--> that closes nothing"),
        ("<!--[if mso]><!--[if mso]>x<![endif]-->", "<!--[if mso]> inside <!--[if mso]>"),
        ("<!--[if !mso]><!-->x<![endif]-->", "<![endif]--> after <!--[if !mso]><!-->"),
        ("<!--[if mso>x<![endif]-->", "<!--[if mso>"),
    ],
)
def test_a_torn_comment_for_outlook_is_found(html: str, expected: str) -> None:
    assert unbalanced(html) == expected


def test_what_stands_behind_a_gate_counts_only_for_those_who_pass_it() -> None:
    dark = "<style>@media (prefers-color-scheme: dark) { .a { animation: none } }</style>"
    plain = "<style>@media (min-width: 1px) { .a { animation: none } }</style>"
    assert "css-animation" not in lost(body("", dark)).get("gmail.desktop-webmail", set())
    assert "css-animation" in lost(body("", plain))["gmail.desktop-webmail"]
    assert "css-animation" not in lost(body("", plain)).get("gmail.mobile-webmail", set())


def test_what_is_for_darkened_mail_counts_for_those_that_mark_it() -> None:
    marked = "<style>[data-ogsc] .a { animation: none }</style>"
    assert {name for name, slugs in lost(body("", marked)).items() if "css-animation" in slugs} <= {
        "outlook.outlook-com",
        "outlook.ios",
        "outlook.android",
        "outlook.macos",
    }


def test_a_note_counts_only_where_it_is_about_that_way_of_using_it() -> None:
    assert lost(body('<p style="margin: 0 0 14px">x</p>')) == {}
    assert "gmail.ios" in lost(body('<p style="margin: -4px">x</p>'))
    assert lost(body('<a href="mailto:a@example.org">x</a>')) == {}
    assert "orange.desktop-webmail" in lost(body('<a href="mailto:a@example.org?cc=b@example.org">x</a>'))


def test_a_block_with_a_max_width_needs_a_table_for_word() -> None:
    block = '<div style="max-width:600px">x</div>'
    assert "css-max-width" in lost(body(block))["outlook.windows"]
    ghost = '<!--[if mso | IE]><table width="600"><tr><td><![endif]-->'
    end = "<!--[if mso | IE]></td></tr></table><![endif]-->"
    assert lost(body(ghost + block + end)) == {}


def test_a_moving_picture_is_lost_where_programs_stand_still() -> None:
    moving = body('<img src="cid:a" alt="" width="10">')
    assert set(lost(moving, kinds={"a": "image/gif; animated"})) == {"outlook.windows"}
    assert lost(moving, kinds={"a": "image/gif"}) == {}


def test_the_score_is_the_share_of_programs_in_which_nothing_is_lost() -> None:
    wanted = TABLE.named(["outlook.windows", "apple-mail"])
    found = judge(used_features(body('<img src="a.webp" alt="">')), wanted, TABLE)
    assert [v.state for v in found.verdicts] == [State.WORKS, State.WORKS, State.FAILS]
    assert (found.working, found.score) == (2, 66)
    uses = used_features(body('<img src="a.webp" alt="">'))
    assert failing_in(uses, wanted) == {"outlook.windows"}


def test_versions_are_taken_together_and_each_lack_is_named_once() -> None:
    wanted = TABLE.named(["outlook.windows"])
    pages = [body(f'<img src="{name}.webp" alt=""><a href="#{name}">x</a>') for name in "ab"]
    both = together(judge(used_features(html), wanted, TABLE) for html in (*pages, body("<p>x</p>")))
    assert [(lack.use.slug, lack.use.words) for lack in both.verdicts[0].failing] == [
        ("html-anchor-links", '<a href="#a">'),
        ("image-webp", "<img a.webp>"),
    ]
    assert (both.working, both.score) == (0, 0)


def test_a_family_or_a_platform_may_be_named_and_nothing_else() -> None:
    assert {c.family for c in TABLE.named(["gmail"])} == {"gmail"}
    assert [c.name for c in TABLE.named(["gmail.ios"])] == ["gmail.ios"]
    assert TABLE.named([]) == TABLE.clients
    with pytest.raises(MailerError) as caught:
        TABLE.named(["gmial"])
    assert "gmial" in caught.value.message
    assert 'Did you mean "gmail"?' in caught.value.hint
    with pytest.raises(MailerError, match="Too little is known"):
        TABLE.named(["rainloop"])


def test_the_page_of_mail_programs_is_current() -> None:
    assert (ROOT / "docs" / "mail-programs.md").read_text(encoding="utf-8") == page()
