"""Reading a template: every mistake named with its file and line."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from render_kit import DAY, OFFICE, TEMPLATE, issue_of, template

from mailer.errors import ProblemsError, RenderError
from mailer.model.issue import KINDS
from mailer.render import edition_of, read_template, render_variant, variant_for
from mailer.render.strings import REQUIRED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATE, tmp_path / "mine"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path, language: str = "en") -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_template(folder, language, "templates/mine")
    return [str(problem) for problem in caught.value.problems]


def render_one(folder: Path, **item: object) -> None:
    issue = issue_of({"id": "culprit", "title": "T"} | item)
    made = read_template(folder, "en", "templates/mine")
    render_variant(edition_of(issue, variant_for(issue, "en", lambda _: True, DAY)), made, [], OFFICE)


@pytest.mark.parametrize("language", ["en", "ru", "fr"])
def test_the_shipped_template_speaks_each_language_in_full(language: str) -> None:
    made = template(language)
    assert set(made.phrases) >= REQUIRED

    def without_titles(phrases: Mapping[str, str]) -> set[str]:
        return {name for name in phrases if not name.startswith("salutation.")}

    assert without_titles(made.phrases) == without_titles(template("en").phrases)
    assert {f"items/{kind}.mjml.j2" for kind in KINDS} <= set(made.sources)


def test_a_regional_language_takes_the_strings_of_its_base() -> None:
    assert read_template(TEMPLATE, "ru-KZ").phrases == template("ru").phrases


def test_a_language_without_strings_is_said(folder: Path) -> None:
    (found,) = problems(folder, "de")
    assert found.startswith('templates/mine: has no strings for the language "de". It has ar, en, fr, ru.')


def test_every_problem_is_told_at_once(folder: Path) -> None:
    change(folder, "theme.yaml", 'text: "#24302d"', 'text: "#cccccc"')
    change(folder, "strings.en.yaml", 'contents: "In this issue"', 'contens: "In this issue"')
    change(folder, "strings.en.yaml", "{credit}", "{photographer}")
    (folder / "items" / "quote.mjml.j2").unlink()
    (folder / "images" / "masthead.jpg").unlink()
    found = problems(folder)
    assert any("theme.yaml:" in p and "light.text" in p and "contrast of 1.6" in p for p in found)
    assert any("strings.en.yaml:" in p and 'Did you mean "contents"?' in p for p in found)
    assert any("`contents` is missing" in p for p in found)
    assert any("{photographer}, which nothing fills" in p for p in found)
    assert any("items/quote.mjml.j2: is missing" in p for p in found)
    assert any("masthead.src" in p and "not in the template's folder" in p for p in found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('page: "#e9e6dc"', 'page: "sand"', '"sand" is not a colour'),
        ("width: 600", "width: 60", "width"),
        ("Segoe UI,Helvetica", "Roboto,Helvetica", "would be loaded from Google"),
        ("Segoe UI,Helvetica", "x;} body{color:red", "without quotes"),
        ("src: images/masthead.jpg", "src: ../../outside.jpg", "lies outside the template"),
        ("src: images/masthead.jpg", "src: theme.yaml", "not a JPEG, PNG or GIF"),
        ("src: images/masthead.jpg", "src: .kept/masthead.jpg", 'is hidden by the name ".kept"'),
        ("src: images/masthead.jpg", "src: images/masthead.jpg~", 'is hidden by the name "masthead.jpg~"'),
        ("light:", "licht:", "licht"),
    ],
)
def test_a_wrong_theme_is_refused_with_its_line(folder: Path, old: str, new: str, words: str) -> None:
    change(folder, "theme.yaml", old, new)
    found = problems(folder)
    assert any(words in p and "theme.yaml" in p for p in found)


def test_short_colours_are_written_out() -> None:
    assert template().theme.light.card == "#ffffff"


def test_a_syntax_error_names_file_and_line(folder: Path) -> None:
    change(folder, "items/article.mjml.j2", "{{ item.body }}", "{% if item.body %}")
    with pytest.raises(ProblemsError, match=r"templates/mine/items/article\.mjml\.j2:\d+: "):
        read_template(folder, "en", "templates/mine")


def test_an_unknown_name_is_named_with_file_and_line(folder: Path) -> None:
    change(folder, "items/article.mjml.j2", "{{ item.body }}", "{{ item.bodi }}")
    with pytest.raises(RenderError, match=r"templates/mine/items/article\.mjml\.j2:5: .*bodi"):
        render_one(folder)


def test_a_template_that_mjml_refuses_is_named_with_the_item(folder: Path) -> None:
    change(folder, "items/article.mjml.j2", "{{ item.body }}", "<p>never closed")
    with pytest.raises(RenderError, match=r'Item "culprit".*templates/mine/items/article\.mjml\.j2'):
        render_one(folder)


def test_an_unknown_mjml_element_is_noticed(folder: Path) -> None:
    change(folder, "layout.mjml.j2", "</mj-body>", "<mj-foo></mj-foo></mj-body>")
    with pytest.raises(
        RenderError, match=r"templates/mine/layout\.mjml\.j2:\d+: <mj-foo> is no element of MJML"
    ):
        render_one(folder)


@pytest.mark.parametrize(
    "code",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ item.__class__ }}",
        "{{ item | attr('__class__') }}",
        "{{ '%s' | format(1) }}",
        "{{ '{0.__class__}'.format(item) }}",
        "{{ [item] | map(attribute='title') | list }}",
        "{{ item.title | safe }}",
        "{{ item.clear() }}",
        "{{ item.update({'title': 'x'}) }}",
        "{% include '../../mailer.toml' %}",
        "{% for i in range(10) %}{% endfor %}",
    ],
)
def test_templates_cannot_reach_further(folder: Path, code: str) -> None:
    change(folder, "items/article.mjml.j2", "{{ item.body }}", code)
    with pytest.raises((ProblemsError, RenderError), match=r"items/article\.mjml\.j2"):
        render_one(folder)
