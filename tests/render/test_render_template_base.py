"""Templates that are based on others, and themes: each names only what differs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image
from render_kit import DAY, OFFICE, TEMPLATE, issue_of

from mailer.config import list_templates, open_template
from mailer.errors import ProblemsError, RenderError
from mailer.model.rendition import Rendition
from mailer.render import Template, edition_of, read_template, render_variant, variant_for

SMALLEST_LAYOUT = (
    '<mjml><mj-head><mj-attributes><mj-all font-family="Arial" /></mj-attributes></mj-head><mj-body><mj-section>'
    "<mj-column><mj-text>{{ phrases.hello }}</mj-text></mj-column></mj-section></mj-body></mjml>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of templates: the newsletter, and `mine`, based on it."""
    shutil.copytree(TEMPLATE, tmp_path / "newsletter")
    write(tmp_path / "mine", {"template.yaml": "base: newsletter\n"})
    return tmp_path / "mine"


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read(folder: Path, language: str = "en", theme: str | None = None) -> Template:
    return read_template(folder, language, f"templates/{folder.name}", theme)


def problems(folder: Path, language: str = "en", theme: str | None = None) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(folder, language, theme)
    return [str(problem) for problem in caught.value.problems]


def rendered(template: Template, **item: object) -> Rendition:
    issue = issue_of({"id": "one", "title": "T"} | item)
    return render_variant(
        edition_of(issue, variant_for(issue, "en", lambda _: True, DAY)), template, [], OFFICE
    )


def test_a_template_with_a_base_alone_is_that_base(folder: Path) -> None:
    mine, base = read(folder), read(folder.parent / "newsletter")
    assert (mine.theme, mine.phrases, mine.pictures) == (base.theme, base.phrases, base.pictures)
    assert rendered(mine).html == rendered(base).html


def test_what_a_template_has_itself_counts_and_the_base_has_the_rest(folder: Path) -> None:
    write(folder, {"items/article.mjml.j2": "<p>MINE {{ item.title }}</p>\n"})
    html = rendered(read(folder)).html
    assert "MINE T" in html
    assert "Bureau of Steppes" in html


def test_a_layout_extends_the_one_that_it_replaces(folder: Path) -> None:
    changed = (TEMPLATE / "layout.mjml.j2").read_text(encoding="utf-8")
    assert "<mj-body" in changed
    write(
        folder.parent / "newsletter",
        {"layout.mjml.j2": SMALLEST_LAYOUT.replace("{{ phrases.hello }}", "{% block x %}base{% endblock %}")},
    )
    write(
        folder,
        {
            "layout.mjml.j2": "{% extends 'newsletter/layout.mjml.j2' %}"
            "{% block x %}{{ super() }} and mine{% endblock %}"
        },
    )
    assert "base and mine" in rendered(read(folder)).html


def test_strings_name_only_what_differs(folder: Path) -> None:
    write(folder, {"strings.en.yaml": 'contents: "Inside"\n', "strings.ru.yaml": 'contents: "Внутри"\n'})
    assert read(folder).phrases["contents"] == "Inside"
    assert read(folder).phrases["why"] == read(folder.parent / "newsletter").phrases["why"]
    assert read(folder, "ru-KZ").phrases["contents"] == "Внутри"
    assert (
        read(folder, "fr").phrases["contents"] == read(folder.parent / "newsletter", "fr").phrases["contents"]
    )


def test_a_string_that_a_template_asks_for_must_be_there_in_every_language_read(folder: Path) -> None:
    write(folder, {"layout.mjml.j2": SMALLEST_LAYOUT, "strings.en.yaml": 'hello: "Hello"\n'})
    assert "Hello" in rendered(read(folder)).html
    (found,) = problems(folder, "ru")
    assert found == (
        "templates/mine/strings.ru.yaml: hello: `hello` is missing; templates/mine/layout.mjml.j2:1 asks for it. "
        "Add `hello: …` to templates/mine/strings.ru.yaml."
    )
    write(folder, {"strings.en.yaml": 'hello: "Hello"\nhullo: "Hullo"\n'})
    (found,) = problems(folder)
    assert found.startswith("templates/mine/strings.en.yaml:2: hullo: is not a string")
    assert 'Did you mean "hello"?' in found


def test_a_theme_names_only_what_differs(folder: Path) -> None:
    write(folder, {"theme.yaml": "radius: 0\nlight: {brand: '#004400'}\nmasthead:\n"})
    mine, base = read(folder).theme, read(folder.parent / "newsletter").theme
    assert (mine.radius, mine.light.brand, mine.masthead) == (0, "#004400", None)
    assert (mine.light.text, mine.dark, mine.fonts) == (base.light.text, base.dark, base.fonts)


