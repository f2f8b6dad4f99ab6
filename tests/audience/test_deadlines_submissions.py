"""The log of submissions: read as spreadsheets save it, never contradicting itself, and only ever added to."""

from __future__ import annotations

import csv
import io
import multiprocessing
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience.submission_log import append_submissions, change_cells
from mailer.audience.submissions import MAX_ROWS, read_submissions
from mailer.errors import MailerError, ProblemsError
from mailer.model.deadline import Deadline, Submission, What
from mailer.model.register import Country
from mailer.remind.obligations import obligations_on

HEAD = "who,what,on,until,by,note\n"
COUNTRIES = {
    code: Country(iso2=code, iso3=iso3, names={"en": name, "ru": russian})
    for code, iso3, name, russian in (
        ("KZ", "KAZ", "Kazakhstan", "Казахстан"),
        ("MN", "MNG", "Mongolia", "Монголия"),
        ("UZ", "UZB", "Uzbekistan", "Узбекистан"),
    )
}
REPORT = Deadline(
    id="report",
    title={"en": "Report"},
    owed={"en": "the report"},
    due=date(2017, 4, 24),
    obliged="focal-points",
    ladder=("-7d",),
)
PERSONAL = REPORT.model_copy(update={"per": "person"})


def read(folder: Path, content: str | bytes, deadline: Deadline = REPORT) -> tuple[Submission, ...]:
    path = folder / "report.submissions.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_submissions(path, folder, deadline, countries=COUNTRIES)


def problems(folder: Path, rows: str, deadline: Deadline = REPORT) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(folder, HEAD + rows, deadline)
    return [str(problem) for problem in caught.value.problems]


def said(who: str, what: str, on: str, **more: object) -> Submission:
    return Submission.model_validate({"who": who, "what": what, "on": on} | more)


def test_a_log_is_read_row_by_row(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        HEAD + 'KZ,submitted,2017-02-01,,"Sadykova, A.",\nUZ,extended,2017-03-01,2017-05-15,,letter\n',
    )
    assert log == (
        said("KZ", "submitted", "2017-02-01", by="Sadykova, A.", row=2),
        said("UZ", "extended", "2017-03-01", until="2017-05-15", note="letter", row=3),
    )


def test_no_file_is_nothing_come_in(tmp_path: Path) -> None:
    assert read_submissions(tmp_path / "none.csv", tmp_path, REPORT) == ()


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffwho,what,on,until,by,note\r\nKZ,Submitted,2017-02-01,,,\r\n,,,,,\r\n",
        "who;what;on;until;by;note\r\nKZ;submitted;01.02.2017;;;\r\n",
        "\ufeffwho;what;on\r\nKZ;submitted;1.2.2017",
        "on,what,who\n2017-2-1,SUBMITTED,KZ\n\n",
        "who,what,on,note\n'KZ,submitted,2017-02-01,\n".replace("'KZ", "KZ"),
    ],
)
def test_a_log_is_read_as_spreadsheets_save_it(tmp_path: Path, content: str) -> None:
    (entry,) = read(tmp_path, content)
    assert (entry.who, entry.what, entry.on) == ("KZ", What.SUBMITTED, date(2017, 2, 1))


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("KZ,handed in,2017-02-01,,,", "what", "nothing that can happen to it"),
        ("KZ,submited,2017-02-01,,,", "what", 'Did you mean "submitted"?'),
        ("KZ,submitted,2017-02-29,,,", "on", "not a day in the calendar"),
        ("KZ,submitted,0017-02-01,,,", "on", "not a day in the calendar"),
        ("KZ,submitted,02/03/2017,,,", "on", "Write YYYY-MM-DD"),
        ("KZ,submitted,31.02.2017,,,", "on", "not a day in the calendar"),
        ("KZ,submitted,,,,", "on", "is empty"),
        ("KZ,submitted,2017-02-01,2017-05-01,,", "until", "stands only with `extended`"),
        ("KZ,extended,2017-02-01,,,", "until", "needs its new due date"),
        ("KZ,extended,2017-02-01,2017-01-31,,", "until", "the day on which it was granted"),
        ("KZ,extended,2017-02-01,2017-99-31,,", "until", "not a day in the calendar"),
        ("ZK,submitted,2017-02-01,,,", "who", "not a country in the register"),
        ("kz,submitted,2017-02-01,,,", "who", 'Did you mean "KZ"?'),
        ("Казахстан,submitted,2017-02-01,,,", "who", 'Did you mean "KZ"?'),
        ("Mongolai,submitted,2017-02-01,,,", "who", 'Did you mean "MN"?'),
        (",submitted,2017-02-01,,,", "who", "is empty"),
    ],
)
def test_a_bad_row_is_told_with_its_field(tmp_path: Path, row: str, field: str, words: str) -> None:
    (problem,) = problems(tmp_path, f"MN,submitted,2017-01-31,,,\n{row}\n")
    assert problem.startswith(f"report.submissions.csv:3: {field}: ")
    assert words in problem


