"""What an author is told about mail programs: in the findings, by the command, in the settings."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mailer.check import RULES, CheckedIssue
from mailer.cli.entry import run
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Picture, Rendition, Variant
from tests.own_words import make_office

OURS = (
    "compat.client",
    "compat.bg-fallback",
    "compat.hex3",
    "css.nested-at",
    "html.mso",
    "size.style",
)
ITEMS = """\
  - {id: one, kind: article, title: One, body: Words., image: {src: images/a.png, alt: A camel}}
  - {id: two, kind: article, title: Two, body: Words.}
"""

Seen = Callable[..., CheckedIssue]


def said(seen: CheckedIssue) -> list[Finding]:
    """What our rules find, and only they."""
    return [finding for rule in RULES if rule.id in OURS for finding in rule.check(seen)]


def page(markup: str, head: str = "", pictures: tuple[Picture, ...] = ()) -> Rendition:
    html = f"<!DOCTYPE html><html><head>{head}</head><body><div role='article'>{markup}</div></body></html>"
    variant = Variant(language="en", items=("one", "two"))
    return Rendition(variant=variant, subject="S", preheader="P", html=html, text="S", pictures=pictures)


@pytest.fixture
def seen(checked: Seen) -> Callable[..., CheckedIssue]:
    issue = checked(ITEMS)

    def of(markup: str, head: str = "", pictures: tuple[Picture, ...] = (), **known: object) -> CheckedIssue:
        return replace(issue, renditions=(page(markup, head, pictures),), **known)

    return of


def gif(frames: int) -> Picture:
    stills = [Image.new("RGB", (8, 8), (number * 90, 0, 0)) for number in range(frames)]
    file = io.BytesIO()
    stills[0].save(file, "GIF", save_all=True, append_images=stills[1:])
    return Picture(
        src="images/a.gif",
        cid="a@x.invalid",
        media_type="image/gif",
        sha256=f"{frames}" * 64,
        width=8,
        height=8,
        content=file.getvalue(),
    )


def test_words_with_a_heading_and_a_picture_are_fine_everywhere(seen) -> None:
    assert said(seen('<h1>A</h1><p style="margin: 0 0 14px">Words.</p><img src="a.jpg" alt="">')) == []


def test_what_a_program_lacks_is_said_with_program_feature_and_day(seen) -> None:
    [found] = said(seen('<p style="position: absolute">x</p>'))
    assert (found.rule, found.severity, found.item) == ("compat.client", Severity.WARN, None)
    assert "position" in found.message
    assert "(data of 20" in found.message
    assert "Outlook Windows" in found.message or "more" in found.message
    assert "templates/newsletter" in found.hint
    assert found.words == "css-position"


def test_only_the_programs_that_are_wanted_are_spoken_of(seen) -> None:
    webp = '<img src="a.webp" alt="" width="10">'
    [found] = said(seen(webp, clients=("outlook.windows", "apple-mail.ios")))
    assert found.message.startswith("1 of 2 mail programs lack webP image format")
    assert "Outlook Windows" in found.message
    assert said(seen(webp, clients=("apple-mail.ios",))) == []


def test_the_item_is_named_where_it_can_be_told(seen) -> None:
    items = (
        '<div><h2 id="item-one">One</h2><img src="a.webp" alt=""></div>'
        '<div><h2 id="item-two">Two</h2><p>Words.</p></div>'
    )
    [found] = said(seen(items, clients=("outlook.windows",)))
    assert (found.item, found.field) == ("one", "image.src")
    assert found.line == 7
    assert found.hint == "Save it as JPEG or PNG."


def test_a_moving_picture_is_told_and_a_still_one_is_not(seen) -> None:
    shown = '<div><h2 id="item-one">One</h2><img src="cid:a@x.invalid" alt=""></div>'
    [found] = said(seen(shown, pictures=(gif(3),)))
    assert found.words == "image-gif animated"
    assert "first frame" in found.hint
    assert said(seen(shown, pictures=(gif(1),))) == []


@pytest.mark.parametrize(
    ("markup", "head", "rule", "severity", "words"),
    [
        ('<table><td style="background: url(a.png)">x</td></table>', "", "compat.bg-fallback", "warn", "url"),
        ('<table><td bgcolor="#fff">x</td></table>', "", "compat.hex3", "warn", "#ffffff"),
        (
            "",
            "<style>@media (min-width:1px) { @media (max-width:9px) { .a { color: red } } }</style>",
            "css.nested-at",
            "stop",
            "@media (max-width:9px) inside @media (min-width:1px)",
        ),
        (
            "",
            "<style>@supports (color: red) { @media (max-width:9px) { .a { color: red } } }</style>",
            "css.nested-at",
            "stop",
            "inside @supports",
        ),
        ("<!--[if mso]><p>x</p>", "", "html.mso", "stop", "never closed"),
        (
            "",
            f"<style>@media print {{ .a {{ color: red }} }}{' ' * 16_400}</style>",
            "size.style",
            "stop",
            "16,384",
        ),
        (
            "",
            f"<style>@media print {{ .a {{ color: red }} }}{' ' * 15_000}</style>",
            "size.style",
            "warn",
            "16,384",
        ),
    ],
)
def test_what_gmail_and_outlook_stumble_over_is_found(
    seen, *, markup: str, head: str, rule: str, severity: str, words: str
) -> None:
    found = {finding.rule: finding for finding in said(seen(markup, head))}[rule]
    assert found.severity == severity
    assert words in found.message + found.hint


def in_two(seen: CheckedIssue, other: Rendition) -> CheckedIssue:
    """With another version after the one it has."""
    [first] = seen.renditions
    variant = first.variant.model_copy(update={"items": ("two",)})
    return replace(seen, renditions=(first, other.model_copy(update={"variant": variant})))


def test_styles_that_are_dropped_are_not_hidden_by_a_version_where_they_just_fit(seen) -> None:
    def styles(room: int) -> str:
        return f"<style>@media print {{ .a {{ color: red }} }}{' ' * room}</style>"

    [found] = said(in_two(seen("", styles(15_000)), page("", styles(16_400))))
    assert found.severity is Severity.STOP
    assert found.words == found.message.split()[1]


def test_every_background_picture_without_a_colour_is_told_once(seen) -> None:
    first, second = (f'<table><td style="background: url({name}.png)">x</td></table>' for name in "ab")
    found = said(in_two(seen(first), page(first + second)))
    assert len({finding.words for finding in found}) == len(found) == 2


@pytest.mark.parametrize(
    ("markup", "head"),
    [
        ('<table><td bgcolor="#ffffff" style="background: url(a.png)">x</td></table>', ""),
        ("<!--[if mso]><p>x</p><![endif]-->", ""),
        (
            "",
            "<style>@media (min-width:1px) { .a { color: red } } @media print { .a { color: red } }</style>",
        ),
        ("", f"<style>@media print {{ .a {{ color: red }} }}{' ' * 14_000}</style>"),
    ],
)
def test_what_they_do_not_stumble_over_is_not(seen, markup: str, head: str) -> None:
    wanted = [f.rule for f in said(seen(markup, head)) if f.rule != "compat.client"]
    assert wanted == []


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "office"
    make_office(root)
    folder = root / "issues" / "trial"
    folder.mkdir(parents=True)
    text = "id: trial\nseries: S\ndate: 2016-12-19\nsubject: Words\npreheader: More words.\nitems:\n"
    items = "  - {id: one, kind: article, title: One, body: Words.}\n"
    (folder / "issue.yaml").write_text(text + items, encoding="utf-8")
    return root


def command(root: Path, *arguments: str) -> int:
    return run(["-w", str(root), *arguments])


def test_the_command_says_where_an_issue_works(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(workspace, "compat", "trial") == 0
    out = capsys.readouterr().out
    assert "trial: works in 41 of 41 mail programs, score 100" in out
    assert "caniemail, data of 20" in out
    assert "Outlook Windows" in out
    assert "What readers see instead" in out


def test_the_command_says_all_of_one_program(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(workspace, "compat", "trial", "--in", "outlook.windows") == 0
    out = capsys.readouterr().out
    assert "works with a fallback" in out
    assert out.count("max-width in a table") == 1
    assert "Gmail" not in out


def test_the_command_speaks_to_programs(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(workspace, "compat", "trial", "--format", "json", "--in", "outlook.windows") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["score"], told["working"], told["of"]) == (100, 1, 1)
    [program] = told["programs"]
    assert program["name"] == "outlook.windows"
    assert {"feature", "title", "how", "support", "note", "instead", "where"} == set(program["lacks"][0])
    assert all(lack["instead"] for lack in program["lacks"])


def test_an_authors_own_template_that_loses_something_is_told_everywhere(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = workspace / "templates" / "newsletter" / "items" / "article.mjml.j2"
    text = layout.read_text(encoding="utf-8")
    layout.write_text(text + '<p style="position: absolute">Fast</p>\n', encoding="utf-8")
    assert command(workspace, "compat", "trial") == 1
    out = capsys.readouterr().out
    assert "fails" in out
    assert "What is lost" in out
    assert "position: absolute" in out
    command(workspace, "check", "trial")
    assert "compat.client" in capsys.readouterr().out


def test_without_an_issue_the_command_lists_the_programs(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(workspace, "compat") == 0
    out = capsys.readouterr().out
    assert "outlook.windows" in out
    assert "RainLoop" in out


def test_the_list_of_programs_can_be_read_by_programs_too(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(workspace, "compat", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"date", "source", "programs", "too_little_known"}
    names = {program["name"] for program in told["programs"]}
    assert "outlook.windows" in names
    assert names.isdisjoint(program["name"] for program in told["too_little_known"])
    assert {"name", "title", "tested"} == set(told["programs"][0])


def test_the_settings_name_the_programs_that_matter(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = workspace / "mailer.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text('clients = ["apple-mail", "gmail.ios"]\n' + text, encoding="utf-8")
    assert command(workspace, "compat", "trial") == 0
    assert "works in 3 of 3 mail programs" in capsys.readouterr().out
    settings.write_text('clients = ["aple-mail"]\n' + text, encoding="utf-8")
    assert command(workspace, "check", "trial") == 1
    err = capsys.readouterr().err
    assert 'mailer.toml, `clients`: There is no mail program "aple-mail"' in err
    assert 'Did you mean "apple-mail"?' in err
