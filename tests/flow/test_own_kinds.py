"""An office adds a kind of item, a template and a theme by files alone: checked, built, translated, and refused."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import lxml.html
import pytest

from tests.flow.office import Office

KIND = """\
about: A small grant.
label: {en: Grant, ru: Грант}
may_lead: true
day: closes
fields:
  closes: {type: date, required: true, label: {en: Closes, ru: Приём до}}
  donor: {type: text, required: true, label: {en: Donor, ru: Донор}}
  sum: {type: number, label: {en: Sum, ru: Сумма}}
  level: {type: choice, label: {en: Level, ru: Уровень}, choices: {high: {en: national, ru: национальный}}}
  young: {type: yes_no, label: {en: For young people, ru: Для молодёжи}}
  regions: {type: texts, label: {en: Regions, ru: Регионы}}
  terms: {type: markdown, label: {en: Terms, ru: Условия}}
  form: {type: link, label: {en: Form, ru: Бланк}}
  officer: {type: person, label: {en: Questions, ru: Вопросы}}
"""
LAYOUT = """\
{% import "parts.mjml.j2" as part %}
<div{{ part.anchor(item) }}>
{{ part.heading(item) }}
<p class="kick">{{ item.label }}</p>
<ul>
{% for name, field in item.fields.items() if field.shown and field.type != "markdown" %}
<li>{{ field.label }}|{{ field.html }}</li>
{% endfor %}
</ul>
<h3>{{ item.fields.terms.label }}</h3>
{{ item.fields.terms.html }}
</div>
"""
ITEM = """\
  - kind: grant
    id: grant
    title: Money for saiga
    closes: 2017-03-15
    donor: "The <b>Fund</b> & {{country|your country}}"
    sum: 12500
    level: high
    young: true
    regions: [Asia, Africa]
    terms: |
      - one *page*
      - [the rules](https://example.org/rules)
    form: {url: https://example.org/form, text: The form}
    officer: {name: A. B., email: a.b@example.org, phone: +49 228 1}
"""
RUSSIAN = """\
language: ru
items:
  grant:
    title: Деньги для сайги
    donor: Фонд
    regions: [Азия, Африка]
    terms: Одна страница.
    form: {text: Бланк заявки}
"""


@pytest.fixture
def granted(office: Office) -> Office:
    """The office with a template of its own, based on the newsletter, that declares the kind."""
    folder = office.root / "templates" / "ours"
    write(folder / "template.yaml", "title: Ours\nbase: newsletter\ntext_links: numbered\n")
    write(folder / "items" / "grant.yaml", KIND)
    write(folder / "items" / "grant.mjml.j2", LAYOUT)
    write(folder / "theme.yaml", "light: {brand: '#123456'}\n")
    write(folder / "themes" / "plain.yaml", "light: {brand: '#223344'}\n")
    write(
        office.issue,
        office.issue.read_text(encoding="utf-8").replace("items:", "template: ours\nitems:") + ITEM,
    )
    return office


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    write(path, text.replace(old, new, 1))


def built(office: Office, language: str = "en") -> tuple[lxml.html.HtmlElement, str]:
    """The html and the text of a version in that language that has the item."""
    office.run("build", "test-issue")
    folder = sorted((office.root / "build" / "test-issue").glob(f"{language}-*"))[0]
    html = (folder / "index.html").read_text(encoding="utf-8")
    return lxml.html.document_fromstring(html), (folder / "message.txt").read_text(encoding="utf-8")


def test_an_item_of_an_own_kind_is_checked_built_and_listed(granted: Office) -> None:
    granted.run("check", "test-issue")
    page, text = built(granted)
    words = " ".join(page.text_content().split())
    for said in (
        "Grant",
        "Closes|15 March 2017",
        "Sum|12,500",
        "Level|national",
        "|For young people",
        "Asia, Africa",
    ):
        assert said in words, said
    assert "Donor|The <b>Fund</b> &" in words
    assert page.xpath("//a[@href='https://example.org/form']")[0].text_content() == "The form"
    assert page.xpath("//a[@href='mailto:a.b@example.org']")
    assert page.xpath("//em[text()='page']")
    for line in (
        "Closes: 15 March 2017",
        "Sum: 12,500",
        "Level: national",
        "For young people",
        "Regions: Asia, Africa",
    ):
        assert line in text.splitlines(), text
    assert "Donor: The <b>Fund</b> & " in text
    assert "* Closes: Wednesday, 15 March 2017 · Money for saiga" in text
    assert "Terms:\n- one page" in text
    assert "Questions: A. B., a.b@example.org, +49" in text.replace("\u00a0", " ")
    shown = " ".join(page.xpath("//h2[@id='item-grant']/..//text()"))
    assert [word for word in re.findall(r"\w+", shown) if word not in text] == [], (
        "the text part loses nothing"
    )
    assert "#123456" in lxml.html.tostring(page).decode()


def test_a_message_of_an_own_kind_goes_out_like_any_other(granted: Office) -> None:
    granted.run("send", "test-issue", "--to", "everyone", "--yes")
    mails = json.loads(granted.run("outbox", "list", "--format", "json"))
    assert len(mails) == 20


def test_an_own_kind_is_translated_like_any_other(granted: Office) -> None:
    change(granted.root / "mailer.toml", 'languages = ["en"]', 'languages = ["en", "ru"]')
    write(granted.issue.parent / "issue.ru.yaml", RUSSIAN)
    people = granted.root / "recipients" / "contacts.csv"
    change(people, ",en,KZ,,partner,", ",ru,KZ,,partner,")
    page, text = built(granted, "ru")
    words = " ".join(page.text_content().split())
    for said in (
        "Грант",
        "Приём до|15 марта 2017",
        "Уровень|национальный",
        "Донор|Фонд",
        "Бланк|Бланк заявки",
    ):
        assert said in words, said
    assert "Сумма|12\u00a0500" in page.text_content()
    assert "Регионы: Азия, Африка" in text
    assert "Условия:\nОдна страница." in text
    change(granted.issue, 'donor: "The', 'donor: "Another')
    assert "translation." in granted.run("check", "test-issue")


def test_mistakes_in_an_own_kind_are_told_where_they_stand(granted: Office) -> None:
    change(granted.issue, "closes: 2017-03-15", "closses: 2017-03-15")
    printed = granted.run("check", "test-issue", code=1)
    assert 'Did you mean "closes"?' in printed.replace("\n", " ")
    assert "issue.yaml:" in printed


def test_checks_look_into_declared_fields(granted: Office) -> None:
    change(
        granted.issue,
        "officer: {name: A. B., email: a.b@example.org",
        "officer: {name: A. B., email: a.b@example",
    )
    change(granted.issue, "https://example.org/form", "htp://example.org/form")
    printed = granted.run("check", "test-issue", "--format", "json", code=1)
    found = {(finding["item"], finding["field"]) for finding in json.loads(printed)["findings"]}
    assert ("grant", "form.url") in found
    assert ("grant", "officer.email") in found


def test_a_day_that_has_gone_by_is_noticed(granted: Office) -> None:
    def past() -> list[tuple[str, str]]:
        findings = json.loads(granted.run("check", "test-issue", "--format", "json"))["findings"]
        return [(f["item"], f["field"]) for f in findings if f["rule"] == "date.past"]

    assert past() == [("grant", "closes")]
    change(granted.issue, "closes: 2017-03-15", "closes: 2999-03-15")
    assert past() == []


def test_an_issue_s_theme_colours_it(granted: Office) -> None:
    change(granted.issue, "template: ours", "template: ours\ntheme: plain")
    page, _ = built(granted)
    assert "#223344" in lxml.html.tostring(page).decode()


def test_a_changed_base_is_noticed(granted: Office) -> None:
    """The same process builds twice: what it remembers of a template must not outlive the base's files."""
    built(granted)
    time.sleep(0.01)
    change(
        granted.root / "templates" / "newsletter" / "item.mjml.j2", "{#", "<p>Seen before every item</p>\n{#"
    )
    page, _ = built(granted)
    assert "Seen before every item" in page.text_content()


BAD = {
    "an endless loop": (
        "grant.mjml.j2",
        "<p>{{ part }}",
        "{% for a in item.title * 999999999 %}{% endfor %}<p>",
    ),
    "a forbidden attribute": ("grant.mjml.j2", "{{ item.label }}", "{{ item.label.__class__.__mro__ }}"),
    "a syntax error": ("grant.mjml.j2", "{% endfor %}", "{% endfro %}"),
    "an unknown name": ("grant.mjml.j2", "item.fields.terms.html", "item.fields.trems.html"),
    "an unknown filter": ("grant.mjml.j2", "{{ item.label }}", "{{ item.label | safe }}"),
    "growth without end": (
        "grant.mjml.j2",
        "{{ item.label }}",
        "{% set n = namespace(t='xx') %}{% for c in 'abcdefghijklmnopqrstuvwxyz' %}{% set n.t = n.t ~ n.t %}"
        "{% endfor %}",
    ),
    "a wrong declaration": ("grant.yaml", "type: date", "type: dat"),
    "an unreadable declaration": ("grant.yaml", "fields:", "fields: ["),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_template_is_told_with_its_file_and_nothing_is_written(granted: Office, name: str) -> None:
    file, old, new = BAD[name]
    path = granted.root / "templates" / "ours" / "items" / file
    if old not in path.read_text(encoding="utf-8"):
        old = "<ul>"
    change(path, old, new)
    start = time.process_time()
    printed = granted.run("build", "test-issue", code=1)
    assert time.process_time() - start < 30, "it has no end"
    assert f"templates/ours/items/{file}:" in printed.replace("\n", ""), printed
    assert "Traceback" not in printed
    assert not (granted.root / "build").exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("template: ours", "template: oure", 'There is no template "oure". Did you mean "ours"?'),
        ("template: ours", "template: ours\ntheme: plian", 'has no theme "plian". Did you mean "plain"?'),
    ],
)
def test_an_unknown_template_or_theme_is_told_at_the_issue_s_line(
    granted: Office, old: str, new: str, words: str
) -> None:
    change(granted.issue, old, new)
    printed = " ".join(granted.run("build", "test-issue", code=1).split())
    assert words in printed
    assert "issues/test-issue/issue.yaml:" in printed
    assert not (granted.root / "build").exists()


def test_a_missing_string_is_told_with_its_file(granted: Office) -> None:
    change(granted.root / "templates/ours/items/grant.mjml.j2", "{{ item.label }}", "{{ phrases.our_own }}")
    printed = " ".join(granted.run("build", "test-issue", code=1).split())
    assert "strings.en.yaml: our_own: `our_own` is missing; templates/ours/items/grant.mjml.j2:4" in printed
    write(granted.root / "templates/ours/strings.en.yaml", 'our_own: "Our own words"\n')
    page, _ = built(granted)
    assert "Our own words" in page.text_content()


def test_schemas_have_the_own_kinds(granted: Office) -> None:
    granted.run("schema")
    schema = json.loads((granted.root / "schemas" / "issue.schema.json").read_text(encoding="utf-8"))
    assert "Grant" in schema["$defs"]
    assert "Call" in schema["$defs"]


def test_a_template_that_attacks_is_a_finding_of_check_and_makes_no_proof(granted: Office) -> None:
    item = granted.root / "templates" / "ours" / "items" / "grant.mjml.j2"
    write(item, '<p>x</p>\n<script>alert(1)</script><a href="javascript:x" onclick="x()">x</a>\n')
    found = json.loads(granted.run("check", "--format", "json", code=1))["findings"]
    (finding,) = [each for each in found if each["severity"] == "stop"]
    assert finding["message"].startswith("templates/ours/items/grant.mjml.j2:2: no letter may have <script>")
    assert "1 stop" in granted.run("check", code=1)
    assert "no letter may have <script>" in granted.run("proof", "test-issue", "--to", "everyone", code=1)