def test_a_link_that_leads_to_nothing_is_not_a_log_without_lines(tmp_path: Path) -> None:
    path = tmp_path / "report.submissions.csv"
    path.symlink_to(tmp_path / "gone.csv")
    with pytest.raises(
        ProblemsError, match=r"gone.csv: is where the link report\.submissions\.csv leads, and is not there"
    ):
        read_submissions(path, tmp_path, REPORT)
    with pytest.raises(ProblemsError, match="is not there"):
        append_submissions(path, tmp_path, REPORT, [said("KZ", "submitted", "2017-02-01")])
    assert path.is_symlink()


def test_a_log_with_more_lines_than_a_deadline_can_have_is_refused_in_words(tmp_path: Path) -> None:
    turns = "KZ,submitted,2017-02-01,,,\nKZ,withdrawn,2017-02-01,,,\n"
    assert len(read(tmp_path, HEAD + turns * (MAX_ROWS // 2))) == MAX_ROWS
    assert problems(tmp_path, turns * (MAX_ROWS // 2) + "KZ,submitted,2017-02-01,,,\n") == [
        "report.submissions.csv: has more than 20000 lines: it cannot be the log of one deadline. "
        "Look at what wrote them."
    ]


def test_persons_are_named_by_their_address(tmp_path: Path) -> None:
    (entry,) = read(tmp_path, HEAD + "A.Person@Example.ORG,submitted,2017-02-01,,,\n", PERSONAL)
    assert entry.who == "a.person@example.org"
    assert "write the person's address" in problems(tmp_path, "KZ,submitted,2017-02-01,,,\n", PERSONAL)[0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("submitted 02-01", "submitted 02-02"), "had handed in already, on 2017-02-01 (row 2)"),
        (("returned 02-01",), "nothing of Kazakhstan had come in that could be returned"),
        (("submitted 02-01", "withdrawn 02-02", "withdrawn 02-03"), "could be withdrawn"),
        (("submitted 02-01", "extended 02-02"), "there is nothing to extend"),
        (("submitted 02-01", "held 02-02"), "nobody is reminded"),
        (("held 02-01", "held 02-02"), "is held already"),
        (("released 02-01",), "was not held"),
        (("held 02-01", "released 02-01", "released 02-01"), "was not held"),
        (("submitted 02-02", "returned 02-01"), "is before 2017-02-02, the day of the line before it"),
    ],
)
def test_two_rows_that_contradict_each_other_are_told_at_the_later(
    tmp_path: Path, rows: Sequence[str], words: str
) -> None:
    lines = [row.split() for row in rows]
    until = {"extended": "2017-05-15"}
    text = "".join(f"KZ,{what},2017-{on},{until.get(what, '')},,\n" for what, on in lines)
    (problem,) = problems(tmp_path, text + "MN,submitted,2017-01-01,,,\n")
    assert problem.startswith(f"report.submissions.csv:{len(rows) + 1}: ")
    assert words in problem


def test_a_row_that_cannot_be_read_makes_no_other_row_seem_wrong(tmp_path: Path) -> None:
    found = problems(
        tmp_path, "KZ,submitted,2017-02-30,,,\nKZ,returned,2017-03-01,,,\nMN,released,2017-03-01,,,\n"
    )
    assert [problem.split(":")[1] for problem in found] == ["2", "4"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"who,what\nKZ,submitted\n", 'the column "on" is missing'),
        (b"who,what,on,when\n", '"when" is not a column here'),
        ("who,what,on,note\nKZ,submitted,2017-02-01,Привет\n".encode("cp1251"), "Windows-1251"),
        ("who,what,on\nKZ,submitted,2017-02-01\n".encode("utf-16"), "UTF-16"),
        (b'who,what,on\n"KZ,submitted,2017-02-01\nMN,submitted,2017-02-01\n', "row"),
        (b"who,what,on\nKZ,submitted\n", "has 2 cells, where the head has 3"),
        (b"PK\x03\x04\x14\x00\x06\x00", "is not a column here"),
    ],
)
def test_a_file_of_the_wrong_form_is_said_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, content)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "before",
    [
        HEAD,
        '\ufeffwho;what;on;until;by;note\r\nMN;submitted;01.02.2017;;"a ""b""";\r\n',
        "note,by,until,on,what,who\n,,,2017-02-01, submitted ,MN",
        HEAD + "\n\nMN,held,2017-02-01,,,\n\n",
    ],
)
def test_adding_leaves_what_was_there_byte_for_byte(tmp_path: Path, before: str) -> None:
    read(tmp_path, before)
    path = tmp_path / "report.submissions.csv"
    new = said(
        "KZ", "extended", "2017-03-01", until="2017-05-15", by="Deputy; head", note='a "reason", and more'
    )
    log = append_submissions(path, tmp_path, REPORT, [new], countries=COUNTRIES)
    assert path.read_bytes().startswith(before.encode())
    assert log == read_submissions(path, tmp_path, REPORT, countries=COUNTRIES)
    assert log[-1].model_copy(update={"row": None}) == new


