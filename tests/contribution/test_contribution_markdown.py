"""Markdown and plain text: cut at the highest headings, otherwise left as it is; what is unsure is told."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.contribution.markdown import read_markdown
from mailer.contribution.reading import read_contribution
from mailer.errors import ProblemsError
from mailer.model.contribution import Contribution, Doubt
from mailer.model.finding import Severity

JPEG = b"\xff\xd8\xff" + b"x" * 100


def read(text: str, **beside: bytes) -> Contribution:
    files = {name.replace("__", "/").replace("_", "."): content for name, content in beside.items()}
    return read_markdown(text.encode(), "texts.md", beside=files.get)


def bodies(text: str) -> list[tuple[str, str]]:
    return [(piece.title, piece.body) for piece in read(text).pieces]


def doubts(found: Contribution, rule: str) -> list[Doubt]:
    return [doubt for doubt in found.doubts if doubt.rule == rule]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("# One\n\nA.\n\n# Two\nB.\n", [("One", "A."), ("Two", "B.")]),
        ("One\n===\n\nA.\n\nTwo\n===\n\nB.", [("One", "A."), ("Two", "B.")]),
        ("One\n---\n\nA.\n\n### Sub\n\nB.", [("One", "A.\n\n### Sub\n\nB.")]),
        ("Before.\n\n## One ##\n\nA.", [("", "Before."), ("One", "A.")]),
        ("No heading at all.", [("", "No heading at all.")]),
        ("# One\n\n```\n# No heading\n```\n\n    # nor here\n\n> # nor here\n", None),
        ("# One\n\n~~~\n# Two\n\n# Three", None),
        ("# One\r\n\r\nA\r\nb.\r\n", [("One", "A\nb.")]),
        ("# *One* `two` & [three](https://example.org) \\# four\n\nA.", [("One two & three # four", "A.")]),
        ("#One is no heading", [("", "#One is no heading")]),
        ("# \n\nA.", [("", "A.")]),
    ],
)
def test_it_is_cut_at_the_highest_headings(text: str, pieces: list[tuple[str, str]] | None) -> None:
    if pieces is None:
        [(title, body)] = bodies(text)
        assert (title, body) == ("One", text.removeprefix("# One\n\n").rstrip("\n"))
    else:
        assert bodies(text) == pieces


def test_a_piece_says_where_it_begins_and_how_high_its_heading_is() -> None:
    found = read("Above.\n\n## One\n\nA.\n\nTwo\n---\n\nB.")
    assert [(piece.place, piece.level) for piece in found.pieces] == [
        ("line 1", 1),
        ("line 3", 2),
        ("line 7", 2),
    ]


def test_a_link_keeps_its_address_where_that_stands_in_another_piece() -> None:
    one, two = read(
        "# One\n\nSee [the page][p] and `[p]`.\n\n# Two\n\nB.\n\n[P]: https://example.org 'It'"
    ).pieces
    assert one.body.endswith("\n\n[P]: https://example.org 'It'")
    assert two.body == "B.\n\n[P]: https://example.org 'It'"


def test_pictures_beside_the_file_become_photos_and_leave_the_text() -> None:
    found = read(
        'Text ![A saiga](./saiga.jpg "Two of them") here.\n\n![](images/b.jpg)\n\nEnd.\n\n\n\n    code',
        saiga_jpg=JPEG,
        images__b_jpg=JPEG + b"2",
    )
    [piece] = found.pieces
    assert [(photo.name, photo.alt, photo.caption) for photo in piece.photos] == [
        ("saiga.jpg", "A saiga", "Two of them"),
        ("b.jpg", "", ""),
    ]
    assert piece.photos[1].content == JPEG + b"2"
    assert piece.body == "Text here.\n\nEnd.\n\n\n\n    code"
    assert found.doubts == ()


@pytest.mark.parametrize(
    "src",
    [
        *(
            "../x.jpg",
            "/etc/passwd",
            "a/../../x.jpg",
            "a\\x.jpg",
            "~/x.jpg",
            "%2e%2e/x.jpg",
            ".git/config",
            "a%00b.jpg",
        ),
        *(
            "https://example.org/x.jpg",
            "//example.org/x.jpg",
            "file:///x.jpg",
            "data:image/png;base64,AA==",
            "no.jpg",
        ),
    ],
)
def test_a_picture_from_anywhere_else_stays_in_the_text_as_a_doubt(src: str) -> None:
    asked: list[str] = []
    found = read_markdown(f"# One\n\n![x]({src})".encode(), "a.md", beside=asked.append)
    assert found.pieces[0].photos == ()
    assert src in found.pieces[0].body
    [doubt] = doubts(found, "import.picture")
    assert (doubt.piece, doubt.place, doubt.severity) == (0, "line 3", Severity.WARN)
    assert doubt.hint
    assert asked in ([], ["no.jpg"])


@pytest.mark.parametrize(
    "src",
    ["IMG_2016 (3).jpg", "a(b(c)).jpg", "a(b.jpg"],
)
def test_a_picture_may_have_blanks_and_parentheses_in_its_name(src: str) -> None:
    written = src.replace(" ", "%20").replace("(b.", r"\(b.")
    found = read_markdown(f"![x]({written}) and\n".encode(), "a.md", beside={src: JPEG}.get)
    assert (len(found.pieces[0].photos), found.pieces[0].body) == (1, " and")
    assert found.doubts == ()


@pytest.mark.parametrize("written", ["![x](IMG 1.jpg)", "![x](a(b.jpg)", "![a [b]](c.jpg)", "![x]"])
def test_what_only_begins_like_a_picture_stays_and_is_told(written: str) -> None:
    found = read(f"A.\n\n{written} b", c_jpg=JPEG)
    assert written in found.pieces[0].body
    [doubt] = doubts(found, "import.picture")
    assert (doubt.place, doubt.words) == ("line 3", f"{written} b")


def test_a_picture_in_code_or_escaped_is_none() -> None:
    text = "`![x](a.jpg)` and \\![x](a.jpg)\n\n```\n![x](a.jpg)\n```"
    found = read(text, a_jpg=JPEG)
    assert (found.pieces[0].body, found.pieces[0].photos, found.doubts) == (text, (), ())


def test_changes_and_comments_stay_and_are_told_with_their_words() -> None:
    found = read("# The {++big ++}day\n\nOn {~~26~>24~~} April{>>Ana: sure?<<} `{++x++}`.\n\n{--Out--}")
    assert found.pieces[0].title == "The {++big ++}day"
    assert [(d.rule, d.words, d.place, d.severity) for d in found.doubts] == [
        ("import.change", "+ big", "line 1", Severity.STOP),
        ("import.change", "26 → 24", "line 3", Severity.STOP),
        ("import.comment", "Ana: sure?", "line 3", Severity.STOP),
        ("import.change", "− Out", "line 5", Severity.STOP),
    ]


def test_a_change_over_a_heading_is_told() -> None:
    found = read("# One\n\nA {--b\n\n# Two\n\nc--} d.")
    assert [doubt.message for doubt in found.doubts] == [
        "A change goes over a heading, and was divided there."
    ]


def test_html_footnotes_links_in_headings_and_front_matter_are_told() -> None:
    found = read(
        "---\ntitle: x\nlist:\n  - y\n---\n\n# [One](https://example.org/1)\n\nA <b>b</b>[^1] <https://example.org>\n\n"
        "<div>\nc\n</div>\n\n[^1]: A note."
    )
    assert found.pieces[0].title == "One"
    assert found.pieces[0].place == "line 7"
    assert [(d.rule, d.place, d.words) for d in found.doubts] == [
        ("import.front-matter", "line 1", "title: x\nlist:\n  - y"),
        ("import.html", "line 9", "<b> </b>"),
        ("import.html", "line 11", "<div> c </div>"),
        ("import.footnote", "line 9", "A note."),
        ("import.link", "line 7", "https://example.org/1"),
    ]


def test_a_line_across_is_no_front_matter() -> None:
    assert bodies("---\nJust words here.\n\nA.") == [("", "---\nJust words here.\n\nA.")]
    assert not doubts(read("---\n\nA: b.\n\nc d\n\n---\n"), "import.front-matter")


@pytest.mark.parametrize(
    ("content", "words", "read_as"),
    [
        ("# Сайга\n\nТекст о сайге в степи.".encode("cp1251"), "Сайга", "Windows-1251"),
        ("# Été\n\nUn café à Genève.".encode("cp1252"), "Été", "Windows-1252"),
        ("# Сайга\n\nТекст.".encode("utf-16"), "Сайга", "UTF-16"),
        ("# Saiga\n\nSome words here, and more.".encode("utf-16-le"), "", "UTF-16"),
    ],
)
def test_another_encoding_is_read_where_it_is_certain_and_told(
    content: bytes, words: str, read_as: str
) -> None:
    [found] = read_contribution(content, "a.txt")
    assert found.pieces[0].title in ("Сайга", "Été", "Saiga")
    [doubt] = doubts(found, "import.encoding")
    assert read_as in doubt.message
    assert doubt.words == words


@pytest.mark.parametrize(
    "content",
    [
        "Текст о сайге в степи.".encode("koi8-r"),
        b"\x81\x8d\x8f\x90 words",
        "Saiga".encode("utf-32"),
        bytes(range(256)) * 4,
    ],
)
def test_what_is_in_no_encoding_that_can_be_told_is_refused(content: bytes) -> None:
    with pytest.raises(ProblemsError, match=r"a\.txt: is (in an encoding|no text|UTF-32)"):
        read_contribution(content, "a.txt")


def test_a_byte_order_mark_of_utf8_is_no_part_of_the_text() -> None:
    [found] = read_contribution("\ufeff# Один\n\nтекст".encode(), "a.md")
    assert (found.pieces[0].title, found.doubts) == ("Один", ())


def test_too_many_headings_and_too_much_text_are_refused() -> None:
    with pytest.raises(ProblemsError, match="300 headings of its highest level; 200 is the most"):
        read("# One\n\nA.\n\n" * 300)
    with pytest.raises(ProblemsError, match="more than 500 KB"):
        read("a\n" * 250_001)


SHARDS = st.sampled_from(
    [
        *(
            "# One",
            "## Two",
            "===",
            "---",
            "```",
            "~~~",
            "> a",
            "- b",
            "    c",
            "\t# d",
            "| a | b |\n|---|---|",
            "",
        ),
        *(
            "text",
            "![x](a.jpg)",
            "[x]: https://example.org",
            "{++a",
            "b++}",
            "<div>",
            "</div>",
            "[x][x]",
            "\\",
            "  ",
        ),
    ]
)


@given(st.lists(SHARDS, max_size=14).map("\n".join))
def test_no_word_is_lost_however_it_is_cut(text: str) -> None:
    found = read_markdown(f"{text}\n\nEnd".encode(), "a.md")
    told = "\n".join(f"{piece.title}\n{piece.body}" for piece in found.pieces)
    told += "".join(doubt.words for doubt in found.doubts)
    for word in ("One", "Two", "text", "c", "b++}"):
        assert told.count(word) >= text.count(word)


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_whatever_the_bytes_are_there_are_pieces_or_a_refusal(content: bytes) -> None:
    for name in ("a.md", "a.txt"):
        try:
            [found] = read_contribution(content, name)
        except ProblemsError:
            continue
        assert all("\r" not in piece.body and "\0" not in piece.body for piece in found.pieces)


@pytest.mark.parametrize(
    "sign",
    [
        "[",
        "![",
        "![a](",
        "{++",
        "{~~a~~}",
        "`",
        "# a\n",
        "> ",
        "- ",
        "<",
        "<a ",
        "[^a]",
        "[a]: b\n",
        "*",
        "---\n",
        "a:\n",
    ],
)
def test_a_long_hostile_text_is_read_or_refused_without_ado(sign: str) -> None:
    with suppress(ProblemsError):
        read_contribution((sign * 50_000)[:50_000].encode(), "a.md")