def test_an_issue_s_theme_is_laid_over_the_template_s_own(folder: Path) -> None:
    write(folder, {"theme.yaml": "radius: 0\n", "themes/night.yaml": "light: {brand: '#220044'}\n"})
    write(
        folder.parent / "newsletter",
        {"themes/night.yaml": "radius: 3\nlight: {brand: '#440022', accent: '#550011'}\n"},
    )
    night = read(folder, theme="night").theme
    assert (night.radius, night.light.brand, night.light.accent) == (3, "#220044", "#550011")
    assert read(folder).theme.radius == 0


def test_each_value_of_a_theme_is_blamed_on_the_file_it_stands_in(folder: Path) -> None:
    write(
        folder,
        {
            "theme.yaml": "# mine\nlight:\n  text: '#aaaaaa'\n",
            "themes/odd.yaml": "fonts:\n  body: 'x;}'\nwidht: 600\n",
        },
    )
    write(folder.parent / "newsletter", {"themes/odd.yaml": "width: 9000\n"})
    found = problems(folder)
    assert all(p.startswith("templates/mine/theme.yaml:3: light.text: #aaaaaa on ") for p in found)
    found = problems(folder, theme="odd")
    assert any(p.startswith("templates/mine/themes/odd.yaml:2: fonts.body") for p in found)
    assert any(p.startswith("templates/mine/themes/odd.yaml:3: widht") and "width" in p for p in found)
    assert any(p.startswith("templates/newsletter/themes/odd.yaml:1: width") for p in found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("words", "ground"), [("on_brand", "brand"), ("link", "tint"), ("muted", "page"), ("accent", "card")]
)
def test_words_too_faint_to_read_are_refused_in_both_schemes(
    folder: Path, scheme: str, words: str, ground: str
) -> None:
    colour = getattr(getattr(read(folder).theme, scheme), ground)
    write(folder, {"theme.yaml": f"{scheme}:\n  {words}: '{colour}'\n"})
    found = problems(folder)
    assert any(
        f"{scheme}.{words}: {colour} on {ground}" in p and "1.00 to 1" in p and ":2:" in p for p in found
    )
    assert all("Words need 4.5 to 1" in p for p in found)


def test_an_unknown_theme_names_the_nearest(folder: Path) -> None:
    write(folder, {"themes/night.yaml": "radius: 0\n", "themes/spring.yaml": "radius: 0\n"})
    assert 'has no theme "nihgt". Did you mean "night"?' in problems(folder, theme="nihgt")[0]


def test_a_picture_of_a_theme_comes_from_the_folder_that_has_it(folder: Path) -> None:
    images = folder / "images"
    images.mkdir()
    Image.new("RGB", (40, 10), "red").save(images / "logo.png")
    write(folder, {"theme.yaml": "logo: {src: images/logo.png, alt: Our office, width: 20}\n"})
    srcs = [picture.src for picture in read(folder).pictures]
    assert "template/images/logo.png" in srcs
    assert "template/images/masthead.jpg" in srcs


@pytest.mark.parametrize(
    ("theme", "words"),
    [
        ("logo: {src: ../secret.png, alt: x, width: 20}", "lies outside the template"),
        ("logo: {src: /etc/passwd, alt: x, width: 20}", "lies outside the template"),
        ("logo: {src: images/none.png, alt: x, width: 20}", "is not in the template's folder"),
        ("logo: {src: theme.yaml, alt: x, width: 20}", "not a JPEG, PNG or GIF"),
        ("logo: {src: images/masthead.jpg, alt: '', width: 20}", "logo.alt"),
        ("icons: {mastodon: icons/no.png}", "icons.mastodon"),
        ("sizes: {body: 9}", "sizes.body"),
        ("line_height: 1", "line_height"),
        ("radius: 100", "radius"),
        ("light: {page: }", "light.page"),
        ("[1, 2]", "theme.yaml"),
        ("light: [", "theme.yaml"),
    ],
)
def test_a_wrong_theme_is_told_with_file_and_line(folder: Path, theme: str, words: str) -> None:
    write(folder, {"theme.yaml": theme + "\n"})
    found = problems(folder)
    assert any(words in p and p.startswith("templates/mine/theme.yaml") for p in found), found


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("password", encoding="utf-8")
    (folder / "leak.j2").symlink_to(secret)
    assert "leads out of the template's folder" in problems(folder)[0]
    (folder / "leak.j2").unlink()
    (folder / "theme.yaml").symlink_to(secret)
    assert "templates/mine/theme.yaml: leads out" in problems(folder)[0]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"mine/template.yaml": "base: newslettr\n"},
            'templates/mine/template.yaml:1: base: "newslettr" is not a template beside this one. '
            'Did you mean "newsletter"?',
        ),
        (
            {"mine/template.yaml": "title: x\nbase: mine\n"},
            "templates/mine/template.yaml:2: base: goes round in a circle: mine → mine.",
        ),
        (
            {"newsletter/template.yaml": "base: third\n", "third/template.yaml": "base: mine\n"},
            "templates/third/template.yaml:1: base: goes round in a circle: mine → newsletter → third → mine.",
        ),
        ({"mine/template.yaml": "base: ../newsletter\n"}, "templates/mine/template.yaml:1: base"),
        ({"mine/template.yaml": "bsae: newsletter\n"}, 'Did you mean "base"?'),
        ({"mine/template.yaml": "text_links: footnotes\n"}, "templates/mine/template.yaml:1: text_links"),
        ({"mine/template.yaml": "- base\n"}, "templates/mine/template.yaml"),
    ],
)
def test_a_base_that_cannot_be_is_told_with_file_and_line(
    folder: Path, files: Mapping[str, str], said: str
) -> None:
    write(folder.parent, files)
    assert said in problems(folder)[0]


