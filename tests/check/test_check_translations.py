"""What the checks say of translations: whether they fit their source, and what is wrong in their own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checked_cases import as_checked, put_pictures

from mailer.check import check_issue
from mailer.content import read_issue, stamp_translation
from mailer.model.finding import Finding, Severity, Waiver, standing

ISSUE = """\
id: trial
series: Trial
date: 2016-12-19
subject: A subject that says enough
preheader: Forty signs or so that say what else is inside.
items:
  - id: one
    kind: article
    title: One
    body: |
      {{salutation}},

      read [the report](https://example.org/report), and [the plan](https://example.org/plan).
    image: {src: images/a.png, alt: A saiga on the steppe, caption: Saiga}
  - id: two
    kind: event
    title: Two
    start: 2017-10-23
    end: 2017-10-28
    body: See you there.
    links:
      - {url: "http://example.org/two", text: The programme}
    wording:
      - {for: press, body: "Press: see [the kit](https://example.org/kit)."}
      - {body: Do come.}
  - {id: three, kind: heading, title: Three}
"""

FRENCH = """\
language: fr
subject: Un objet qui en dit assez
preheader: Une quarantaine de signes qui disent ce qu'il y a de plus.
series: Essai
items:
  one:
    title: Un
    body: |
      {{salutation}},

      lisez [le rapport](https://example.org/report) et [le plan](https://example.org/plan).
    image:
      alt: Un saïga dans la steppe
      caption: Saïga
  two:
    title: Deux
    body: À bientôt.
    links:
      - text: Le programme
    wording:
      - body: "Presse : voyez [le dossier](https://example.org/kit)."
      - body: Venez.
  three:
    title: Trois
"""


class Desk:
    """An issue with translations, written for a test."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "issues" / "trial"
        self.folder.mkdir(parents=True)

    def findings(
        self, issue: str = ISSUE, french: str = FRENCH, *, stamped: bool = True, **known: Any
    ) -> list[Finding]:
        """What is found about the French words, once they are noted as being of the source as it is in ISSUE."""
        (self.folder / "issue.fr.yaml").write_text(french, encoding="utf-8")
        if stamped:
            (self.folder / "issue.yaml").write_text(ISSUE, encoding="utf-8")
            put_pictures(self.folder)
            stamp_translation(read_issue(self.folder, self.root), "fr", everything=True)
        (self.folder / "issue.yaml").write_text(issue, encoding="utf-8")
        put_pictures(self.folder)
        found = check_issue(as_checked(self.folder, self.root, **known))
        return [finding for finding in found if "issue.fr" in (finding.file or "")]

    def line(self, finding: Finding) -> str:
        """What stands on the line of a finding."""
        lines = (self.root / (finding.file or "")).read_text(encoding="utf-8").splitlines()
        return lines[(finding.line or 0) - 1].strip()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def test_a_whole_translation_of_the_source_as_it_is_has_no_findings(desk: Desk) -> None:
    assert desk.findings() == []


class TestAgainstTheSource:
    def test_a_changed_source_names_item_language_and_what_to_do(self, desk: Desk) -> None:
        (stale,) = desk.findings(ISSUE.replace("title: Two", "title: Number two"))
        assert (stale.rule, stale.severity, stale.item) == ("translation.stale", Severity.WARN, "two")
        assert stale.message == "The words of this item changed after this French translation was made."
        assert "mailer translate stamp trial fr two" in stale.hint
        assert desk.line(stale).startswith("source:")

    def test_a_changed_head_is_stale_too(self, desk: Desk) -> None:
        (stale,) = desk.findings(ISSUE.replace("says enough", "says much more"))
        assert (stale.rule, stale.item, stale.words) == ("translation.stale", None, "French")
        assert "mailer translate stamp trial fr --head" in stale.hint

    def test_facts_that_change_make_nothing_stale(self, desk: Desk) -> None:
        changed = ISSUE.replace("2017-10-23", "2017-10-24").replace(
            "    title: Two\n", "    title: Two\n    layout: half\n"
        )
        assert desk.findings(changed) == []

    def test_words_without_a_note_are_told_in_one_line(self, desk: Desk) -> None:
        (unstamped,) = desk.findings(stamped=False)
        assert (unstamped.rule, unstamped.severity) == ("translation.unstamped", Severity.NOTE)
        assert "the head, one, two, three" in unstamped.message
        assert "mailer translate stamp trial fr --all" in unstamped.hint

    def test_a_head_with_nothing_but_the_name_of_the_series_has_no_words_to_note(self, desk: Desk) -> None:
        bare = "".join(
            line for line in FRENCH.splitlines(True) if not line.startswith(("subject", "preheader"))
        )
        (unstamped,) = (
            each for each in desk.findings(french=bare, stamped=False) if "unstamped" in each.rule
        )
        assert unstamped.message.endswith("source changes: one, two, three.")

    def test_an_item_in_two_languages_at_once_is_told_with_its_fields(self, desk: Desk) -> None:
        french = FRENCH.replace("      alt: Un saïga dans la steppe\n", "").replace(
            "      - text: Le programme\n", "      - {}\n"
        )
        partial = desk.findings(french=french)
        assert [(f.rule, f.severity, f.item, f.words) for f in partial] == [
            ("translation.partial", Severity.WARN, "one", "French"),
            ("translation.partial", Severity.WARN, "two", "French"),
        ]
        assert "still in English: image.alt" in partial[0].message

    @pytest.mark.parametrize(
        ("taken_out", "field"),
        [
            ("    title: Deux\n", "title"),
            ("    body: À bientôt.\n", "body"),
            ("      - body: Venez.\n", "wording[1].body"),
        ],
    )
    def test_an_item_that_stands_in_another_language_for_want_of_its_title_or_body_is_told_so(
        self, desk: Desk, taken_out: str, field: str
    ) -> None:
        (partial,) = desk.findings(french=FRENCH.replace(taken_out, ""))
        assert (partial.rule, partial.severity, partial.item) == ("translation.partial", Severity.WARN, "two")
        assert partial.message == (
            f"Not in French yet: {field}. Where title or body is missing, readers get the whole item in another "
            "language."
        )

    def test_an_item_is_read_in_the_language_without_its_region(self, desk: Desk) -> None:
        for language, title in (("ru", "Два"), ("kk-KZ", "")):
            words = f"two: {{title: {title}, body: Тело.}}" if title else "one: {title: Бір}"
            overlay = f"language: {language}\nitems: {{{words}}}\n"
            (desk.folder / f"issue.{language}.yaml").write_text(overlay, encoding="utf-8")
        desk.findings(fallbacks={"kk": "ru"})
        found = check_issue(as_checked(desk.folder, desk.root, fallbacks={"kk": "ru"}))
        (missing,) = (f for f in found if f.rule == "translation.missing" and "kk-KZ" in (f.file or ""))
        assert "its readers get 1 in Russian, 1 in English: two, three" in missing.message

    def test_items_left_out_are_told_in_one_line_with_what_readers_get(self, desk: Desk) -> None:
        french = FRENCH[: FRENCH.index("  two:")]
        (missing,) = desk.findings(french=french)
        assert (missing.rule, missing.severity, missing.item) == ("translation.missing", Severity.NOTE, None)
        assert missing.message == "1 of 3 items is in French; its readers get 2 in English: two, three."

    def test_keys_that_stand_there_empty_are_to_be_filled_and_absent_ones_to_be_added(
        self, desk: Desk
    ) -> None:
        begun, add = (
            FRENCH[: FRENCH.index("  two:")],
            "`mailer translate add trial fr` puts in empty keys for",
        )
        for french, hint in (
            (begun, f"{add} them."),
            (
                begun + "  two:\n  three:\n    title:\n",
                "fill in their empty keys in issues/trial/issue.fr.yaml.",
            ),
            (begun + "  two:\n", f"{add} 1 of them; others are there."),
        ):
            (missing,) = desk.findings(french=french)
            assert missing.hint.endswith(hint)

    def test_items_fall_back_to_the_language_that_has_them(self, desk: Desk) -> None:
        russian = "language: ru\nitems:\n  two: {title: Два, body: Тело.}\n"
        (desk.folder / "issue.ru.yaml").write_text(russian, encoding="utf-8")
        found = desk.findings(french=FRENCH[: FRENCH.index("  two:")], fallbacks={"fr": "ru"})
        (missing,) = (finding for finding in found if finding.rule == "translation.missing")
        assert "its readers get 1 in Russian, 1 in English: two, three" in missing.message

    def test_a_translation_that_is_only_begun_is_one_note(self, desk: Desk) -> None:
        (begun,) = desk.findings(french="language: fr\ntitle: Un\n")
        assert begun.rule == "translation.missing"
        assert "None of 3 items is in French yet, so nobody gets a version in it" in begun.message

    def test_words_of_shared_items_count_in_no_translation_that_is_only_begun(self, desk: Desk) -> None:
        home = desk.root / "issues" / "shared"
        home.mkdir()
        (home / "office.yaml").write_text("kind: about\ntitle: Our office\n", encoding="utf-8")
        (home / "office.fr.yaml").write_text("title: Notre bureau\n", encoding="utf-8")
        issue = ISSUE.rstrip() + "\n  - shared: office\n"
        found = desk.findings(issue, french="language: fr\n", stamped=False)
        (begun,) = (finding for finding in found if finding.rule != "translation.unstamped")
        assert begun.rule == "translation.missing"
        assert "None of 3 items of its own is in French yet" in begun.message
        found = desk.findings(issue, french="language: fr\nitems:\n  three: {title: Trois}\n", stamped=False)
        assert any("2 of 4 items are in French" in finding.message for finding in found)

    @pytest.mark.parametrize(
        ("name", "weight"),
        [("subject", Severity.WARN), ("preheader", Severity.WARN), ("series", Severity.NOTE)],
    )
    def test_a_head_in_the_other_language_weighs_as_much_as_it_is_seen(
        self, desk: Desk, name: str, weight: Severity
    ) -> None:
        lines = (line for line in FRENCH.splitlines(keepends=True) if not line.startswith(f"{name}:"))
        (partial,) = desk.findings(french="".join(lines))
        assert (partial.rule, partial.severity, partial.item) == ("translation.partial", weight, None)
        assert partial.message == f"Not in French yet: {name}."

    def test_a_waiver_answers_for_one_language_only(self, desk: Desk) -> None:
        (desk.folder / "issue.ru.yaml").write_text(
            "language: ru\nitems: {two: {title: Два}}\n", encoding="utf-8"
        )
        desk.findings(french=FRENCH[: FRENCH.index("  two:")])
        found = check_issue(as_checked(desk.folder, desk.root))
        waiver = Waiver(
            rule="translation.missing", words="French", by="Head", because="The rest follows in May."
        )
        left = [
            finding.words for finding in standing(found, [waiver]) if finding.rule == "translation.missing"
        ]
        assert left == ["Russian"]


class TestWhatReadersMustBeAbleToFollow:
    def test_a_lost_link_is_told(self, desk: Desk) -> None:
        (lost,) = desk.findings(french=FRENCH.replace("[le plan](https://example.org/plan)", "le plan"))
        assert (lost.rule, lost.severity, lost.words) == (
            "translation.link-lost",
            Severity.WARN,
            "https://example.org/plan",
        )
        assert desk.line(lost) == "body: |"

    def test_a_lost_link_of_a_wording_is_told_at_the_wording(self, desk: Desk) -> None:
        (lost,) = desk.findings(french=FRENCH.replace("[le dossier](https://example.org/kit)", "le dossier"))
        assert (lost.rule, lost.field) == ("translation.link-lost", "wording[0].body")

    def test_a_link_to_the_page_in_the_other_language_is_not_lost(self, desk: Desk) -> None:
        assert desk.findings(french=FRENCH.replace("example.org/plan", "example.org/fr/plan")) == []

    def test_a_lost_personal_field_is_told(self, desk: Desk) -> None:
        (lost,) = desk.findings(french=FRENCH.replace("{{salutation}},", "Bonjour,"))
        assert (lost.rule, lost.item, lost.field, lost.words) == (
            "translation.field-lost",
            "one",
            "body",
            "salutation",
        )

    def test_another_form_or_stand_in_of_a_personal_field_is_not_lost(self, desk: Desk) -> None:
        issue = ISSUE.replace("{{salutation}},", "In {{country|your country}}")
        french = FRENCH.replace("{{salutation}},", "{{country_in|dans votre pays}}")
        assert rules(desk.findings(issue, french)) == ["translation.stale"]


class TestInItsOwnWords:
    @pytest.mark.parametrize(
        ("old", "new", "rule", "line"),
        [
            ("[le rapport]", "[ici]", "link.vague-text", "lisez [ici]"),
            ("https://example.org/plan", "https://localhost/plan", "link.bad", "lisez [le"),
            ("lisez", "Lundi 25 octobre 2016, lisez", "date.weekday", "Lundi 25"),
            ("À bientôt.", "Le 31 novembre 2016.", "date.impossible", "body: Le 31"),
            ("lisez", "lisez  donc", "text.double-space", "lisez  donc"),
            ("Un saïga dans la steppe", "Image d'un saïga", "image.alt-poor", "alt: Image"),
            ("caption: Saïga", "caption: Saïga © X", "image.credit-in-caption", "caption: Saïga"),
            ("title: Deux", "title: '{{prenom}}'", "slot.unresolved", "title: '{{prenom}}'"),
            ("Un objet qui en dit assez", "UN OBJET QUI EN DIT ASSEZ", "subject.shouts", "subject: UN"),
            ("Une quarantaine de signes qui disent ce qu'il y a de plus.", "Vu.", "preheader.length", "preheader:"),
            ("body: Venez.", "body: 'Venez [ici](https://example.org/x).'", "link.vague-text", "- body: 'Venez"),
            ("lisez", "[a@example.org](mailto:b@example.org), lisez", "mailto.differs-from-text", "[a@example.org]"),
        ],
    )  # fmt: skip
    def test_rules_that_read_words_read_it_too(
        self, desk: Desk, old: str, new: str, rule: str, line: str
    ) -> None:
        assert old in FRENCH
        found = [
            f for f in desk.findings(french=FRENCH.replace(old, new)) if f.rule != "translation.link-lost"
        ]
        assert rules(found) == [rule]
        assert desk.line(found[0]).startswith(line)

    def test_what_the_source_has_too_is_told_once(self, desk: Desk) -> None:
        assert desk.findings(french=FRENCH) == []
        found = check_issue(as_checked(desk.folder, desk.root))
        assert [(f.rule, f.file) for f in found if f.rule == "link.http"] == [
            ("link.http", "issues/trial/issue.yaml")
        ]

    def test_words_that_are_not_translated_are_not_read_again(self, desk: Desk) -> None:
        issue = ISSUE.replace("title: Three", "title: '{{nobody}}'")
        assert rules(desk.findings(issue, FRENCH.replace("  three:\n    title: Trois\n", ""))) == [
            "translation.missing"
        ]

    def test_the_number_of_days_is_compared_with_the_facts_of_the_source(self, desk: Desk) -> None:
        english = FRENCH.replace("À bientôt.", "Three days in all.")
        assert rules(desk.findings(french=english)) == ["date.span"]


def test_the_same_link_in_two_wordings_is_no_repetition(desk: Desk) -> None:
    issue = ISSUE.replace("{body: Do come.}", '{body: "Come: [kit](https://example.org/kit)."}')
    desk.findings(issue)
    assert "link.duplicate" not in rules(check_issue(as_checked(desk.folder, desk.root)))


def test_every_wording_of_the_source_is_read_at_its_line(desk: Desk) -> None:
    issue = ISSUE.replace("[the kit]", "[here]").replace("body: Do come.", "body: 'Do come, {{nobody}}.'")
    desk.findings(issue)
    found = {f.rule: f for f in check_issue(as_checked(desk.folder, desk.root))}
    assert desk.line(found["link.vague-text"]).startswith("- {for: press")
    assert desk.line(found["slot.unresolved"]).startswith("- {body: 'Do come")
