"""What has gone out is written down beside the issue; by it the number of an entry grows, and never shrinks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.content.calendar_record import (
    CALENDAR_RECORD,
    LARGEST,
    PublishedEntry,
    note_published,
    read_published,
    sequence_of,
)
from mailer.errors import ProblemsError
from mailer.model.rendition import CalendarEntry

DAY = date(2016, 12, 19)


def went_out(folder: Path, *entries: tuple[str, str, int, str], issue: str = "one") -> bool:
    made = [CalendarEntry(item=i, language=lang, sequence=n, counts=c) for i, lang, n, c in entries]
    return note_published(folder, issue, made, DAY)


def number(folder: Path, item: str, **counts: str) -> int:
    return sequence_of(read_published(folder, "one").get(item), counts)


def test_what_never_went_out_begins_at_nothing(tmp_path: Path) -> None:
    assert number(tmp_path, "a", en="x") == 0
    assert not (tmp_path / CALENDAR_RECORD).exists()


def test_it_grows_by_one_where_what_counts_differs_in_a_language_that_went_out(tmp_path: Path) -> None:
    assert went_out(tmp_path, ("a", "en", 0, "x"), ("a", "ru", 0, "y"))
    assert number(tmp_path, "a", en="x", ru="y") == 0
    assert number(tmp_path, "a", en="x", ru="y", fr="new") == 0
    assert number(tmp_path, "a", en="x2", ru="y") == number(tmp_path, "a", en="x", ru="y2") == 1
    assert went_out(tmp_path, ("a", "en", 1, "x2"), ("a", "ru", 1, "y"))
    assert number(tmp_path, "a", en="x2", ru="y") == 1
    assert number(tmp_path, "a", en="x", ru="y") == 2


def test_what_went_out_again_as_it_was_changes_no_byte(tmp_path: Path) -> None:
    went_out(tmp_path, ("b", "en", 0, "x"), ("a", "en", 3, "y"))
    before = (tmp_path / CALENDAR_RECORD).read_bytes()
    assert before.startswith(b"# Written when")
    assert before.index(b"  a:") < before.index(b"  b:")
    assert not went_out(tmp_path, ("a", "en", 3, "y"))
    assert not went_out(tmp_path, ("a", "en", 2, "older"))
    assert (tmp_path / CALENDAR_RECORD).read_bytes() == before


def test_an_item_that_is_gone_stays_on_record(tmp_path: Path) -> None:
    went_out(tmp_path, ("gone", "en", 4, "x"))
    went_out(tmp_path, ("a", "en", 0, "y"))
    assert number(tmp_path, "gone", en="other") == 5


def test_a_copy_of_the_folder_for_another_issue_begins_anew(tmp_path: Path) -> None:
    went_out(tmp_path, ("a", "en", 4, "x"))
    assert read_published(tmp_path, "two") == {}
    went_out(tmp_path, ("b", "en", 0, "y"), issue="two")
    assert set(read_published(tmp_path, "two")) == {"b"}
    assert read_published(tmp_path, "one") == {}


@pytest.mark.parametrize(
    "text",
    [
        "issue: one\nentries: {a: {sequence: -1, counts: {}, published: 2016-12-19}}\n",
        "issue: one\nentries: {a: {sequence: x, counts: {}, published: 2016-12-19}}\n",
        "issue: [\n",
    ],
)
def test_a_record_that_somebody_broke_is_told_with_its_file_and_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / CALENDAR_RECORD).write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        went_out(tmp_path, ("a", "en", 0, "y"))
    assert CALENDAR_RECORD in caught.value.problems[0].file
    assert (tmp_path / CALENDAR_RECORD).read_text("utf-8") == text


@given(st.lists(st.sampled_from("xyz"), max_size=12))
def test_however_often_it_goes_out_the_number_grows_exactly_at_each_change(changes: list[str]) -> None:
    published: PublishedEntry | None = None
    numbers: list[int] = []
    for counts in changes:
        sequence = sequence_of(published, {"en": counts})
        numbers.append(sequence)
        published = PublishedEntry(sequence=sequence, counts={"en": counts}, published=DAY)
    for before, after, was, now in zip(numbers, numbers[1:], changes, changes[1:], strict=False):
        assert after - before == (was != now)


def test_comments_stay_and_a_number_is_changed_in_its_place(tmp_path: Path) -> None:
    went_out(tmp_path, ("a", "en", 0, "x"), ("b", "en", 0, "y"))
    path = tmp_path / CALENDAR_RECORD
    text = path.read_text("utf-8").replace("  a:\n", "  # asked for by the host\n  a:\n")
    path.write_text(text, encoding="utf-8")
    went_out(tmp_path, ("a", "en", 1, "x2"))
    after = path.read_text("utf-8")
    assert after == text.replace("sequence: 0", "sequence: 1", 1).replace("en: x", "en: x2", 1)


def test_a_record_that_is_begun_anew_says_so_and_keeps_its_comment(tmp_path: Path) -> None:
    went_out(tmp_path, ("a", "en", 4, "x"))
    went_out(tmp_path, ("b", "en", 0, "y"), issue="two")
    first, second = (tmp_path / CALENDAR_RECORD).read_text("utf-8").splitlines()[:2]
    assert first == "# Begun anew for two: before, it had the dates of one."
    assert second.startswith("# Written when")


def test_at_the_largest_number_it_stays(tmp_path: Path) -> None:
    went_out(tmp_path, ("a", "en", LARGEST, "x"))
    assert number(tmp_path, "a", en="other") == LARGEST == 2**31 - 1


@pytest.mark.parametrize("large", ["2147483648", "9" * 40, "9" * 5000])
def test_a_number_that_no_calendar_takes_is_told_with_its_line(tmp_path: Path, large: str) -> None:
    text = f"issue: one\nentries:\n  a:\n    sequence: {large}\n    counts: {{}}\n    published: 2016-12-19\n"
    (tmp_path / CALENDAR_RECORD).write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_published(tmp_path, "one")
    assert caught.value.problems[0].line == 4