def test_a_template_that_is_not_there_names_the_nearest(folder: Path) -> None:
    (found,) = problems(folder.parent / "newslettre")
    assert 'There is no template "newslettre". Did you mean "newsletter"?' in found


def test_a_template_without_a_base_must_have_everything(folder: Path) -> None:
    write(folder, {"template.yaml": "title: Alone\n"})
    found = problems(folder)
    assert any(p.startswith("templates/mine/layout.mjml.j2: is missing.") and "base" in p for p in found)
    assert any(p.startswith("templates/mine/theme.yaml: is missing.") for p in found)
    assert any("has no strings" in p for p in found)


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("mine/items/article.mjml.j2", "templates/mine"),
        ("newsletter/items/article.mjml.j2", "templates/newsletter"),
    ],
)
def test_a_mistake_is_told_with_the_folder_that_it_stands_in(folder: Path, name: str, where: str) -> None:
    write(folder.parent, {name: "\n{% if item.body %}\n"})
    with pytest.raises(ProblemsError, match=rf"^{where}/items/article\.mjml\.j2:\d: "):
        read(folder)
    write(folder.parent, {name: "\n\n{{ item.bodi }}\n"})
    with pytest.raises(
        RenderError, match=rf'^{where}/items/article\.mjml\.j2:3: "bodi" is not there. Did you mean "body"'
    ):
        rendered(read(folder))
    write(folder.parent, {name: "<p>never closed"})
    with pytest.raises(RenderError, match=rf"{where}/items/article\.mjml\.j2"):
        rendered(read(folder))


def test_files_beyond_measure_are_refused(folder: Path) -> None:
    write(folder, {"items/article.mjml.j2": "x" * 50_001})
    assert "has more than 50,000 bytes" in problems(folder)[0]
    write(folder, {f"items/{kind}.mjml.j2": "x" * 40_000 for kind in ("article", "quote", "press", "event")})
    assert "templates/mine: has more than 150,000 signs in all its files" in problems(folder)[0]
    write(folder, {f"items/{kind}.mjml.j2": "x" for kind in ("article", "quote", "press", "event")})
    (folder / "items" / "quote.mjml.j2").write_bytes(b"<p>\n\xff")
    assert any(p.startswith("templates/mine/items/quote.mjml.j2:2: is not UTF-8") for p in problems(folder))


def test_addresses_in_the_text_are_as_the_template_or_its_base_says(folder: Path) -> None:
    assert read(folder).text_links == "inline"
    write(folder.parent, {"newsletter/template.yaml": "text_links: numbered\n"})
    assert read(folder).text_links == "numbered"
    write(folder.parent, {"mine/template.yaml": "base: newsletter\ntext_links: inline\n"})
    assert read(folder).text_links == "inline"


def test_templates_beside_each_other_are_listed_and_other_folders_are_not(folder: Path) -> None:
    (folder.parent / "notes").mkdir()
    (folder.parent / "README.md").write_text("x", encoding="utf-8")
    assert list_templates(folder.parent) == ["mine", "newsletter"]
    assert open_template(folder).themes == open_template(folder.parent / "newsletter").themes


@pytest.mark.parametrize("name", list_templates(TEMPLATE.parent))
@pytest.mark.parametrize("language", ["en", "ru", "fr", "ar"])
def test_every_shipped_template_reads_in_every_language_and_theme(name: str, language: str) -> None:
    folder = TEMPLATE.parent / name
    for theme in (None, *open_template(folder).themes):
        assert read_template(folder, language, theme=theme).phrases
