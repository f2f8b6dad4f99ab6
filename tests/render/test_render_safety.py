"""No template can make a letter that runs, loads or hides something; what it tried is told with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from mailer.errors import ProblemsError, RenderError
from mailer.model.rendition import Rendition
from mailer.render import edition_of, read_template, render_variant, variant_for
from mailer.render.blame import odd_tag
from mailer.render.safety import dangers
from tests.render.render_kit import DAY, EVERY_KIND, OFFICE, TEMPLATE, issue_of, picture, render

HOSTED = "https://news.example.org"
ATTACKS = {
    "<script>alert(1)</script>": "<script>",
    '<SCRIPT src="cid:a@b"></SCRIPT>': "<script>",
    '<img src="https://example.org/x.png" alt="" />': "`src` of <img>",
    '<img src="//example.org/x.png" alt="" />': "`src` of <img>",
    '<img src="data:image/png;base64,AAAA" alt="" />': "`src` of <img>",
    '<img src="file:///etc/passwd" alt="" />': "`src` of <img>",
    '<img src="cid:a@b" srcset="cid:a@b 1x, https://example.org/x.png 2x" alt="" />': "`srcset` of <img>",
    '<table background="https://example.org/x.png"><tr><td>x</td></tr></table>': "`background` of <table>",
    '<a href="javascript:alert(1)">x</a>': 'a link to "javascript:alert(1)"',
    '<a href=" java&#115;cript:alert(1)">x</a>': "a link to",
    '<a href="java&#9;script:alert(1)">x</a>': "a link to",
    '<a href="vbscript:x">x</a>': "a link to",
    '<a href="data:text/html,x">x</a>': "a link to",
    '<a href="file:///etc/passwd">x</a>': "a link to",
    '<a href="/path">x</a>': 'a link to "/path"',
    '<a href="https://example.org" onclick="x()">x</a>': "`onclick` of <a>",
    '<p ONMOUSEOVER="x()">x</p>': "`onmouseover` of <p>",
    '<a href="https://example.org" ping="https://example.org/p">x</a>': "`ping` of <a>",
    '<iframe src="https://example.org"></iframe>': "<iframe>",
    '<object data="https://example.org"></object>': "<object>",
    '<embed src="https://example.org" />': "<embed>",
    '<form action="https://example.org"><input name="a" /></form>': "<form>",
    '<button formaction="https://example.org">x</button>': "<button>",
    '<svg onload="x()"></svg>': "<svg>",
    "<math><mi>x</mi></math>": "<math>",
    '<meta http-equiv="refresh" content="0;url=https://example.org" />': "<meta http-equiv>",
    '<base href="https://example.org/" />': "<base>",
    '<link rel="stylesheet" href="https://example.org/x.css" />': "<link>",
    '<video src="https://example.org/x.mp4"></video>': "<video>",
    '<p style="background: url(https://example.org/x.png)">x</p>': "url(…) in a style",
    '<p style="background: u\\72l(https://example.org/x.png)">x</p>': "url(…) in a style",
    "<p style=\"background: image-set('https://example.org/x.png' 1x)\">x</p>": "`image-set` in a style",
    '<p style="width: expression(alert(1))">x</p>': "`expression` in a style",
    '<p style="behavior: url(x.htc)">x</p>': "in a style",
    '<style>@import "https://example.org/x.css";</style>': "@import in a style",
    '<style>p { background: url("https://example.org/x.png") }</style>': "url(…) in a style",
    '<!--[if mso]><img src="https://example.org/x.png" alt="" /><![endif]-->': "`src` of <img>",
    '<!--[if mso]><v:fill src="https://example.org/x.png" /><![endif]-->': "`src` of <v:fill>",
    '<!--[if mso]><a href="javascript:x">x</a><![endif]-->': "a link to",
    '<!--[if mso]><img alt=a"b src=https://example.org/x.png><![endif]-->': "a broken <img>",
    "<!--[if mso]><style>p { background: url(https://example.org/x) }</style><![endif]-->": "url(…)",
    '<!--><img src="https://example.org/x.png" onerror="x()"/>-->': "no letter may have",
    "<!--a--!><script>x()</script>-->": "no letter may have",
}
HARMLESS = (
    '<img src="cid:a@b" alt="" />',
    f'<img src="{HOSTED}/pictures/0123456789abcdef.jpg" alt="" />',
    f'<p style="background: url({HOSTED}/pictures/0123456789abcdef.jpg)">x</p>',
    '<a href="https://example.org/a?b=c#d">x</a><a href="mailto:a@example.org">x</a><a href="tel:+49">x</a>',
    '<a href="#item">x</a><a href="https://slot.invalid/unsubscribe">x</a><a href="http://example.org">x</a>',
    "<p>javascript:alert(1) onclick= &lt;script&gt; @import url(https://example.org)</p>",
    '<p title="&lt;script&gt; onclick=x url(https://example.org)">x</p>',
    "<!-- <script> is not to be had here -->",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(TEMPLATE, tmp_path / "newsletter")
    ours = tmp_path / "ours"
    (ours / "items").mkdir(parents=True)
    (ours / "template.yaml").write_text("base: newsletter\n", encoding="utf-8")
    return ours


def lay_out(folder: Path, *items: dict[str, Any], **options: Any) -> Rendition:
    issue = issue_of(*items)
    variant = variant_for(issue, "en", lambda _: True, DAY)
    template = read_template(folder, "en", "templates/ours")
    pictures = [picture(item.image.src) for item in issue.items if item.image]
    return render_variant(edition_of(issue, variant), template, pictures, OFFICE, **options)


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found_in_a_page(attack: str) -> None:
    words = [danger.words for danger in dangers(f"<html><body><div>{attack}</div></body></html>", HOSTED)]
    expected = ATTACKS[attack].removeprefix("no letter may have")
    assert any(expected in found for found in words), words


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if '="' in attack or "<!" not in attack])
def test_a_template_with_an_attack_is_refused_with_its_file(folder: Path, attack: str) -> None:
    write(folder, "items/quote.mjml.j2", f"<div>\n{attack}\n</div>\n")
    with pytest.raises(RenderError, match=r"templates/ours/items/quote\.mjml\.j2") as caught:
        lay_out(folder, {"title": "Fine"}, {"kind": "quote", "body": "x"})
    assert ATTACKS[attack] in str(caught.value)


def test_an_attack_is_refused_again_after_the_blocks_are_remembered(folder: Path) -> None:
    write(folder, "items/quote.mjml.j2", "<p>x</p>\n")
    items = ({"title": "Fine", "body": "Long words. " * 400}, {"kind": "quote", "body": "x"})
    lay_out(folder, *items)
    write(folder, "items/quote.mjml.j2", "<p>x</p>\n<script>alert(1)</script>\n")
    for _ in range(2):
        with pytest.raises(RenderError, match=r"ours/items/quote\.mjml\.j2:2: no letter may have <script>"):
            lay_out(folder, *items)


def test_pictures_that_we_host_are_ours_only_while_we_host_them(folder: Path) -> None:
    own = f'<img src="{HOSTED}/pictures/0123456789abcdef.jpg" alt="" />'
    write(folder, "items/quote.mjml.j2", own)
    items = ({"title": "Fine", "body": "Long words. " * 400}, {"kind": "quote", "body": "x"})
    assert own.split()[1] in lay_out(folder, *items, public_url=HOSTED).html
    with pytest.raises(RenderError, match="`src` of <img>"):
        lay_out(folder, *items)
    write(folder, "items/quote.mjml.j2", own.replace(".jpg", ".jpg?reader=%%slot:name%%"))
    with pytest.raises(RenderError, match="`src` of <img>"):
        lay_out(folder, *items, public_url=HOSTED)


@pytest.mark.parametrize("markup", HARMLESS)
def test_what_is_harmless_passes(markup: str) -> None:
    assert dangers(f"<html><body>{markup}</body></html>", HOSTED) == []


@pytest.mark.parametrize("name", ["newsletter", "bulletin", "letter", "notice", "reminder"])
@pytest.mark.parametrize("public_url", ["", HOSTED])
def test_the_shipped_templates_pass(name: str, public_url: str) -> None:
    html = lay_out(TEMPLATE.parent / name, *EVERY_KIND, public_url=public_url, web_view=True).html
    assert dangers(html, public_url) == []


def test_authors_words_are_never_taken_for_an_attack() -> None:
    words = "<script>alert(1)</script> onclick=x `url(https://example.org)` [x](javascript:x) <mj-foo>"
    links = [{"url": "javascript:x", "text": "y"}, {"url": "http://example.org", "text": "<b onload=x>"}]
    assert "&lt;script&gt;" in render({"title": words, "body": words, "links": links}).html


def test_an_unknown_mjml_element_is_named_with_file_and_line(folder: Path) -> None:
    write(folder, "items/quote.mjml.j2", "<p>x</p>\n<mj-foo>{{ item.body }}</mj-foo>\n")
    with pytest.raises(RenderError) as caught:
        lay_out(folder, {"title": "Fine"}, {"kind": "quote", "body": "x"})
    assert str(caught.value).startswith(
        "templates/ours/items/quote.mjml.j2:2: <mj-foo> is no element of MJML"
    )
    assert "nlining" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>x</p>\n\n</div>\n", "items/quote.mjml.j2:3: </div> closes nothing."),
        ("<div>\n<p>x\n</div>\n", "items/quote.mjml.j2:2: <p> is not closed."),
        ('<div class="{% if item.lead %}a{% endif %}">\n{{ item.title }}\n', "quote.mjml.j2:1: <div> is not"),
        ("{% if item.title %}<p>{% endif %}\n{{ item.title }}\n</div>", "items/quote.mjml.j2: "),
    ],
)
def test_a_tag_without_partner_is_told_with_its_line(folder: Path, source: str, words: str) -> None:
    write(folder, "items/quote.mjml.j2", source)
    with pytest.raises(RenderError) as caught:
        lay_out(folder, {"title": "Fine"}, {"kind": "quote", "body": "x"})
    assert words in str(caught.value)
    assert "position" not in str(caught.value)


def test_several_broken_files_are_told_at_once_and_before_anything_is_made(folder: Path) -> None:
    write(folder, "items/quote.mjml.j2", "\n{% if %}\n")
    write(folder, "items/press.mjml.j2", "{{ item.title | safe }}")
    write(folder, "strings.en.yaml", "our_own: Words\nwhi: Why\n")
    with pytest.raises(ProblemsError) as caught:
        read_template(folder, "en", "templates/ours")
    first, second, third = map(str, caught.value.problems)
    assert first.startswith(
        'templates/ours/items/press.mjml.j2:1: There is no filter "safe". It is left out on'
    )
    assert second.startswith("templates/ours/items/quote.mjml.j2:2: ")
    assert third.startswith("templates/ours/strings.en.yaml:2: whi: ")


def test_an_unknown_macro_is_told_in_plain_words(folder: Path) -> None:
    write(folder, "items/quote.mjml.j2", "{% import 'facts.mjml.j2' as f %}\n{{ f.fatcs(item) }}\n")
    with pytest.raises(RenderError) as caught:
        lay_out(folder, {"kind": "quote", "body": "x"})
    assert caught.value.message == (
        'templates/ours/items/quote.mjml.j2:2: facts.mjml.j2 has no macro "fatcs". Did you mean "facts"?'
    )


def test_a_fault_of_the_layout_is_not_laid_on_an_item(folder: Path) -> None:
    write(folder, "footer.mjml.j2", "<mj-section>\n</mj-column></mj-section>\n")
    with pytest.raises(RenderError, match=r"^templates/ours/footer\.mjml\.j2:2: </mj-column> closes nothing"):
        lay_out(folder, {"title": "Fine"}, {"kind": "quote", "body": "x"})


def test_every_tag_of_the_shipped_templates_has_its_partner() -> None:
    files = list(TEMPLATE.parent.glob("*/**/*.j2"))
    assert len(files) > 30
    assert {file.name: odd for file in files if (odd := odd_tag(file.read_text(encoding="utf-8")))} == {}
