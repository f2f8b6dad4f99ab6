"""Mails that say one thing as plain text and another as html: no word is lost unseen, whatever is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.contribution.mail_choice import words_only_in
from mailer.contribution.mail_letters import decoded
from mailer.contribution.markup import markdown_of
from mailer.contribution.quoted import cut_off
from mailer.contribution.reading import read_contribution
from mailer.errors import ProblemsError
from mailer.model.contribution import Contribution, Doubt
from mailer.model.finding import Severity

HEAD = "From: Ana <a@example.org>\nSubject: Saiga\nMIME-Version: 1.0\n"


def part(kind: str, words: str) -> str:
    return f"--B\nContent-Type: {kind}; charset=utf-8\n\n{words}\n"


def mail(kind: str, *parts: str) -> bytes:
    return f"{HEAD}Content-Type: multipart/{kind}; boundary=B\n\n{''.join(parts)}--B--\n".encode()


def read(content: bytes) -> Contribution:
    [found] = read_contribution(content, "a.eml")
    return found


def body(found: Contribution) -> str:
    return "\n\n".join(piece.body for piece in found.pieces)


def told(found: Contribution, rule: str) -> list[Doubt]:
    return [doubt for doubt in found.doubts if doubt.rule == rule]


@pytest.mark.parametrize(
    ("text", "html", "taken", "besides"),
    [
        (
            "Your mail program cannot show HTML.",
            "<p>All about saiga.</p>",
            "All about saiga.",
            "Your mail program cannot show HTML",
        ),
        ("First.", "<p>First.</p><p>It is <b>not</b> open.</p>", "First.\n\nIt is **not** open.", ""),
        (
            "Days and numbers",
            "<table><tr><td>Days</td><td>and</td></tr><tr><td>numbers</td><td></td></tr></table>",
            "| Days | and |\n| --- | --- |\n| numbers |  |",
            "",
        ),
        ("We come on 24 April.", "<p>We come on 26 April.</p>", "We come on 26 April.", "24"),
    ],
)
def test_the_form_that_says_more_is_taken_and_words_of_the_other_are_told(
    text: str, html: str, taken: str, besides: str
) -> None:
    found = read(mail("alternative", part("text/plain", text), part("text/html", html)))
    assert body(found) == taken
    [doubt] = told(found, "import.choice")
    assert doubt.words == besides
    assert doubt.severity is (Severity.WARN if besides else Severity.NOTE)


def test_a_long_text_is_taken_and_what_only_the_html_says_and_links_is_told() -> None:
    text = " ".join(f"word{number}" for number in range(60))
    html = "<p>word1 <a href='https://example.org/r'>Bonn</a></p>"
    found = read(mail("alternative", part("text/plain", text), part("text/html", html)))
    assert body(found) == text
    assert told(found, "import.choice")[0].words == "Bonn https://example.org/r"


def test_text_and_html_that_stand_one_below_the_other_are_both_taken() -> None:
    both = (part("text/plain", "Only a greeting."), part("text/html", "<p>All about saiga.</p>"))
    found = read(mail("mixed", *both))
    assert (body(found), found.doubts) == ("Only a greeting.\n\nAll about saiga.", ())


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<div style='display: none'>unseen</div>", "unseen"),
        ("<p hidden>un<b>seen</b></p>", "un seen"),
        ("<textarea>written</textarea>", "written"),
        ("<select><option>one</option><option>two</option></select>", "one two"),
        ("<svg><style>p{}</style><text>drawn</text></svg>", "drawn"),
        ("<noscript>shown to all</noscript>", "shown to all"),
    ],
)
def test_words_of_html_that_are_left_out_are_told(html: str, words: str) -> None:
    found = read(mail("mixed", part("text/html", f"<title>x</title><p>Words.</p>{html}")))
    assert body(found) == "Words."
    assert [doubt.words for doubt in told(found, "import.hidden")] == [words]


def test_scripts_and_hidden_words_that_the_text_has_too_are_nothing_to_tell() -> None:
    html = "<style>p{}</style><script>x()</script><div hidden>of ours</div><p>Words of ours.</p>"
    assert read(mail("mixed", part("text/html", html))).doubts == ()


def test_hyphens_between_paragraphs_and_long_texts_below_them_are_no_signature() -> None:
    long = "\n".join(f"line {number}" for number in range(20))
    for text in ("Hello\n\n--\n\nMore of it.", f"Hello\n\n--\n{long}", f"Hello\n\n-- \n{'word ' * 250}end"):
        assert cut_off(text) == (text, ())
    assert read(f"{HEAD}\nHello\n-- \n{long}\n".encode()).pieces[0].title == "Saiga"
    kept, [cut] = cut_off(f"Hello\n\n--\n{long}\n\n-- \nAna\nOffice")
    assert kept.endswith("line 19")
    assert cut.words == "-- \nAna\nOffice"


def test_what_is_cut_off_and_not_shown_whole_is_said() -> None:
    found = read(f"{HEAD}\nWords.\n\n> {'old ' * 2_000}end\n".encode())
    [doubt] = told(found, "import.quotation")
    assert "8,005 signs; the first 4,000 are shown here" in doubt.message
    assert len(doubt.words) == 4_000


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr>" + "<td>a" * 10_000 + "<tr><td>b" * 20_000 + "</table>",
        "<table><tr><td>a<td>b" + "<tr><td rowspan=100 colspan=100>x<td>y" * 10_000 + "</table>",
    ],
)
def test_a_table_that_no_item_holds_is_refused_with_what_to_do(html: str) -> None:
    with pytest.raises(ProblemsError, match="20,000 places") as refused:
        read(mail("mixed", part("text/html", html)))
    assert refused.value.problems[0].hint


def test_a_cell_over_all_columns_is_as_wide_as_its_table() -> None:
    html = "<table><tr><td colspan=100>Title</td></tr><tr><td>a</td><td>b</td></tr></table>"
    assert markdown_of(html) == "| Title |  |\n| --- | --- |\n| a | b |"


def test_merged_cells_leave_empty_places_in_each_row_they_reach() -> None:
    rows = "<tr><td rowspan=3>a<td>b<td rowspan=2>c<tr><td>d<tr><td colspan=2>e<tr><td>f<td>g<td>h"
    assert markdown_of(f"<table>{rows}</table>").split("\n")[2:] == [
        "|  | d |  |",
        "|  | e |  |",
        "| f | g | h |",
    ]


def test_many_line_breaks_are_read() -> None:
    assert markdown_of("<p>" + "<br>" * 100_000 + "end") == "end"


@pytest.mark.parametrize(
    ("charset", "content", "words", "is_certain"),
    [
        ("utf-8", "Сайга".encode(), "Сайга", True),
        ("", "Сайга".encode(), "Сайга", True),
        ("koi8-r", "Сайга".encode("koi8-r"), "Сайга", True),
        ("iso-8859-1", "“déjà”".encode("cp1252"), "“déjà”", True),
        ("iso-8859-1", "déjà".encode(), "déjà", False),
        ("gb2312", "联通".encode("gbk"), "联通", True),
        ("iso-2022-jp", "日本".encode("iso2022_jp"), "日本", True),
        ("utf-16", "Saiga".encode("utf-16"), "Saiga", True),
        ("utf-16le", "Saiga, again".encode("utf-16-le"), "Saiga, again", True),
        ("utf-16", b"Saiga, again", "Saiga, again", False),
        ("utf-16", "Сайга".encode(), "Сайга", False),
        ("utf-7", b"a+AHs-b", "a+AHs-b", False),
        ("unicode_escape", rb"a \x41", r"a \x41", False),
        ("rot13", b"abc", "abc", False),
        ("cp037", b"abc", "abc", False),
        ("punycode", "é".encode(), "é", False),
    ],
)
def test_only_charsets_that_mails_are_written_in_are_believed(
    charset: str, content: bytes, words: str, is_certain: bool
) -> None:
    assert decoded(content, charset) == (words, is_certain)


@given(
    st.binary(max_size=40), st.sampled_from(["", "utf-16", "latin1", "big5", "iso-2022-jp", "x\0", "zlib"])
)
def test_any_bytes_are_words(content: bytes, charset: str) -> None:
    decoded(content, charset)[0].encode("utf-8", "surrogatepass")


WORDS = st.lists(st.sampled_from(["a", "b", "c", "ü"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_words_that_only_one_has_are_all_there_and_no_others(one: str, other: str) -> None:
    more = [word for word in words_only_in(one, other).split() if word != "…"]
    assert sorted([*more, *other.split()]) == sorted(
        [*one.split(), *[word for word in words_only_in(other, one).split() if word != "…"]]
    )


def test_marks_case_and_addresses_are_no_words() -> None:
    assert (
        words_only_in("**Sai**ga [here](https://example.org/a), m² 1\\. May", "SAIGA HERE, m2 1. may") == ""
    )
