"""Rules about what a page is built of, its links and its pictures."""

from __future__ import annotations

import io

import pytest
from page_cases import found, html, mail, rendition, rules
from PIL import Image, ImageDraw

from mailer.check import check_issue
from mailer.model.finding import Severity
from mailer.model.rendition import Picture

HEADS = '<tr><th scope="col">Day</th><th scope="col">Place</th></tr>'
MORE = "https://example.org/more"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<table>{HEADS}<tr><td>1</td><td>Bonn</td></tr></table>", []),
        ("<table><tr><th>Day</th></tr><tr><td>1</td></tr></table>", ["a11y.table-head"]),
        ("<table><caption>Days</caption><tr><td>1</td></tr></table>", ["a11y.table-head"]),
        (f"<table>{HEADS}<tr><td>1</td></tr></table>", ["a11y.table-ragged"]),
        (f"<table>{HEADS}<tr><td colspan='2'>1</td></tr></table>", []),
        (f"<table>{HEADS}<tr><td rowspan='2'>1</td><td>a</td></tr><tr><td>b</td></tr></table>", []),
        ("<table role='presentation'><tr><td>1</td></tr><tr><td>1</td><td>2</td></tr></table>", []),
        ('<p id="a">One</p><p id="a">Two</p>', ["html.same-id"]),
        ('<p id="a">One</p><p id="b">Two</p>', []),
        (f'<p><a href="{MORE}" style="color:#004455"></a></p>', ["a11y.link-name"]),
        (f'<p><a href="{MORE}" style="color:#004455" aria-label="More"></a></p>', []),
        (f'<p style="display:none"><a href="{MORE}"></a></p>', []),
        ('<p><a name="here"></a>Words</p>', []),
        (f'<p><a href="{MORE}"><img src="cid:a@b" alt="" width="40"></a></p>', ["a11y.link-picture"]),
        (f'<p><a href="{MORE}"><img src="cid:a@b" alt="More" width="40"></a></p>', []),
        ('<p><img src="cid:a@b" alt="A camel"></p>', ["image.width"]),
        ('<p><img src="cid:a@b" alt="A camel" width="100%"></p>', []),
        ('<div style="max-width:600px"><img src="cid:a@b" alt="A camel" width="60"></div>', []),
        ('<div style="max-width:50px"><img src="cid:a@b" alt="A camel" width="60"></div>', ["image.width"]),
        ('<p><img src="cid:a@b" alt="A camel" width="400"></p>', ["image.only"]),
        (f'<p><img src="cid:a@b" alt="A camel" width="400">{"Words enough. " * 20}</p>', []),
        ('<!--[if mso]><v:rect style="width:9px"></v:rect><![endif]-->', ["a11y.vml"]),
        ('<!--[if mso]><v:rect alt="A line" style="width:9px"></v:rect><![endif]-->', []),
        (f'<!--[if mso]><v:roundrect alt="More" href="{MORE}"></v:roundrect><![endif]-->', ["a11y.vml"]),
        (
            '<!--[if mso]><v:rect alt="A line"><v:textbox><![endif]--><h2>A head</h2>'
            "<!--[if mso]></v:textbox></v:rect><![endif]-->",
            ["a11y.vml", "text.diverges"],
        ),
    ],
)
def test_structure(body: str, expected: list[str]) -> None:
    assert sorted(rules(found(html(body)))) == expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<script>1</script>", "<script>"),
        ("<form></form>", "<form>"),
        ("<iframe></iframe>", "<iframe>"),
        ("<object></object>", "<object>"),
        ("<p><embed></p>", "<embed>"),
        ('<p onclick="x()">Words</p>', "onclick"),
        ('<p ONLOAD="x()">Words</p>', "onload"),
    ],
)
def test_what_no_mail_may_have_stops_it(body: str, words: str) -> None:
    [finding] = found(html(body))
    assert (finding.rule, finding.severity) == ("html.forbidden", Severity.STOP)
    assert words in finding.message


def test_words_about_scripts_are_words() -> None:
    assert found(html("<p>The attribute on the form once=was &lt;script&gt;</p>")) == []


def test_the_language_stands_within_body_too() -> None:
    page = html()
    bare = page.replace('<div lang="en" dir="ltr"', '<div lang="en"')
    [finding] = found(bare)
    assert (finding.rule, finding.severity) == ("a11y.language-within", Severity.STOP)
    assert "no dir" in finding.message
    preheader = 'eeee"><div style="display:none">Hidden words</div>'
    assert found(page.replace('eeee">', preheader, 1)) == []


@pytest.mark.parametrize(
    ("meta", "dark", "expected"),
    [("", "p { color: #eeeeee; }", 1), ("light dark", "", 1), ("light", "", 0), ("only light", "", 0)],
)
def test_a_mail_says_how_it_looks_in_dark_mode(meta: str, dark: str, expected: int) -> None:
    told = [each for each in found(html(meta=meta, dark=dark)) if each.rule == "dark.scheme"]
    assert len(told) == expected


def png(colour: str, sign: str = "", ground: tuple[int, ...] = (0, 0, 0, 0)) -> bytes:
    image = Image.new("RGBA", (96, 96), ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((16, 16, 80, 80), fill=colour)
    if sign:
        draw.rectangle((36, 36, 60, 60), fill=sign)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "plate", "expected"),
    [
        (png("#101820"), "", 1),
        (png("#101820", sign="#ffffff"), "", 0),
        (png("#f0e0c0"), "", 0),
        (png("#101820", ground=(255, 255, 255, 255)), "", 0),
        (png("#101820"), "background:#ffffff !important", 0),
        (b"no picture", "", 0),
    ],
)
def test_a_dark_logo_needs_a_plate(content: bytes, plate: str, expected: int) -> None:
    kept = {"cid": "logo@picture.invalid", "media_type": "image/png", "sha256": f"{hash(content):064x}"[-64:]}
    picture = Picture(src="logo.png", width=96, height=96, content=content, **kept)
    body = f'<p style="{plate}"><img src="cid:logo@picture.invalid" alt="The office" width="48"></p>'
    told = check_issue(mail(rendition(html(body), pictures=(picture,))), strict=True)
    assert [each.words for each in told if each.rule == "dark.logo"] == ["logo.png"] * expected
