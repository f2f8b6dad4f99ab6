"""Html as Markdown: what a reader sees stays, and nobody's words turn into marks."""

from __future__ import annotations

import re
import unicodedata
from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from mailer.contribution.critic import IN_CLOSE, IN_OPEN, OUT_CLOSE, OUT_OPEN
from mailer.contribution.deciding import decided
from mailer.contribution.escaping import address, plain
from mailer.contribution.markup import markdown_of
from mailer.errors import MailerError
from mailer.model.slots import FIELD
from mailer.model.undecided import undecided_in
from mailer.render.markdown import markdown_html


def seen(html: str) -> str:
    """The words that one sees, without white space."""
    if not html.strip():
        return ""
    words = lxml_html.document_fromstring(f"<body>{html}").text_content()
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words).replace("\u2212", "-"))


def through(html: str) -> str:
    return seen(str(markdown_html(markdown_of(html))))


SIGNS = "ab1 .,:;!?()[]{}<>*_~`|#&+-=\\/\"'é\u00a0ж\u0628"
words = st.text(st.sampled_from(SIGNS), min_size=0, max_size=12).map(escape)
marked = st.recursive(
    words,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.tuples(st.sampled_from(["strong", "em", "b", "i", "s", "sup", "sub", "span"]), inner).map(
            lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
        ),
        inner.map(lambda text: f'<a href="https://example.org/x_(y)?a=1&amp;b=*">{text}</a>'),
        st.just("<br>"),
    ),
    max_leaves=8,
)
blocks = st.recursive(
    st.one_of(
        marked.map(lambda text: f"<p>{text}</p>"),
        st.tuples(st.integers(1, 6), marked).map(lambda pair: f"<h{pair[0]}>{pair[1]}</h{pair[0]}>"),
        st.lists(st.lists(marked, min_size=1, max_size=3), min_size=1, max_size=3).map(
            lambda rows: (
                "<table>"
                + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
                + "</table>"
            )
        ),
    ),
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["ul", "ol", "ol start=3"]), st.lists(st.lists(inner, max_size=2), max_size=3)
        ).map(
            lambda pair: (
                f"<{pair[0]}>"
                + "".join(f"<li>{''.join(item)}</li>" for item in pair[1])
                + f"</{pair[0].split()[0]}>"
            )
        ),
        st.lists(inner, max_size=3).map(lambda parts: f"<blockquote>{''.join(parts)}</blockquote>"),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(blocks)
@example("<p>1. <b>*</b></p>")
@example("<p>a<b>b,</b>c <i>d</i><b>e</b></p>")
@example("<ul><li>a</li></ul><ul><li>b</li></ul>")
@example("<p>a<br>---</p><p>a | b<br>--- | ---</p>")
@example("<h2>a ##</h2>")
def test_what_is_seen_stays_the_same(html: str) -> None:
    assert through(html) == seen(html)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from(SIGNS), max_size=30))
@example("{{country}}")
@example("{{country|all}} {++x++} {~~a~>b~~} {>>me: c<<} {--y--}")
def test_words_become_neither_marks_nor_fields(text: str) -> None:
    markdown = markdown_of(f"<p>{escape(text)}</p>")
    assert not FIELD.search(markdown)
    assert not list(undecided_in(markdown))
    html = str(markdown_html(markdown))
    assert not re.search(r"<(?!/?p>|br)", html)
    line = plain(text)
    assert not FIELD.search(line)
    assert not list(undecided_in(line))


