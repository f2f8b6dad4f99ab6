"""Rules about how a page looks: contrast in light and dark, links, type, targets."""

from __future__ import annotations

import time

import pytest
from page_cases import found, html, mail, rendition, rules

from mailer.check import RULES, check_issue
from mailer.model.finding import Severity

LONG = "These are words enough for a text of several lines, as there are in every letter that is read. " * 2


def test_a_mail_as_it_should_be_has_no_findings() -> None:
    assert found(html()) == []


PLATE = '<table role="presentation"><tr><td bgcolor="#ffffff">{}</td></tr></table>'


@pytest.mark.parametrize(
    ("body", "css", "mode"),
    [
        ('<p style="color:#999999">Faint words</p>', "", "light"),
        ('<p style="color:rgb(153, 153, 153)">Faint words</p>', "", "light"),
        ('<p class="x">Faint words</p>', ".x { color: #999 !important; }", "light"),
        ('<p style="color:#999"><b>Faint words</b></p>', "", "light"),
        ('<p style="background:#333333; color:#222222">Faint words</p>', "", "light"),
        ('<p style="background-color:rgba(0,0,0,.7)">Faint words</p>', "", "light"),
        ('<p style="font-size:23px; color:#888888">Faint words</p>', "", "light"),
        (PLATE.format('<p style="color:#8f8f8f">Faint words</p>'), "", "light"),
        (
            '<table role="presentation"><tr><td style="background:#3388aa"><a href="https://example.org/more" '
            'style="color:#ffffff; display:inline-block; padding:11px 20px; text-decoration:none">'
            "Faint words</a></td></tr></table>",
            "",
            "light",
        ),
    ],
)
def test_faint_words_stop_a_mail(body: str, css: str, mode: str) -> None:
    told = found(html(body, css=css, dark="", meta="light"))
    [finding] = [each for each in told if each.rule == "a11y.contrast"]
    assert (finding.severity, finding.words) == (Severity.STOP, "Faint words")
    assert f"in {mode} mode" in finding.message


@pytest.mark.parametrize(
    ("body", "css"),
    [
        ('<p style="font-size:24px; color:#888888">Large words</p>', ""),
        ('<p style="font:bold 19px/1.5 Georgia; color:#888888">Large words</p>', ""),
        ('<p style="background:url(cid:a@b) #222222; color:#222222">Words on a picture</p>', ""),
        ('<p style="background:linear-gradient(#222222, #333333)">Words on a gradient</p>', ""),
        ('<p style="display:none; color:#eeeeee">Hidden words</p>', ""),
        ('<p style="font-size:1px; color:#eeeeee">Hidden words</p>', ""),
        ('<p style="color:#eeeeee"> · </p>', ""),
        ('<p style="color:#eeeeee; background:#222222">Light on dark</p>', ""),
        ('<p class="x" style="color:#222222 !important">Words</p>', ".x { color: #eeeeee !important; }"),
        ('<p class="x">Words</p>', ".x { color: #999999; } p.x { color: #222222; }"),
        ('<p class="x">Words</p>', ".x:nth-child(9) { color: #222222; } .x { color: #999999; }"),
        ('<p class="x">Words</p>', "@media (max-width: 400px) { .x { color: #999999; } }"),
        ('<p class="x">Words</p>', ".x:hover { color: #eeeeee; } [data-ogsc] .x { color: #eeeeee; }"),
    ],
)
def test_what_can_be_read_or_is_not_certain_is_left_alone(body: str, css: str) -> None:
    assert "a11y.contrast" not in rules(found(html(body, css=css, dark="", meta="light")))


@pytest.mark.parametrize(
    ("dark", "expected"),
    [
        ("p.x { color: #333333 !important; }", 1),
        (".pale > p.x { color: #333333 !important; }", 1),
        ("h1 + div p.x { color: #333333 !important; }", 1),
        ("p[class=x] { color: #333333 !important; }", 1),
        ("table p.x { color: #333333 !important; }", 0),
        ("p.x { color: #333333; }", 0),
        ("p.x:first-child { color: #333333 !important; }", 0),
        ("p.x { color: #333333 !important; background: #ffffff !important; }", 0),
    ],
)
def test_dark_mode_has_its_own_colours(dark: str, expected: int) -> None:
    night = "body { background: #111111 !important; } div { color: #eeeeee !important; }"
    body = '<div class="pale"><p class="x" style="color:#222222">Words in the dark</p></div>'
    night += "h1, p, a { color: #eeeeee !important; }"
    told = [each for each in found(html(body, dark=f"{night} {dark}")) if each.rule == "a11y.contrast"]
    assert len(told) == expected
    assert all("in dark mode" in each.message and each.words == "Words in the dark" for each in told)


