"""Kinds of item that a template declares: read and checked as the built-in ones are, every mistake at its line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.check.link_reading import links
from mailer.check.reading import texts
from mailer.config import open_template
from mailer.content import IssueFile, read_issue, write_schemas
from mailer.content.kinds import read_kinds, workspace_kinds
from mailer.errors import ProblemsError
from mailer.model.issue import KINDS, Issue, ItemBase, Link, Person
from mailer.model.kinds import KindDeclaration, OwnItem, issue_model, kind_trouble, label_in, name_trouble
from mailer.model.translation import required_words, words_of

GRANT = """\
about: A small grant.
label: {en: Grant, ru: Грант}
day: closes
fields:
  closes: {type: date, required: true, label: {en: Closes, fr: Clôture}, about: The last day.}
  donor: {type: text, required: true}
  terms: {type: markdown}
  regions: {type: texts}
  sum: {type: number}
  open: {type: yes_no, label: Open to all}
  level: {type: choice, choices: {low: Low, high: {en: High, ru: Высокий}}}
  form: {type: link}
  officer: {type: person}
"""
ITEM = """\
  - id: one
    kind: grant
    title: Money
    closes: 2017-03-15
    donor: A Fund
    terms: "See [rules](https://example.org/r)"
    regions: [Asia, Africa]
    sum: 5000.5
    open: true
    level: high
    form: {url: https://example.org/f, text: Form}
    officer: {name: A. B., email: a.b@example.org}
"""
HEAD = "id: a\nseries: S\ndate: 2016-12-19\nlanguage: en\nitems:\n"
FIRST = len(HEAD.splitlines()) + 1


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one template that declares one kind."""
    items = tmp_path / "templates" / "newsletter" / "items"
    items.mkdir(parents=True)
    (items.parent / "theme.yaml").write_text("width: 600\n")
    declare(tmp_path, GRANT)
    return tmp_path


def declare(root: Path, text: str, kind: str = "grant", template: str = "newsletter") -> None:
    folder = root / "templates" / template / "items"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind}.yaml").write_text(text, encoding="utf-8")
    (folder / f"{kind}.mjml.j2").write_text("<p>{{ item.title }}</p>")


def read(root: Path, items: str = ITEM, head: str = HEAD) -> IssueFile:
    folder = root / "issues" / "a"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "issue.yaml").write_text(head + items, encoding="utf-8")
    return read_issue(folder, root)


def problems(root: Path, items: str = ITEM, head: str = HEAD) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(root, items, head)
    return [str(problem) for problem in caught.value.problems]


def test_an_item_of_a_declared_kind_is_read_with_its_values(root: Path) -> None:
    file = read(root)
    item = file.issue.item("one")
    assert isinstance(file.issue, Issue)
    assert isinstance(item, OwnItem)
    assert isinstance(item, ItemBase)
    assert (item.kind, item.value("closes"), item.value("sum")) == ("grant", date(2017, 3, 15), 5000.5)
    assert (item.value("regions"), item.value("open"), item.value("level")) == (
        ("Asia", "Africa"),
        True,
        "high",
    )
    assert item.value("form") == Link(url="https://example.org/f", text="Form")
    assert item.value("officer") == Person(name="A. B.", email="a.b@example.org")
    assert item.declaration.day == "closes"
    assert file.locate("one", "officer.email") == ("issues/a/issue.yaml", FIRST + 11)


def test_what_may_be_left_out_is_empty(root: Path) -> None:
    item = read(root, "  - {id: one, kind: grant, closes: 2017-03-15, donor: D}\n").issue.item("one")
    assert isinstance(item, OwnItem)
    assert [item.value(name) for name in ("terms", "regions", "sum", "open", "level", "form", "officer")] == [
        "", (), None, False, None, None, None,
    ]  # fmt: skip


