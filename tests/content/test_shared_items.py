"""Items that issues share: written in one place, named by reference, with every problem at its real file and line."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mailer.content import (
    IssueFile,
    extend_translation,
    find_issue,
    list_issues,
    new_issue,
    read_issue,
    read_pictures,
    stale_names,
    stamp_translation,
    start_translation,
)
from mailer.content.schemas import issue_schema, shared_schema, shared_translation_schema
from mailer.errors import MailerError, Problem, ProblemsError, UsageError
from mailer.model.issue import Issue
from mailer.model.translation import item_digest, progress_of

HEAD = """\
id: a
series: News
date: 2016-12-19
language: en
subject: Saigas counted
items:
"""
OWN = """\
  - id: first
    kind: article
    title: One
    body: A body.
"""
CONTACT = """\
# One place for all issues.
kind: contact
title: Contact
body: |
  Write to us,
  or come by.
email: office@example.org
"""


class Work:
    """A workspace with one issue that names a shared item."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "issues" / "a"
        self.shared = root / "issues" / "shared"
        self.folder.mkdir(parents=True)
        (self.shared / "images").mkdir(parents=True)
        self.issue("  - shared: contact\n")
        self.share("contact", CONTACT)

    def issue(self, more: str, head: str = HEAD) -> None:
        (self.folder / "issue.yaml").write_text(head + OWN + more, encoding="utf-8")

    def share(self, name: str, text: str) -> Path:
        path = self.shared / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def translate(self, language: str, text: str) -> None:
        (self.folder / f"issue.{language}.yaml").write_text(text, encoding="utf-8")

    def read(self) -> IssueFile:
        return read_issue(self.folder, self.root)

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(ProblemsError) as caught:
            self.read()
        return caught.value.problems

    def told(self) -> list[str]:
        return [str(problem) for problem in self.problems()]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path)


def a_picture(path: Path, colour: str) -> None:
    Image.new("RGB", (300, 200), colour).save(path)


def test_a_shared_item_stands_where_it_is_named_and_is_called_as_its_file(work: Work) -> None:
    item = work.read().issue.items[1]
    assert (item.id, item.title, item.body) == ("contact", "Contact", "Write to us,\nor come by.\n")


def test_it_is_read_as_if_it_were_written_in_the_issue(work: Work) -> None:
    by_reference = work.read().issue
    inside = "".join(f"    {line}\n" for line in CONTACT.splitlines())
    work.issue(f"  - id: contact\n{inside}")
    assert work.read().issue == by_reference


def test_an_issue_says_layout_group_and_archive_itself_and_nothing_else(work: Work) -> None:
    work.issue("  - shared: contact\n    layout: side\n    archive: no\n    show_to: parties\n")
    item = work.read().issue.items[1]
    assert (item.layout, item.archive, item.show_to) == ("side", False, "parties")
    work.issue("  - shared: contact\n    title: Ours\n    email: a@example.org\n")
    assert work.told() == [
        f'issues/a/issue.yaml:{line}: contact · {key}: "{key}" is not said here. Say it in '
        "issues/shared/contact.yaml; only layout, show_to, archive may stand here."
        for line, key in ((12, "title"), (13, "email"))
    ]


def test_each_field_is_found_in_the_file_where_it_stands(work: Work) -> None:
    work.issue("  - shared: contact\n    layout: side\n")
    file = work.read()
    assert file.locate("contact", "body") == ("issues/shared/contact.yaml", 4)
    assert file.locate("contact", "layout") == ("issues/a/issue.yaml", 12)
    assert file.locate("contact", "links[0].url") == ("issues/shared/contact.yaml", 2)
    assert file.locate("first", "title") == ("issues/a/issue.yaml", 9)


