"""Translations beside an issue: their words, every problem of their files at once, beginning and noting them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.content import (
    IssueFile,
    extend_translation,
    read_issue,
    stale_names,
    stamp_translation,
    start_translation,
    write_schemas,
)
from mailer.content.overlay import translate_item
from mailer.errors import MailerError, Problem, ProblemsError, UsageError
from mailer.model.issue import Article, Image, Issue, ItemBase, Link, Person, Press
from mailer.model.translation import Progress, head_digest, item_digest, progress_of
from mailer.source import parse_yaml

ISSUE = """\
id: a
series: News
date: 2016-12-19
language: en
subject: Saigas counted
items:
  - id: first
    kind: article
    title: One
    body: |
      A body.

      And more.
    links:
      - {url: "https://example.org", text: Words}
      - {url: "https://example.org/2", text: Two}
    wording:
      - {for: parties, body: For Parties.}
      - {body: For others.}
  - id: due
    kind: deadline
    title: Reports
    due: 2017-01-01
    reference: "2016/035"
    contact: {name: Aigul, role: Officer, email: aigul@example.org}
  - id: "2016"
    kind: project
    title: Grants
    partners: [WWF, NABU]
  - id: rule
    kind: heading
"""

FRENCH = """\
language: fr
series: Nouvelles
items:
  # the first one
  first:
    title: Un
    links:
      - {}
      - {text: Deux, url: "https://example.org/fr"}
    wording:
      - {}
      - body: Pour les autres.
  "2016":
    partners: ["", Le NABU]
  due:
"""


def _nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    keys = st.sampled_from(["alt", "text", "url", "name", "title", "for", "x"])
    return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "issues" / "trial"
    folder.mkdir(parents=True)
    (folder / "issue.yaml").write_text(ISSUE)
    return folder


def read(folder: Path) -> IssueFile:
    return read_issue(folder, folder.parents[1])


def with_french(folder: Path, text: str = FRENCH) -> IssueFile:
    (folder / "issue.fr.yaml").write_text(text)
    return read(folder)


def problems(folder: Path, text: str, name: str = "issue.fr.yaml") -> list[Problem]:
    (folder / name).write_text(text)
    with pytest.raises(ProblemsError) as caught:
        read(folder)
    return list(caught.value.problems)


def said(found: list[Problem]) -> list[str]:
    return [str(problem) for problem in found]


def progress(file: IssueFile) -> Progress:
    return progress_of(file.issue, file.translations["fr"])


class TestReading:
    def test_words_are_laid_over_the_facts_of_their_source(self, folder: Path) -> None:
        translation = with_french(folder).translations["fr"]
        item = translation.items["first"].item
        assert isinstance(item, Article)
        assert item.title == "Un"
        assert item.body == "A body.\n\nAnd more.\n"
        assert [(link.text, link.url) for link in item.links] == [
            ("Words", "https://example.org"),
            ("Deux", "https://example.org/fr"),
        ]
        assert [(w.for_, w.body) for w in item.wording] == [
            ("parties", "For Parties."),
            (None, "Pour les autres."),
        ]
        assert translation.head == {"series": "Nouvelles"}

    def test_what_is_not_given_is_named(self, folder: Path) -> None:
        items = with_french(folder).translations["fr"].items
        assert items["first"].missing == ("body", "links[0].text", "wording[0].body")
        assert items["2016"].missing == ("title", "partners[0]")
        assert items["2016"].item.partners == ("WWF", "Le NABU")  # type: ignore[attr-defined]

    def test_what_is_left_empty_is_not_translated(self, folder: Path) -> None:
        empty = "language: fr\nsubject:\nitems:\n  due: {title: '', contact: {name: }}\n  first: {links: [{}, ]}\n"
        file = with_french(folder, empty)
        assert file.translations["fr"].items == {}
        assert file.translations["fr"].head == {}
        assert with_french(folder, "language: fr\nitems:\n").translations["fr"].items == {}

    def test_names_and_numbers_need_not_be_translated(self, folder: Path) -> None:
        file = with_french(
            folder, "language: fr\nitems:\n  due: {title: Rapports, contact: {role: Agente}}\n"
        )
        due = file.translations["fr"].items["due"]
        assert due.missing == ()
        assert due.item.contact.email == "aigul@example.org"  # type: ignore[attr-defined]

    def test_an_item_without_words_is_not_counted(self, folder: Path) -> None:
        assert progress(with_french(folder)).items == ("first", "due", "2016")

    def test_a_field_is_found_in_the_file_of_its_language(self, folder: Path) -> None:
        locate = with_french(folder).locate_in("fr")
        assert locate("first", "links[1].text") == ("issues/trial/issue.fr.yaml", 9)
        assert locate("first", "wording[1].body") == ("issues/trial/issue.fr.yaml", 12)
        assert locate("first", "body") == ("issues/trial/issue.fr.yaml", 5), "the item, where it has none"
        assert locate(None, "series")[1] == 2
        assert locate(None, None)[1] == 1

    def test_kinds_that_a_template_declares_are_translated_too(self, folder: Path) -> None:
        items = folder.parents[1] / "templates" / "newsletter" / "items"
        items.mkdir(parents=True)
        (items.parent / "layout.mjml.j2").write_text("<mjml></mjml>")
        (items / "call.mjml.j2").write_text("x")
        (items / "call.yaml").write_text(
            "fields:\n"
            "  fee: {type: number}\n"
            "  who: {type: text}\n"
            "  places: {type: texts}\n"
            "  level: {type: choice, choices: {high: High, low: Low}}\n"
        )
        own = "  - {id: call, kind: call, title: Call, fee: 3, who: All, places: [A, B], level: high}\n"
        (folder / "issue.yaml").write_text(ISSUE + own)
        file = with_french(folder, "language: fr\nitems:\n  call: {who: Tous, places: [A, Bé]}\n")
        call = file.translations["fr"].items["call"]
        assert (call.item.who, call.item.fee) == ("Tous", 3)  # type: ignore[attr-defined]
        assert call.item.places == ("A", "Bé")  # type: ignore[attr-defined]
        assert call.missing == ("title",)
        found = problems(folder, "language: fr\nitems:\n  call: {level: low, fee: 4}\n")
        assert [p.field for p in found] == ["items.call.level", "items.call.fee"]
        assert {p.message for p in found} == {"is the same in every language."}


class TestProblems:
    def test_all_are_told_at_once_after_those_of_the_issue(self, folder: Path) -> None:
        (folder / "issue.yaml").write_text(ISSUE.replace("subject:", "subjct:"))
        (folder / "issue.ru.yaml").write_text("language: ru\nitems: &a [")
        found = problems(folder, "language: de\ntitel: x\nitems: {frist: {title: Un}}\n")
        assert [(Path(p.file).name, p.line, p.rule) for p in found] == [
            ("issue.yaml", 5, "file.unknown-key"),
            ("issue.fr.yaml", 2, "file.unknown-key"),
            ("issue.fr.yaml", 3, "file.unknown-item"),
            ("issue.ru.yaml", 2, "file.yaml"),
            ("issue.ru.yaml", 2, "file.yaml"),
        ]

    def test_mistakes_of_items_are_told_while_the_issue_has_some_of_its_own(self, folder: Path) -> None:
        (folder / "issue.yaml").write_text(ISSUE.replace("title: Reports", "titel: Reports"))
        found = problems(folder, "language: fr\nitems: {first: {tilte: Un}, due: {due: x}, frist: {}}\n")
        assert [(Path(p.file).name, p.field) for p in found] == [
            ("issue.yaml", "items[1].titel"),
            ("issue.fr.yaml", "items.first.tilte"),
            ("issue.fr.yaml", "items.frist"),
        ], "of an item that cannot be used nothing is said twice"

    def test_an_issue_that_is_no_yaml_leaves_its_items_unknown(self, folder: Path) -> None:
        (folder / "issue.yaml").write_text("id: [")
        found = problems(folder, "language: fr\nitems: {first: {tilte: Un}, frist: {}}\ntitel: x\n")
        assert [(Path(p.file).name, p.field) for p in found] == [
            ("issue.yaml", ""),
            ("issue.fr.yaml", "titel"),
        ]

    @given(
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), _nested, max_leaves=12)
    )
    @settings(max_examples=80, deadline=None)
    def test_whatever_an_overlay_says_is_words_or_problems(self, said: object) -> None:
        document = parse_yaml(json.dumps({"items": {"one": {"x": 1}}}).encode(), "issue.fr.yaml")
        image = Image(src="a.png", alt="A")
        one = Press(
            id="one", kind="press", title="T", image=image, links=(Link(url="u"),), people=(Person(name="P"),)
        )
        for key in (*Press.model_fields, "source", "nonsense"):
            translated, wrong = translate_item(one, {key: said}, document)
            assert translated is None or isinstance(translated.item, Press)
            assert all(problem.message and problem.field.startswith("items.one") for problem in wrong)

    def test_every_mistake_in_items_has_its_line_and_field(self, folder: Path) -> None:
        text = """\