def test_built_in_kinds_stand_beside_declared_ones(root: Path) -> None:
    issue = read(root, ITEM + "  - {id: two, kind: article, title: T}\n").issue
    assert [item.kind for item in issue.items] == ["grant", "article"]
    assert not isinstance(issue.item("two"), OwnItem)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("kind: grant", "kind: grnat", 0, 'one: "grnat" is not a kind of item. Did you mean "grant"?'),
        ("donor:", "donr:", 4, 'one · donr: "donr" is not known here. Did you mean "donor"?'),
        ("    donor: A Fund\n", "", 0, 'one · donor: "donor" is missing.'),
        ("donor: A Fund", 'donor: ""', 4, "one · donor: has fewer than 1 sign."),
        ("donor: A Fund", "donor: 5", 4, 'one · donor: "5" is not text.'),
        ("2017-03-15", "2017-02-30", 3, "one · closes"),
        ("sum: 5000.5", "sum: much", 7, 'one · sum: "much" is not a number.'),
        ("sum: 5000.5", "sum: true", 7, "one · sum: true is not a number."),
        ("open: true", "open: maybe", 8, 'one · open: "maybe" is not true or false.'),
        ("level: high", "level: hgih", 9, 'one · level: "hgih" is not allowed here. Did you mean "high"?'),
        ("regions: [Asia, Africa]", "regions: Asia", 6, 'one · regions: "Asia" is not a list.'),
        ("form: {url:", "form: {ulr:", 10, 'Did you mean "url"?'),
        ("officer: {name: A. B., ", "officer: {", 11, 'one · officer.name: "name" is missing.'),
    ],
)
def test_a_mistake_in_a_declared_field_is_told_as_any_other(
    root: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in ITEM
    found = problems(root, ITEM.replace(old, new))
    assert any(p.startswith(f"issues/a/issue.yaml:{FIRST + line}: ") and words in p for p in found), found


def test_a_kind_that_the_issue_s_template_lacks_is_not_known(root: Path) -> None:
    (root / "templates" / "other").mkdir()
    (root / "templates" / "other" / "template.yaml").write_text("title: Other\n")
    found = problems(root, head=HEAD.replace("series", "template: other\nseries"))
    assert any('"grant" is not a kind of item' in p for p in found)


def test_a_template_has_the_kinds_of_its_base_and_may_change_them(root: Path) -> None:
    (root / "templates" / "mine").mkdir()
    (root / "templates" / "mine" / "template.yaml").write_text("base: newsletter\n")
    head = HEAD.replace("series", "template: mine\nseries")
    assert read(root, head=head).issue.item("one").kind == "grant"
    declare(root, "fields: {reason: {type: text}}\n", template="mine")
    assert any('"closes" is not known here' in p for p in problems(root, head=head))
    assert read(root).issue.item("one").kind == "grant"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            "template: newslettr",
            'issue.yaml:2: template: There is no template "newslettr". Did you mean "newsletter"?',
        ),
        ("theme: nihgt", 'issue.yaml:2: theme: newsletter has no theme "nihgt". Did you mean "night"?'),
        ("template: [a]", "issue.yaml:2: template"),
    ],
)
def test_an_unknown_template_or_theme_is_told_where_the_issue_names_it(
    root: Path, key: str, words: str
) -> None:
    themes = root / "templates" / "newsletter" / "themes"
    themes.mkdir()
    (themes / "night.yaml").write_text("width: 600\n")
    found = problems(root, head=HEAD.replace("series", f"{key}\nseries"))
    assert any(words in p for p in found), found


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        (
            "fields: {x: {type: txt}}",
            'grant.yaml:1: fields.x.type: "txt" is not allowed here. Did you mean "text"?',
        ),
        ("fields: {x: {}}", 'grant.yaml:1: fields.x.type: "type" is missing.'),
        ("fields: {x: {type: choice}}", "a choice needs its `choices`"),
        ("fields: {x: {type: text, choices: {a: A}}}", "only a choice has `choices`"),
        ("fields: {x: {type: text, requierd: true}}", 'Did you mean "required"?'),
        ("fields: {Title: {type: text}}", "grant.yaml:1: fields.Title"),
        (
            "about: x\nfields:\n  title: {type: text}",
            'grant.yaml:3: fields.title: "title" is a field that every item',
        ),
        ("fields: {kind: {type: text}}", "is a field that every item has"),
        ("fields: {show_to: {type: text}}", "is a field that every item has"),
        ("fields: {model_dump: {type: text}}", "cannot name a field"),
        ("fields: {items: {type: text}}", "cannot name a field"),
        ("fields: {source: {type: text}}", "cannot name a field"),
        ("fields: {website: {type: text}}", "Make it `type: link`"),
        ("fields: {time: {type: text}}", "never translated"),
        ("fields: {}", "grant.yaml:1: fields"),
        ("label: x", '"fields" is missing'),
        ("day: closes\nfields: {closes: {type: text}}", 'names "closes", which is no date field'),
        ("day: due\nfields: {closes: {type: date}}", 'names "due"'),
        ("fields: [x]", "grant.yaml:1: fields"),
        ("- x", "grant.yaml"),
        ("fields: {x: {type: text", "grant.yaml:1: is not valid YAML"),
        ("a: &a [*a]", "grant.yaml:1: "),
        ("", "grant.yaml: is empty"),
        ("fields:\n" + "".join(f"  f{n}: {{type: text}}\n" for n in range(40)), "fields"),
    ],
)
def test_a_wrong_declaration_is_told_with_file_and_line(root: Path, declaration: str, words: str) -> None:
    declare(root, declaration)
    found = problems(root)
    assert all("templates/newsletter/items/grant.yaml" in p for p in found), found
    assert any(words in p for p in found), found


def test_a_kind_cannot_have_the_name_of_a_built_in_one(root: Path) -> None:
    (root / "templates" / "newsletter" / "items" / "article.yaml").write_text("fields: {x: {type: text}}\n")
    (found,) = problems(root)
    assert found.startswith(
        'templates/newsletter/items/article.yaml: "article" is a kind that every template has.'
    )


def test_a_kind_without_a_layout_says_which_file_to_add(root: Path) -> None:
    (root / "templates" / "newsletter" / "items" / "grant.mjml.j2").unlink()
    (found,) = problems(root)
    assert "grant.yaml: declares grant, which has no layout. Add items/grant.mjml.j2" in found