def test_a_mistake_in_a_shared_item_is_told_at_its_line_beside_those_of_the_issue(work: Work) -> None:
    work.issue("  - shared: contact\n    layout: tall\n", HEAD.replace("series", "serie"))
    work.share("contact", CONTACT + "timezone: X\nphones: 5\nimage: {src: images/none.png, alt: A}\n")
    places = [(problem.file, problem.line, problem.item, problem.below) for problem in work.problems()]
    assert ("issues/a/issue.yaml", 12, "contact", "layout") in places
    assert ("issues/shared/contact.yaml", 9, "contact", "phones") in places
    assert ("issues/shared/contact.yaml", 8, "contact", "timezone") in places
    assert ("issues/shared/contact.yaml", 10, "contact", "image.src") in places
    assert any(file == "issues/a/issue.yaml" and line == 2 for file, line, _, _ in places)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            "contct",
            'issue.yaml:11: contct · shared: There is no shared item "contct". Did you mean "contact"?',
        ),
        (
            "../../secret",
            "item 2 · shared: is no name of a shared item. Write the name of a file in issues/shared",
        ),
        ("/etc/passwd", "is no name of a shared item."),
        ("[contact]", "is no name of a shared item."),
        ("contact.ru", "is no name of a shared item."),
        (f"{'a' * 300}", "item 2 · shared: is no name of a shared item."),
        ("", "is no name of a shared item."),
        ("Contact", "is no name of a shared item."),
    ],
)
def test_a_name_that_is_none_is_told_where_it_stands(work: Work, entry: str, words: str) -> None:
    work.issue(f"  - shared: {entry}\n")
    (told,) = work.told()
    assert words in told


def test_an_item_cannot_stand_twice(work: Work) -> None:
    work.issue("  - shared: contact\n  - shared: contact\n  - shared: first\n")
    work.share("first", "kind: about\ntitle: A\n")
    assert work.told() == [
        'issues/a/issue.yaml:12: contact · shared: "contact" stands in this issue already, on line 11. '
        "Take one of the two out.",
        'issues/a/issue.yaml:13: first · shared: "first" stands in this issue already, on line 7. '
        "Take one of the two out.",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "contact.yaml: contact: is empty."),
        ("- kind: about\n", "contact.yaml:1: contact: does not begin with `key: value` lines."),
        ("shared: contact\n", "contact.yaml:1: contact · shared: names another shared item."),
        ("id: office\n" + CONTACT, 'contact.yaml:1: contact · id: is not the file\'s name, "contact".'),
        (
            "language: ru\n" + CONTACT,
            "contact.yaml:1: contact · language: is in Russian, and the issue in English.",
        ),
        ("kind: contact\n  x: [", "contact.yaml:2: is not valid YAML"),
        ("kind: party\ntitle: A\n", "contact.yaml:1: contact"),
        ("kind: contact\ntitle: &a A\nbody: *a\n", "contact.yaml:2: names a value with &a."),
        ("#" * 2_100_000, "contact.yaml: is larger than 2 MB."),
    ],
)
def test_a_file_that_is_no_item_is_told(work: Work, text: str, words: str) -> None:
    work.share("contact", text)
    assert words in work.told()[0]


def test_what_leads_out_of_the_folder_or_is_no_file_is_refused(work: Work) -> None:
    outside = work.root / "outside.yaml"
    outside.write_text(CONTACT, encoding="utf-8")
    path = work.shared / "contact.yaml"
    path.unlink()
    path.symlink_to(outside)
    assert "is a link out of its folder" in work.told()[0]
    path.unlink()
    path.mkdir()
    assert "is no ordinary file" in work.told()[0] or "cannot be read" in work.told()[0]
    path.rmdir()
    os.mkfifo(path)
    assert "is no ordinary file" in work.told()[0]
    path.unlink()
    path.symlink_to(path.with_name("contact.yaml"))
    assert "is a link to nothing" in work.told()[0]


def test_pictures_of_shared_items_come_from_their_own_folder(work: Work) -> None:
    a_picture(work.shared / "images" / "a.png", "red")
    (work.folder / "images").mkdir()
    a_picture(work.folder / "images" / "a.png", "blue")
    work.issue(
        "  - shared: contact\n  - {id: own, kind: image, image: {src: images/a.png, alt: Blue}}\n"
        '  - {id: same, kind: image, image: {src: "shared:images/a.png", alt: Red}}\n'
    )
    work.share("contact", CONTACT + "image: {src: images/a.png, alt: Red}\n")
    file = work.read()
    red, blue = read_pictures(file.issue, file.folder, file.document.file, file.locate)
    assert (red.src, blue.src) == ("shared:images/a.png", "images/a.png")
    assert red.sha256 != blue.sha256