def test_the_first_line_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "report.submissions.csv"
    append_submissions(path, tmp_path, REPORT, [said("KZ", "submitted", "2017-02-01")])
    assert path.read_text(encoding="utf-8") == HEAD + "KZ,submitted,2017-02-01,,,\n"


def test_no_spreadsheet_runs_what_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "report.submissions.csv"
    new = said("KZ", "submitted", "2017-02-01", by='=HYPERLINK("http://x.example")', note="@SUM(1)\n+2")
    (entry,) = append_submissions(path, tmp_path, REPORT, [new])
    cells = next(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert cells["by"].startswith("'=")
    assert cells["note"] == "'@SUM(1) +2"
    assert (entry.by, entry.note) == (new.by, "@SUM(1) +2")


def test_what_contradicts_the_log_is_not_written_and_nothing_with_it(tmp_path: Path) -> None:
    read(tmp_path, HEAD + "KZ,submitted,2017-02-01,,,\n")
    path = tmp_path / "report.submissions.csv"
    before = path.read_bytes()
    new = [said("MN", "submitted", "2017-02-02"), said("KZ", "submitted", "2017-02-02")]
    with pytest.raises(MailerError, match=r"Kazakhstan had handed in already.*Nothing was written"):
        append_submissions(path, tmp_path, REPORT, new, countries=COUNTRIES)
    assert path.read_bytes() == before


def test_a_column_that_somebody_took_out_is_asked_for(tmp_path: Path) -> None:
    read(tmp_path, "who,what,on\n")
    path = tmp_path / "report.submissions.csv"
    append_submissions(path, tmp_path, REPORT, [said("KZ", "submitted", "2017-02-01")])
    with pytest.raises(MailerError, match='has no column "note"'):
        append_submissions(path, tmp_path, REPORT, [said("MN", "submitted", "2017-02-01", note="late")])


def _add(path: Path, who: str) -> None:
    append_submissions(path, path.parent, PERSONAL, [said(who, "submitted", "2017-02-01")])


def test_two_who_record_at_once_both_have_their_say(tmp_path: Path) -> None:
    path = tmp_path / "report.submissions.csv"
    people = [f"person{number}@example.org" for number in range(8)]
    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.starmap(_add, [(path, who) for who in people])
    log = read_submissions(path, tmp_path, PERSONAL)
    assert sorted(entry.who for entry in log) == people


EVENTS = st.lists(
    st.tuples(st.sampled_from(["KZ", "MN"]), st.sampled_from(list(What)), st.integers(-1, 3)), max_size=12
)


@settings(max_examples=80, deadline=None)
@given(EVENTS)
def test_whatever_is_accepted_is_one_story(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, What, int]]
) -> None:
    """Events in any order: each is written or refused, and those written agree with what is owed in the end."""
    folder = tmp_path_factory.mktemp("log")
    path = folder / "report.submissions.csv"
    done = {"KZ": False, "MN": False}
    held = {"KZ": False, "MN": False}
    last = {"KZ": date.min, "MN": date.min}
    day = date(2017, 2, 1)
    for who, what, days in events:
        day += timedelta(days=days)
        until = REPORT.due + timedelta(days=20) if what is What.EXTENDED else None
        fits = {
            What.SUBMITTED: not done[who],
            What.WITHDRAWN: done[who],
            What.RETURNED: done[who],
            What.EXTENDED: not done[who],
            What.HELD: not done[who] and not held[who],
            What.RELEASED: held[who],
        }[what]
        entry = Submission(who=who, what=what, on=day, until=until)
        before = path.read_bytes() if path.exists() else b""
        try:
            append_submissions(path, folder, REPORT, [entry])
        except MailerError:
            assert not fits or day < last[who]
            assert (path.read_bytes() if path.exists() else b"") == before
            continue
        assert fits
        assert day >= last[who]
        last[who] = day
        done[who] = {What.SUBMITTED: True, What.WITHDRAWN: False, What.RETURNED: False}.get(what, done[who])
        held[who] = {What.HELD: True, What.RELEASED: False}.get(what, held[who])
    log = read_submissions(path, folder, REPORT)
    standing = obligations_on(REPORT, log, (), frozenset({"KZ", "MN"}), day + timedelta(days=99))
    assert {one.who: not one.is_owed for one in standing} == done
    assert {one.who: bool(one.held) for one in standing} == held