def test_problems_of_the_issue_and_of_a_declaration_are_told_at_once(root: Path) -> None:
    declare(root, "fields: {x: {type: txt}}")
    found = problems(root, ITEM + "  - {id: two, kind: article, titel: T}\n")
    assert any("grant.yaml" in p for p in found)
    assert any('Did you mean "title"?' in p for p in found)


def test_words_of_declared_fields_are_translated_and_facts_are_not(root: Path) -> None:
    words = words_of(read(root).issue.item("one"))
    assert words == {
        "title": "Money",
        "donor": "A Fund",
        "terms": "See [rules](https://example.org/r)",
        "regions[0]": "Asia",
        "regions[1]": "Africa",
        "form.url": "https://example.org/f",
        "form.text": "Form",
        "officer.name": "A. B.",
    }
    assert "donor" in required_words(read(root).issue.item("one"))


def test_a_translation_gives_the_words_of_declared_fields(root: Path) -> None:
    read(root)
    overlay = root / "issues" / "a" / "issue.ru.yaml"
    overlay.write_text(
        "language: ru\nitems:\n  one:\n    title: Деньги\n    donor: Фонд\n    regions: [Азия, Африка]\n"
        "    form: {text: Бланк}\n",
        encoding="utf-8",
    )
    translated = read(root).translations["ru"].items["one"]
    assert isinstance(translated.item, OwnItem)
    assert translated.item.value("donor") == "Фонд"
    assert translated.item.value("closes") == date(2017, 3, 15)
    assert translated.item.value("form") == Link(url="https://example.org/f", text="Бланк")
    assert "terms" in translated.missing
    overlay.write_text(
        "language: ru\nitems:\n  one: {title: Д, closes: 2018-01-01, donr: Ф}\n", encoding="utf-8"
    )
    found = problems(root)
    assert any("issue.ru.yaml:3" in p and "closes" in p and "same in every language" in p for p in found)
    assert any('Did you mean "donor"?' in p for p in found)


def test_checks_read_the_words_and_addresses_of_declared_fields(root: Path) -> None:
    issue = read(root).issue
    assert {"donor", "terms", "regions[0]", "form.text", "officer.name"} <= {
        place.field for place in texts(issue)
    }
    assert "level" not in {place.field for place in texts(issue)}
    assert {(link.field, link.url) for link in links(issue)} == {
        ("terms", "https://example.org/r"),
        ("form.url", "https://example.org/f"),
        ("officer.email", "mailto:a.b@example.org"),
    }


def test_editors_learn_the_declared_kinds(root: Path) -> None:
    write_schemas(root)
    schema = json.loads((root / "schemas" / "issue.schema.json").read_text(encoding="utf-8"))
    kinds = schema["properties"]["items"]["items"]["discriminator"]["mapping"]
    assert set(kinds) == {*KINDS, "grant"}
    grant = schema["$defs"]["Grant"]
    assert grant["description"] == "A small grant."
    assert set(grant["required"]) == {"id", "kind", "closes", "donor"}
    assert grant["properties"]["closes"]["description"] == "The last day."
    assert "high" in json.dumps(grant["properties"]["level"])


def test_where_templates_differ_editors_take_the_fields_of_both(root: Path) -> None:
    declare(root, "fields: {closes: {type: date}, reason: {type: text, required: true}}\n", template="other")
    (root / "templates" / "other" / "template.yaml").write_text("title: Other\n")
    fields = workspace_kinds(root)["grant"].fields
    assert set(fields) == {
        *read_kinds(open_template(root / "templates" / "newsletter"))["grant"].fields,
        "reason",
    }
    assert not any(field.required for field in fields.values())
    declare(root, "fields: nonsense\n", template="other")
    assert "reason" not in workspace_kinds(root)["grant"].fields


def test_the_noun_of_the_same_declarations_is_made_once() -> None:
    declaration = KindDeclaration.model_validate({"fields": {"x": {"type": "text"}}})
    assert issue_model({"k": declaration}) is issue_model({"k": declaration.model_copy()})
    assert issue_model({}) is Issue


def test_a_label_is_in_the_language_or_the_nearest_there_is() -> None:
    label = {"en": "Closes", "fr": "Clôture"}
    assert [label_in(label, tag) for tag in ("fr", "fr-CH", "ru")] == ["Clôture", "Clôture", "Closes"]
    assert label_in({"ru": "До"}, "de") == "До"
    assert label_in("Same", "ru") == "Same"
    assert label_in({}, "ru") == ""


@given(st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_whatever_a_kind_or_field_is_called_is_either_usable_or_refused(name: str) -> None:
    if kind_trouble(name) is None:
        declaration = KindDeclaration.model_validate({"fields": {"x": {"type": "text"}}})
        made = issue_model({name: declaration})
        assert made.model_validate(
            {"id": "a", "series": "s", "date": "2016-12-19", "items": [{"id": "i", "kind": name, "x": "y"}]}
        )
    try:
        declaration = KindDeclaration.model_validate({"fields": {name: {"type": "text"}}})
    except ValueError:
        return
    if name_trouble(name, declaration.fields[name]) is None:
        issue_model({"own": declaration})