@pytest.mark.parametrize(
    "src", ["../a/images/a.png", "/etc/passwd", "shared:images/a.png", "https://example.org/a.png"]
)
def test_pictures_of_shared_items_stay_in_their_folder(work: Work, src: str) -> None:
    (work.folder / "images").mkdir()
    a_picture(work.folder / "images" / "a.png", "blue")
    a_picture(work.shared / "images" / "a.png", "red")
    work.share("contact", CONTACT + f'image: {{src: "{src}", alt: A}}\n')
    (problem,) = work.problems()
    assert (problem.file, problem.line, problem.below) == ("issues/shared/contact.yaml", 8, "image.src")


def test_its_words_in_another_language_stand_beside_it(work: Work) -> None:
    work.translate("fr", "language: fr\nitems:\n  first: {title: Un, body: Un texte.}\n")
    (work.shared / "contact.fr.yaml").write_text("title: Nous joindre\nbody: Écrivez.\n", encoding="utf-8")
    file = work.read()
    translated = file.translations["fr"].items["contact"].item
    assert (translated.title, translated.body) == ("Nous joindre", "Écrivez.")
    assert file.locate_in("fr")("contact", "body") == ("issues/shared/contact.fr.yaml", 2)
    assert file.locate_in("fr")("first", "title") == ("issues/a/issue.fr.yaml", 3)


def test_words_of_a_shared_item_do_not_begin_a_translation_of_the_issue(work: Work) -> None:
    (work.shared / "contact.fr.yaml").write_text("title: Nous joindre\nbody: Écrivez.\n", encoding="utf-8")
    assert work.read().translations == {}
    work.translate("fr", "language: fr\nitems:\n  first:\n    title:\n")
    assert work.read().translations["fr"].items.keys() == {"contact"}
    assert work.read().begun == ()


def test_problems_of_its_translation_are_at_their_lines(work: Work) -> None:
    work.translate("fr", "language: fr\nitems:\n  contact: {title: Nous}\n")
    (work.shared / "contact.fr.yaml").write_text("title: Nous\nkind: about\ntitel: N\n", encoding="utf-8")
    (work.shared / "contact.russian.yaml").write_text("title: Nous\n", encoding="utf-8")
    assert work.told() == [
        "issues/a/issue.fr.yaml:3: items.contact: is shared with other issues. Put its words into "
        "issues/shared/contact.fr.yaml.",
        "issues/shared/contact.fr.yaml:2: contact · kind: is the same in every language. Take it out: "
        "contact.yaml says it.",
        'issues/shared/contact.fr.yaml:3: contact · titel: "titel" is not known here. Did you mean "title"?',
        'issues/shared/contact.russian.yaml: "russian" is not a language. Write a language tag such as en, ru '
        "or zh-Hant.",
    ]
    # An issue that is not in that language does not read them.
    (work.folder / "issue.fr.yaml").unlink()
    (work.shared / "contact.russian.yaml").unlink()
    assert work.read().translations == {}


def test_translations_are_begun_added_to_and_noted_in_the_shared_file(work: Work) -> None:
    start_translation(work.read(), "fr")
    frame = work.shared / "contact.fr.yaml"
    assert "contact" not in (work.folder / "issue.fr.yaml").read_text(encoding="utf-8")
    text = frame.read_text(encoding="utf-8")
    assert "# Write to us,\n# or come by.\nbody: |\n" in text
    frame.write_text(
        text.replace("title:\n", "title: Nous joindre\n").replace("body: |\n", "body: Écrivez.\n")
    )
    file = work.read()
    assert progress_of(file.issue, file.translations["fr"]).translated == ("contact",)
    assert stale_names(file, "fr") == ()
    work.share("contact", CONTACT.replace("come by", "drop in"))
    assert stale_names(work.read(), "fr") == ("contact",)
    assert stamp_translation(work.read(), "fr", ["contact"]).anew == ("contact",)
    stamped = frame.read_text(encoding="utf-8")
    assert f"source: {item_digest(work.read().issue.item('contact'))}" in stamped.replace('"', "")
    assert "# Write to us," in stamped
    work.share("social", "kind: social\ntitle: Follow us\n")
    work.issue("  - shared: contact\n  - shared: social\n")
    assert extend_translation(work.read(), "fr") == ("social",)
    assert (work.shared / "social.fr.yaml").is_file()