CELLS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)


@settings(max_examples=80, deadline=None)
@given(CELLS, CELLS)
def test_any_words_come_back_as_they_were_recorded(
    tmp_path_factory: pytest.TempPathFactory, by: str, note: str
) -> None:
    folder = tmp_path_factory.mktemp("words")
    new = said("KZ", "submitted", "2017-02-01", by=" ".join(by.split()), note=" ".join(note.split()))
    (entry,) = append_submissions(folder / "a.submissions.csv", folder, REPORT, [new])
    assert (entry.by, entry.note) == (new.by, new.note)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    for one in (content, HEAD.encode() + content):
        try:
            read(tmp_path_factory.mktemp("bytes"), one)
        except MailerError as error:
            refused = str(error)
        else:
            continue
        assert "report.submissions.csv" in refused


HASH = "forgotten:" + "0a" * 16


def test_a_forgotten_person_stays_in_the_log_under_their_code_and_tells_nothing(tmp_path: Path) -> None:
    log = read(tmp_path, HEAD + f"{HASH},submitted,2017-02-01,,,\n{HASH},returned,2017-02-02,,,\n", PERSONAL)
    assert [entry.who for entry in log] == [HASH, HASH]
    assert obligations_on(PERSONAL, log, (), frozenset(), date(2017, 3, 1)) == ()


@pytest.mark.parametrize("who", ["forgotten:", "forgotten:KZ", HASH[:-1], HASH + "0", HASH.upper()])
def test_what_only_looks_like_a_code_is_refused(tmp_path: Path, who: str) -> None:
    assert "is not an address" in problems(tmp_path, f"{who},submitted,2017-02-01,,,\n", PERSONAL)[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a@example.org,held", "X,held"),
        ("\ufeffwho;what\r\n'+a@example.org;held\r\n", "\ufeffwho;what\r\nX;held\r\n"),
        ('who,note\n"a@example.org","say ""b"", c"\n', 'who,note\n"X","say ""b"", c"\n'),
        ("note,who\n  odd\tspace ,a@example.org", "note,who\n  odd\tspace ,X"),
        ("who,note\nb@example.org,old\n\n,\n", "who,note\nb@example.org,old\n\n,\n"),
        (
            'who,note\nb@example.org,"two\nlines"\na@example.org,\n',
            'who,note\nb@example.org,"two\nlines"\nX,\n',
        ),
    ],
)
def test_cells_change_and_every_other_byte_stays(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "report.submissions.csv"
    head = "" if "who" in before else "who,what\n"
    path.write_bytes((head + before).encode())

    def change(column: str, cell: str) -> str:
        return "X" if column == "who" and cell.endswith("a@example.org") else cell

    assert change_cells(path, tmp_path, change) == (before != after)
    assert path.read_bytes() == (head + after).encode()


def test_a_changed_cell_is_quoted_where_it_must_be(tmp_path: Path) -> None:
    path = tmp_path / "report.submissions.csv"
    path.write_text("who,by,note\nKZ,Ann,left\n", encoding="utf-8")
    new = {"Ann": 'a "b", c', "left": "=1+1"}
    assert change_cells(path, tmp_path, lambda _, cell: new.get(cell, cell)) == 1
    assert path.read_text(encoding="utf-8") == 'who,by,note\nKZ,"a ""b"", c",\'=1+1\n'
