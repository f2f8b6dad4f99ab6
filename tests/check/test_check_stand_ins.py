"""Two stand-ins for one personal field in a version: only the first is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checked_cases import as_checked

from mailer.check import check_issue
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Rendition, Variant

HEAD = """\
id: trial
series: Trial
date: 2016-12-19
subject: News {{country_of|of your land}}
preheader: Forty signs or so that say what else is inside.
items:
"""
FIRST = "  - {id: one, kind: article, title: One, body: 'In {{country|AAA}}.'}\n"
SECOND = "  - {id: two, kind: article, title: Two, body: 'And in {{country|BBB}}.'}\n"
EITHER = """\
  - id: two
    kind: article
    title: Two
    body: In {{country|BBB}}.
    wording:
      - {for: press, body: "In {{country|CCC}}."}
      - {for: parties, body: "In {{country|AAA}}."}
"""


@pytest.fixture
def found(tmp_path: Path) -> Any:
    """What the rule finds in an issue of which there are these versions."""
    folder = tmp_path / "issues" / "trial"
    folder.mkdir(parents=True)

    def find(items: str, *variants: Variant, overlay: str = "", **known: Any) -> list[Finding]:
        (folder / "issue.yaml").write_text(HEAD + items, encoding="utf-8")
        if overlay:
            (folder / "issue.ru.yaml").write_text(overlay, encoding="utf-8")
        made = tuple(Rendition(variant=each, subject="", preheader="", html="", text="") for each in variants)
        findings = check_issue(as_checked(folder, tmp_path, renditions=made, **known))
        return [finding for finding in findings if finding.rule == "slot.two-stand-ins"]

    return find


def version(*items: str, language: str = "en", **wordings: int) -> Variant:
    return Variant(language=language, items=items, wordings=tuple(wordings.items()))


def test_two_stand_ins_in_one_version_are_told_once_with_the_one_that_counts(found: Any) -> None:
    (told,) = found(FIRST + SECOND, version("one", "two"), version("one", "two", language="ru"))
    assert (told.severity, told.item, told.words) == (Severity.WARN, "two", "{{country|BBB}}")
    assert 'see "AAA" here, not "BBB"' in told.message


def test_items_that_nobody_sees_together_may_differ(found: Any) -> None:
    assert found(FIRST + SECOND, version("one"), version("two")) == []


def test_the_same_words_and_other_fields_are_no_conflict(found: Any) -> None:
    same = SECOND.replace("BBB", " AAA ").replace("two", "two", 1)
    other = "  - {id: three, kind: article, title: 'For {{name|all}}', body: 'In {{country}}.'}\n"
    assert found(FIRST + same + other, version("one", "two", "three")) == []


def test_only_the_wording_that_is_read_counts(found: Any) -> None:
    assert found(EITHER, version("two"), version("two", two=0), version("two", two=1)) == []
    assert found(FIRST + EITHER, version("one", "two", two=1)) == []
    (told,) = found(FIRST + EITHER, version("one", "two", two=0))
    assert (told.field, told.words) == ("wording[0].body", "{{country|CCC}}")


def test_subject_and_items_share_their_stand_ins(found: Any) -> None:
    items = "  - {id: one, kind: article, title: 'A {{country_of|of theirs}}', body: Words.}\n"
    (told,) = found(items, version("one"))
    assert (told.item, told.field) == ("one", "title")
    assert 'see "of your land" here' in told.message


def test_each_language_has_its_own(found: Any) -> None:
    overlay = "language: ru\nitems: {one: {title: Раз, body: 'В {{country|вашей стране}}.'}}\n"
    assert found(FIRST + SECOND, version("one", "two", language="ru"), overlay=overlay) == []
    both = overlay.replace("}}\n", "}, two: {title: Два, body: 'В {{country|вашем краю}}.'}}\n")
    (told,) = found(FIRST + SECOND, version("one", "two", language="ru"), overlay=both)
    assert (told.words, Path(told.file or "").name) == ("{{country|вашем краю}}", "issue.ru.yaml")