def test_the_shared_folder_is_no_issue_and_no_issue_is_called_so(work: Work) -> None:
    work.share("issue", CONTACT)
    assert list_issues(work.root / "issues") == ["a"]
    for name in ("shared", str(work.shared), str(work.shared / "issue.yaml")):
        with pytest.raises(MailerError, match="There is no issue"):
            find_issue(name, work.root / "issues")
    with pytest.raises(UsageError, match='"shared" cannot name an issue'):
        new_issue(work.root / "issues", "shared", day=work.read().issue.date, series="S", language="en")


def test_an_own_item_with_a_kind_is_never_taken_for_a_reference(work: Work) -> None:
    work.issue("  - id: b\n    kind: about\n    title: B\n    shared: contact\n")
    assert '"shared" is not known here' in work.told()[0]


def test_editors_know_references_shared_items_and_their_words() -> None:
    branches = json.loads(issue_schema(Issue))["properties"]["items"]["items"]["oneOf"]
    assert {"$ref": "#/$defs/SharedReference"} in branches
    about = json.loads(shared_schema(Issue))["$defs"]["About"]
    assert "id" not in about["required"]
    assert "language" in about["properties"]
    assert {"source", "title", "body", "image"} <= json.loads(shared_translation_schema(Issue))[
        "properties"
    ].keys()


KEYS = st.sampled_from(
    ["id", "kind", "title", "body", "image", "src", "shared", "language", "layout", "show_to"]
)
WORDS = st.sampled_from(["about", "contact", "en", "images/a.png", "../x", "side", "", "\u202e", "é"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


@given(entry=st.dictionaries(KEYS, VALUES, max_size=3), other=VALUES, said=VALUES, words=VALUES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_there_is_an_item_or_a_problem(
    work: Work, entry: dict[str, object], other: object, said: object, words: object
) -> None:
    items = [{"shared": "contact"} | entry, other, {"shared": "contact"}]
    head = {"id": "a", "series": "S", "date": "2016-12-19", "items": items}
    (work.folder / "issue.yaml").write_text(json.dumps(head), encoding="utf-8")
    (work.folder / "issue.fr.yaml").write_text("language: fr\n", encoding="utf-8")
    work.share("contact", json.dumps(said))
    (work.shared / "contact.fr.yaml").write_text(json.dumps(words), encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        work.read()
    assert all(problem.file for problem in caught.value.problems)
    del items[1:]
    (work.folder / "issue.yaml").write_text(json.dumps(head), encoding="utf-8")
    with suppress(ProblemsError):
        assert len(work.read().issue.items) == 1


def test_its_authors_are_authors_of_the_issue(work: Work) -> None:
    work.share("contact", CONTACT + "authors: [Ann, Ben]\n")
    assert work.read().issue.authors == ("Ann", "Ben")
    work.issue("  - shared: contact\n", HEAD.replace("items:", "authors: [Ben, Cy]\nitems:"))
    assert work.read().issue.authors == ("Ben", "Cy", "Ann")
    work.issue("  - shared: contact\n", HEAD.replace("items:", "authors: Cy\nitems:"))
    assert [(problem.file, problem.line) for problem in work.problems()] == [("issues/a/issue.yaml", 6)]
    for wrong in ("Ann", "[5]", "{a: b}"):
        work.issue("  - shared: contact\n")
        work.share("contact", CONTACT + f"authors: {wrong}\n")
        assert work.told() == [
            "issues/shared/contact.yaml:8: contact · authors: is no list of names. Write [Ann Author, Ben Writer]."
        ]


def test_its_translators_are_those_of_every_issue_in_that_language(work: Work) -> None:
    work.translate("fr", "language: fr\ntranslators: [Ann]\nitems:\n  first: {title: Un, body: Un texte.}\n")
    (work.shared / "contact.fr.yaml").write_text("title: Nous\ntranslators: [Ben, Ann]\n", encoding="utf-8")
    assert work.read().translations["fr"].translators == ("Ann", "Ben")
    (work.shared / "contact.fr.yaml").write_text("title:\ntranslators: [Ben]\n", encoding="utf-8")
    assert work.read().translations["fr"].translators == ("Ann",)
    (work.shared / "contact.fr.yaml").write_text("title: Nous\ntranslators: Ben\n", encoding="utf-8")
    (told,) = work.told()
    assert told.startswith("issues/shared/contact.fr.yaml:2: contact · translators: ")