language: fr
number: 24
items:
  frist:
    title: Un
  first:
    tilte: Un
    kind: article
    show_to: parties
    title: 2016-12-19
    body: [1]
    image: {alt: Un saïga}
    links:
      - {text: A, url: 5}
      - text
      - {text: C}
    wording: {body: x}
  due:
    due: 2018-01-01
    source: 123456789012
    contact: Aigul
    people: []
  "2016":
    partners: [A, {}, C]
"""
        assert said(problems(folder, text)) == [
            f"issues/trial/issue.fr.yaml:{line}"
            for line in (
                '2: number: "24" is not text. Put it in quotes.',
                '4: items.frist: There is no item "frist" in issue.yaml. Did you mean "first"?',
                '7: items.first.tilte: "tilte" is not known here. Did you mean "title"?',
                "8: items.first.kind: is the same in every language. Take it out: issue.yaml says it.",
                "9: items.first.show_to: is the same in every language. Take it out: issue.yaml says it.",
                '10: items.first.title: "2016-12-19" is not text. Put it in quotes.',
                "11: items.first.body: A list is not text. Put the text in quotes, or after a |, on one level.",
                "12: items.first.image: has nothing to translate: the item in issue.yaml is without it. Take it out.",
                '14: items.first.links[0].url: "5" is not text. Put it in quotes.',
                '15: items.first.links[1]: "text" is not a group of keys. Write `key: value` lines, indented.',
                "16: items.first.links[2]: is one entry too many: issue.yaml has 2 entries there. "
                "Entries stand in the order of issue.yaml; write {} for one that stays as it is.",
                "17: items.first.wording: A group of keys is not a list. Begin each entry with a dash.",
                "19: items.due.due: is the same in every language. Take it out: issue.yaml says it.",
                '20: items.due.source: "123456789012" is not text. Put it in quotes.',
                '21: items.due.contact: "Aigul" is not a group of keys. Write `key: value` lines, indented.',
                '22: items.due.people: "people" is not known here. Known: body, contact, image, links, '
                "reference, title, wording.",
                "24: items.2016.partners[2]: is one entry too many: issue.yaml has 2 entries there. "
                "Entries stand in the order of issue.yaml; write {} for one that stays as it is.",
            )
        ]

    @pytest.mark.parametrize(
        ("name", "text", "message"),
        [
            (
                "issue.kz.yaml",
                "language: kz",
                '"kz" is not a language. KZ is a country; its languages: ru, kk.',
            ),
            (
                "issue.french.yaml",
                "",
                '"french" is not a language. Write a language tag such as en, ru or zh-Hant.',
            ),
            (
                "issue.ru.yml",
                "language: ru",
                "ends in .yml, and would not be read. Rename it to issue.ru.yaml.",
            ),
            ("issue.en.yaml", "language: en", "is for en, the language that issue.yaml itself is in."),
            (
                "issue.fr.yaml",
                "language: ru",
                '"ru" is not the language of the file\'s name. Write "fr", or rename',
            ),
            ("issue.fr.yaml", "title: x", '"language" is missing. Add it.'),
            ("issue.fr.yaml", "- a", "does not begin with `key: value` lines."),
            ("issue.fr.yaml", "", "is empty. It must have: language."),
            ("issue.fr.yaml", "language: fr\nitems: []", "items: A list is not a group of keys."),
            ("issue.fr.yaml", "language: fr\nitems: {first: x}", 'items.first: "x" is not a group of keys.'),
        ],
    )
    def test_a_file_that_cannot_be_used_says_why(
        self, folder: Path, name: str, text: str, message: str
    ) -> None:
        found = problems(folder, text, name)
        assert len(found) == 1
        assert message in str(found[0])
        assert found[0].file == f"issues/trial/{name}"

    def test_a_folder_in_the_place_of_a_file_is_refused(self, folder: Path) -> None:
        (folder / "issue.fr.yaml").mkdir()
        with pytest.raises(ProblemsError, match="is not a file"):
            read(folder)

    def test_a_link_out_of_the_folder_is_refused(self, folder: Path) -> None:
        (folder.parent / "elsewhere.yaml").write_text(FRENCH)
        (folder / "issue.fr.yaml").symlink_to("../elsewhere.yaml")
        with pytest.raises(ProblemsError, match="is a link out of the issue's folder"):
            read(folder)

    def test_copies_that_editors_leave_are_no_translations(self, folder: Path) -> None:
        for name in ("issue.fr.yaml~", ".issue.fr.yaml.swp", "issue.fr.yaml.orig", "tissue.fr.yaml"):
            (folder / name).write_text("rubbish: [")
        assert read(folder).translations == {}


class TestBeginning:
    def test_a_frame_is_valid_and_counts_as_nothing_translated(self, folder: Path) -> None:
        (path,) = start_translation(read(folder), "fr")
        file = read(folder)
        assert path.name == "issue.fr.yaml"
        assert path.read_text().startswith(
            "# yaml-language-server: $schema=../../schemas/translation.schema.json\n"
        )
        assert progress(file).missing == ("first", "due", "2016")
        assert file.translations["fr"].source == head_digest(file.issue)

    def test_its_words_stand_above_their_keys(self, folder: Path) -> None:
        text = start_translation(read(folder), "fr")[0].read_text()
        assert "    # A body.\n    #\n    # And more.\n    body: |\n" in text
        assert '        # url: "https://example.org"\n        # Words\n        text:\n' in text
        assert '  "2016":\n' in text
        assert "rule" not in text, "an item without words has nothing to translate"

    def test_what_is_filled_in_is_complete_and_of_the_source_as_it_is(self, folder: Path) -> None:
        (path,) = start_translation(read(folder), "fr")
        filled = re.sub(r"(?m)^( +)(title|text|role|body):( \|)?$", r"\1\2: Mots", path.read_text())
        filled = re.sub(r"(?m)^( +)-$(?!\n {8})", r"\1- Mots", filled)
        file = with_french(folder, re.sub(r"(?m)^(series|subject):$", r"\1: Mots", filled))
        found = progress(file)
        assert (found.words, found.missing, found.head_missing) == ("3 of 3", (), ())
        assert (found.stale, found.unstamped, found.partial) == ((), (), {})
        assert not found.head_is_stale
        assert not found.head_is_unstamped

    @pytest.mark.parametrize("tag", ["en", "kz", "FR", "", "../x", "fr.yaml"])
    def test_only_into_a_language_that_it_is_not_in(self, folder: Path, tag: str) -> None:
        with pytest.raises(UsageError):
            start_translation(read(folder), tag)
        assert sorted(path.name for path in folder.iterdir()) == ["issue.yaml"]

    def test_a_file_that_is_there_is_never_written_over(self, folder: Path) -> None:
        file = with_french(folder)
        with pytest.raises(MailerError, match="is there already"):
            start_translation(file, "fr")
        assert (folder / "issue.fr.yaml").read_text() == FRENCH

    @given(
        words=st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=5, max_size=5),
        item_id=st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True),
    )
    @settings(max_examples=60, deadline=None)
    def test_whatever_the_words_are_the_frame_can_be_read(
        self, tmp_path_factory: pytest.TempPathFactory, words: list[str], item_id: str
    ) -> None:
        item = Article(
            id=item_id,
            kind="article",
            title=words[0],
            body=words[1],
            links=(Link(url=words[2], text=words[3]),),
        )
        issue = Issue.model_validate(
            {
                "id": "a",
                "series": words[4] if words[4].strip() else "S",
                "date": "2016-12-19",
                "items": [item.model_dump()],
            }
        )
        folder = tmp_path_factory.mktemp("any")
        (path,) = start_translation(IssueFile(issue, parse_yaml(b"{}", "issue.yaml"), folder), "fr")
        document = parse_yaml(path.read_bytes(), path.name)
        assert document.data["language"] == "fr"
        if item_id in (document.data["items"] or {}):
            overlay = document.data["items"][item_id]
            assert overlay["source"] == item_digest(item)
            assert translate_item(item, overlay, document) == (None, [])


class TestNoting:
    def test_only_what_is_named_is_noted_and_the_rest_of_the_file_stays(self, folder: Path) -> None:
        file = with_french(folder)
        stamped = stamp_translation(file, "fr", ["first"])
        assert stamped.anew == ("first",)
        digest = item_digest(file.issue.item("first"))
        expected = FRENCH.replace("  first:\n", f"  first:\n    source: {digest}\n")
        assert (folder / "issue.fr.yaml").read_text() == expected

    def test_everything_can_be_noted_and_then_nothing_is_left(self, folder: Path) -> None:
        assert stale_names(with_french(folder), "fr") == ("head", "first", "2016")
        stamped = stamp_translation(read(folder), "fr", everything=True)
        assert stamped.anew == ("head", "first", "2016")
        assert stale_names(read(folder), "fr") == ()
        before = (folder / "issue.fr.yaml").read_bytes()
        assert stamp_translation(read(folder), "fr", everything=True).already == stamped.anew
        assert (folder / "issue.fr.yaml").read_bytes() == before

    def test_a_changed_source_makes_its_item_stale_and_no_other(self, folder: Path) -> None:
        stamp_translation(with_french(folder), "fr", everything=True)
        (folder / "issue.yaml").write_text(ISSUE.replace("text: Two", "text: Number two"))
        found = progress(read(folder))
        assert (found.stale, found.head_is_stale, found.words) == (
            ("first",),
            False,
            "2 of 3, 1 stale, 2 in part",
        )

    def test_a_fact_that_changes_makes_nothing_stale(self, folder: Path) -> None:
        stamp_translation(with_french(folder), "fr", everything=True)
        changed = ISSUE.replace(
            "    title: One\n", "    title: One\n    show_to: parties\n    layout: half\n"
        )
        (folder / "issue.yaml").write_text(changed.replace("2016-12-19", "2016-12-20"))
        assert stale_names(read(folder), "fr") == ()

    @pytest.mark.parametrize(
        ("named", "message"),
        [
            (["frist"], 'There is no item "frist" in trial. Did you mean "first"?'),
            (["first", "due"], '"due" has no words in French yet. Put them into issues/trial/issue.fr.yaml.'),
        ],
    )
    def test_a_name_that_cannot_be_noted_leaves_the_file_alone(
        self, folder: Path, named: list[str], message: str
    ) -> None:
        file = with_french(folder)
        with pytest.raises(MailerError) as caught:
            stamp_translation(file, "fr", named)
        assert str(caught.value) == message
        assert (folder / "issue.fr.yaml").read_text() == FRENCH

    def test_a_language_without_a_file_says_how_to_begin_one(self, folder: Path) -> None:
        with pytest.raises(MailerError, match="mailer translate start trial kk"):
            stamp_translation(read(folder), "kk", everything=True)

    def test_digests_that_look_like_numbers_stay_text(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for digest in ("123456789012", "1234567e8901", "000000000000"):
            monkeypatch.setattr("mailer.content.translating.item_digest", lambda _, made=digest: made)
            (folder / "issue.fr.yaml").unlink(missing_ok=True)
            stamp_translation(with_french(folder), "fr", ["first"])
            assert read(folder).translations["fr"].items["first"].source == digest
            (folder / "issue.fr.yaml").unlink()
            start_translation(read(folder), "fr")
            read(folder)


def test_editors_complete_the_words_of_every_kind_and_no_facts(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    schema = json.loads((tmp_path / "schemas" / "translation.schema.json").read_text())
    item = schema["properties"]["items"]["additionalProperties"]
    assert {"title", "body", "image", "links", "wording", "outlet", "place", "contact"} <= set(
        item["properties"]
    )
    assert not {"id", "kind", "show_to", "due", "layout", "email"} & set(item["properties"])
    assert set(item["properties"]["image"]["properties"]) == {"alt", "caption", "credit", "rights"}
    assert item["properties"]["title"]["type"] == ["string", "null"]


def test_the_words_of_a_picture_are_translated_and_its_facts_are_not() -> None:
    image = Image(src="images/a.png", alt="A saiga", caption="Saiga", focus=(0.1, 0.9), ratio="3:2")
    item: ItemBase = Article(id="a", kind="article", image=image)
    document = parse_yaml(b"items: {a: {image: {alt: Un sa\xc3\xafga, src: b.png}}}", "f.yaml")
    translated, wrong = translate_item(item, document.data["items"]["a"], document)
    assert translated is not None
    assert translated.item.image == image.model_copy(update={"alt": "Un saïga"})
    assert translated.missing == ("image.caption",)
    assert [problem.field for problem in wrong] == ["items.a.image.src"]


class TestAddingWhatCameLater:
    def test_new_items_follow_the_last_one_and_nothing_else_changes(self, folder: Path) -> None:
        assert extend_translation(with_french(folder), "fr") == (), "it has a key for every item"
        later = "  - {id: later, kind: article, title: Later, body: News.}\n"
        (folder / "issue.yaml").write_text(ISSUE + later)
        assert extend_translation(read(folder), "fr") == ("later",)
        digest = item_digest(read(folder).issue.item("later"))
        frame = f"\n  later:\n    source: {digest}\n    # Later\n    title:\n    # News.\n    body:\n"
        assert (folder / "issue.fr.yaml").read_text() == FRENCH + frame
        assert progress(read(folder)).missing == ("due", "later")

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("language: fr\n", ""),
            ("language: fr\nitems:\n", ""),
            ("language: fr", ""),
            ("language: fr\nitems:\n    first:\n        title: Un", ""),
            ("language: fr\nitems:\n  first:\n    body: |\n      Un.\n\n      Deux.\n", "\n# to do\n\n"),
            ("items:\n  first: {title: Un}\n  # a note\n", "\n# of the head\nlanguage: fr\nsubject: Sujet\n"),
            ("language: fr\r\nitems:\r\n  first:\r\n    title: Un\r\n", "\r\n"),
        ],
    )
    def test_however_the_file_is_written(self, folder: Path, before: str, after: str) -> None:
        (folder / "issue.fr.yaml").write_bytes((before + after).encode())
        was = read(folder).translations["fr"]
        added = extend_translation(read(folder), "fr")
        assert set(added) == {"first", "due", "2016"} - set(was.items)
        text = (folder / "issue.fr.yaml").read_bytes().decode()
        assert text.startswith(before.rstrip("\r\n"))
        assert text.endswith(after)
        assert ("\r" in text) == ("\r" in before)
        assert not re.search(r"[^\r]\n", text) or "\r" not in text, "line ends are of one kind"
        assert read(folder).translations["fr"] == was
        assert set(read(folder).overlays["fr"].data["items"]) == {"first", "due", "2016"}
        assert extend_translation(read(folder), "fr") == ()

    @pytest.mark.parametrize(
        "text",
        ["language: fr\nitems: {first: {title: Un}}\n", "{language: fr, items: {}}\n", "language: fr\n...\n"],
    )
    def test_a_file_in_braces_is_left_alone_with_a_reason(self, folder: Path, text: str) -> None:
        file = with_french(folder, text)
        with pytest.raises(MailerError, match=r"issue\.fr\.yaml is written so that no item can be put after"):
            extend_translation(file, "fr")
        assert (folder / "issue.fr.yaml").read_text() == text