def test_words_that_are_lost_where_a_program_darkens_by_itself_are_told_to_the_strict() -> None:
    forced = html('<p style="background:#848484; color:#777777">Words in the middle</p>')
    assert "dark.contrast" in rules(found(forced))
    assert "dark.contrast" not in rules(check_issue(mail(rendition(forced))))
    light = html('<p style="background:#f2f2f2; color:#333333">Words far apart</p>')
    assert "dark.contrast" not in rules(found(light))


def test_one_pair_of_colours_is_one_finding_at_the_item_that_has_it_first() -> None:
    faint = '<div><h2 id="item-one">A piece</h2><p style="color:#999999">First</p></div>'
    page = html(f'{faint}<p style="color:#999999">Second</p>')
    versions = [rendition(page), rendition(html('<p style="color:#999999">Second</p>'))]
    told = [each for each in check_issue(mail(*versions)) if each.rule == "a11y.contrast"]
    assert [(each.item, each.line, each.words) for each in told] == [("one", 7, "First")]


LINK = '<a href="https://example.org/more" style="color:#004455; {}">the agenda</a>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<p>Do read {LINK.format('text-decoration:none')} first.</p>", ["a11y.link-colour"]),
        (f"<p>Do read {LINK.format('')} first.</p>", []),
        (f"<p>Do read {LINK.format('text-decoration:none; font-weight:bold')} first.</p>", []),
        (f"<p>Do read {LINK.format('text-decoration:none; border-bottom:1px solid')} first.</p>", []),
        (f"<p>Do read <u>{LINK.format('text-decoration:none')}</u> first.</p>", []),
        (f"<p>{LINK.format('text-decoration:none')}</p>", []),
        (f"<p>{LINK.format('text-decoration:none')} · </p>", []),
        (f'<p style="text-align:justify">{LONG}</p>', ["a11y.justified"]),
        ('<p style="text-align:justify">Short words</p>', []),
        ('<p style="font-size:13px">Small words</p>', ["a11y.text-size"]),
        ('<p style="font-size:.8em">Small words</p>', ["a11y.text-size"]),
        ('<p style="font-size:10.5pt">Small words</p>', []),
        ('<p style="font-size:calc(1px + 1em)">Words</p>', []),
        (f'<p style="line-height:1.2">{LONG}</p>', ["a11y.line-height"]),
        (f'<p style="line-height:18px">{LONG}</p>', ["a11y.line-height"]),
        (f'<p style="line-height:150%">{LONG}</p>', []),
        ('<p style="line-height:1.2">One line</p>', []),
        (f'<p style="font-size:14px; line-height:1.4">{LINK.format("")}</p>', ["a11y.target"]),
        (f'<p style="font-size:14px; line-height:1.4">Do read {LINK.format("")} first.</p>', []),
        (f'<p style="line-height:1.4">{LINK.format("display:block; padding:2px 0")}</p>', []),
    ],
)
def test_type(body: str, expected: list[str]) -> None:
    assert rules(found(html(body))) == expected


@pytest.mark.parametrize(
    "sign", ["(", '"', "/*", "a:", "{", "@media(", ".a>", "[", "url(", "color:#", ";", "!"]
)
def test_hostile_styles_take_no_time_and_break_nothing(sign: str) -> None:
    hostile = sign * (1_000_000 // len(sign))
    for page in (html(f'<p style="{hostile.replace(chr(34), "&quot;")}">Words</p>'), html(css=hostile)):
        began = time.process_time()
        check_rules(page)
        assert time.process_time() - began < 1


def check_rules(page: str) -> None:
    seen = mail(rendition(page))
    for rule in RULES:
        if rule.id in ("a11y.contrast", "a11y.link-colour", "html.forbidden", "a11y.vml", "image.width"):
            list(rule.check(seen))