pieces = st.lists(
    st.tuples(
        st.sampled_from(["", "in", "out"]),
        st.sampled_from(["", "strong", "em"]),
        st.text(st.sampled_from("ab ,.*"), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(pieces)
@example([("", "strong", "a"), ("in", "strong", " b"), ("", "", "c")])
@example([("", "strong", "a"), ("out", "strong", "b"), ("in", "", "c"), ("", "", "d")])
def test_changes_can_be_decided_either_way(parts: list[tuple[str, str, str]]) -> None:
    signs = {"": ("", ""), "in": (IN_OPEN, IN_CLOSE), "out": (OUT_OPEN, OUT_CLOSE)}
    html = ""
    for change, form, text in parts:
        opened, closed = signs[change]
        html += opened + (f"<{form}>{text}</{form}>" if form else text) + closed
    markdown = markdown_of(f"<p>{html}</p>", exact=True)
    accepted, _ = decided(markdown, "accept")
    rejected, _ = decided(markdown, "reject")
    for text, kept in ((accepted, ("", "in")), (rejected, ("", "out"))):
        expected = "".join(words for change, _, words in parts if change in kept)
        assert seen(str(markdown_html(text.strip()))) == re.sub(r"\s", "", expected)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Hello <b>there </b>and <i>here</i></p>", "Hello **there** and _here_"),
        ("<p>a<b>b,</b>c</p>", "a**b**,c"),
        ("<p>12 km<sup>2</sup>, the 4<sup>th</sup>, CO<sub>2</sub></p>", "12 km², the 4th, CO₂"),
        ("<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>", "- a\n  1. b\n  2. c\n- d"),
        ("<ol start=4><li>a</li></ol>", "4. a"),
        ("<p>one<br>two<br><br>three</p>", "one\\\ntwo\n\nthree"),
        (
            "<table><tr><th>a</th><th>b|c</th></tr><tr><td colspan=2>d</td></tr></table>",
            "| a | b\\|c |\n| --- | --- |\n| d |  |",
        ),
        (
            "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            "| a | b |\n| --- | --- |\n|  | c |",
        ),
        ("<table><tr><td><p>Only</p><p>looks</p></td></tr></table>", "Only\n\nlooks"),
        ("<p>x<script>alert(1)</script><style>p{}</style><span hidden>y</span></p>", "x"),
        ('<p><a href="mailto: a @example.org">write</a></p>', "[write](mailto:a@example.org)"),
        ('<p><a href="https://example.org/a_b">https://example.org/a_b</a></p>', "<https://example.org/a_b>"),
        ("<p>1. May</p><p># 5</p><p>- no</p><p>2017.</p>", "1\\. May\n\n\\# 5\n\n\\- no\n\n2017\\."),
        ("<p>Dr_Name a_b *star* ~ 200</p>", "Dr_Name a_b \\*star\\* ~ 200"),
        ("", ""),
    ],
)
def test_markdown_is_written_as_a_person_would(html: str, markdown: str) -> None:
    assert markdown_of(html) == markdown


def test_a_change_within_bold_words_stays_within_them() -> None:
    html = f"<p><strong>by {OUT_OPEN}26{OUT_CLOSE}{IN_OPEN}24{IN_CLOSE} April</strong></p>"
    assert markdown_of(html, exact=True) == "**by {~~26~>24~~} April**"


def test_signs_of_changes_in_other_peoples_html_are_no_changes() -> None:
    assert markdown_of(f"<p>a{IN_OPEN}b{IN_CLOSE}&#xfdd0;c</p>") == "abc"


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "page.html", "//example.org", "http:"],
)
def test_links_that_a_mail_may_not_carry_are_told_and_leave_their_words(href: str) -> None:
    told: list[tuple[str, str]] = []
    markdown = markdown_of(
        f'<p>see <a href="{href}">this  page</a></p>', dropped=lambda href, words: told.append((href, words))
    )
    assert markdown == "see this page"
    assert told == [(href, "this page")]


def test_an_address_keeps_what_it_says_and_cannot_leave_its_brackets() -> None:
    assert address("https://example.org/a b(c)?x={{name}}&y=é") == (
        "https://example.org/a%20b%28c%29?x=%7B%7Bname%7D%7D&y=é"
    )


def test_pictures_are_handed_out_and_leave_the_words_that_are_given_for_them() -> None:
    asked: list[tuple[str, str]] = []

    def image(src: str, alt: str) -> str:
        asked.append((src, alt))
        return f"[{alt}]"

    assert markdown_of('<p>a <img src="cid:1" alt="Saiga"> b</p>', image) == "a \\[Saiga\\] b"
    assert asked == [("cid:1", "Saiga")]


def test_html_that_goes_very_deep_keeps_its_words() -> None:
    assert markdown_of("<div>" * 1000 + "deep" + "</div>" * 1000) == "deep"
    assert "deep" in markdown_of("<ul><li>" * 400 + "deep")


def test_html_that_goes_too_deep_is_refused_and_not_cut_off() -> None:
    with pytest.raises(MailerError, match="nested too deep"):
        markdown_of("<div>" * 3000 + "deep" + "</div>" * 3000)
