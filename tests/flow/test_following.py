"""`mailer new --from`: what stands stays to the byte, what was of its time goes with its reason."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.check.time_words import passed_words
from mailer.config import Workspace, open_workspace
from mailer.content import list_issues, read_issue
from mailer.errors import MailerError, ProblemsError, UsageError
from mailer.flow.compose import compose_issue
from mailer.flow.following import NextIssue, plan_next, write_next
from mailer.flow.following_items import fates
from mailer.model.translation import progress_of
from mailer.source import parse_yaml
from mailer.source.entries import with_values, without_entries
from tests.flow.office import Office

ROOT = Path(__file__).parents[2]
OLD, NEW = "2016-12-cami", "2017-03-cami"
THEN, DAY = date(2016, 12, 19), date(2017, 3, 15)


SMALL = """\
# yaml-language-server: $schema=../../schemas/issue.schema.json
id: small-1
series: News
number: "1"
date: 2016-12-19
subject: Saigas counted
items:
  - id: note
    kind: announcement
    title: Welcome
    body: This is the first one.

  - id: parts
    kind: heading
    title: Dates

  - id: meeting
    kind: event
    title: We meet
    start: 2017-10-23
    end: 2017-10-28
    image: {src: images/a.jpg, alt: A}

  - id: greetings
    kind: greeting
    title: A good year
    expires: 2017-01-31
    image: {src: images/b.jpg, alt: B}

  - id: contact
    kind: contact
    title: Contact
    body: Ask Ann.
"""
SMALL_FRENCH = """\
language: fr
source: aaaaaaaaaaaa
subject: Les saïgas
items:
  greetings:
    title: Bonne année
  # she checked it
  contact:
    title: Contact
    body: Demandez à Ann jusqu'en mars 2017.
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, NextIssue]:
    """The sample's newsletter in a workspace of its own, with the one that follows it."""
    root = tmp_path_factory.mktemp("sample") / "work"
    for name in ("templates", "recipients", f"issues/{OLD}"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "mailer.toml", root)
    edit(
        root / "issues" / OLD / "issue.yaml",
        "has 124 Parties.",
        "has 124 Parties.\n\n      Ask us until March 2017.",
    )
    for name in ("approvals.yaml", "dispatches.yaml", "erratum.yaml", "notes.txt"):
        (root / "issues" / OLD / name).write_text("# x\n", encoding="utf-8")
    workspace = open_workspace(root, {})
    plan = plan_next(workspace, NEW, OLD, DAY)
    write_next(workspace, plan)
    return workspace, plan


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A small issue with one translation."""
    folder = tmp_path / "issues" / OLD
    (folder / "images").mkdir(parents=True)
    for name in ("a", "b"):
        shutil.copy(ROOT / "issues" / OLD / "images" / "argali-sheep.jpg", folder / "images" / f"{name}.jpg")
    (folder / "issue.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "issue.fr.yaml").write_text(SMALL_FRENCH, encoding="utf-8")
    shutil.copy(ROOT / "mailer.toml", tmp_path)
    return open_workspace(tmp_path, {})


def old_file(workspace: Workspace, name: str = "issue.yaml") -> Path:
    return workspace.issues / OLD / name


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def text_of(plan: NextIssue, name: str = "issue.yaml") -> str:
    return next(file.content for file in plan.files if file.name == name).decode()


def reasons(plan: NextIssue) -> dict[str, str]:
    return {fate.item: fate.reason for fate in plan.goes}


def test_march_follows_december(sample: tuple[Workspace, NextIssue]) -> None:
    workspace, plan = sample
    assert [fate.item for fate in plan.stays] == [
        "save-the-date-cop12",
        "reporting-reminder",
        "staff-change",
        "contact",
        "about-cami",
        "about-cms",
        "social",
    ]
    assert reasons(plan)["greetings"] == "expired on 31 January 2017"
    assert reasons(plan)["vilm-workshop"] == "a report of August 2016, now in the last issue"
    assert reasons(plan)["meetings-and-events"] == "no item under it stays"
    folder = workspace.issues / NEW
    issue = read_issue(folder, workspace.root).issue
    assert (issue.id, issue.date, issue.authors) == (NEW, DAY, ("Editorial desk",))
    assert (issue.send_from, issue.send_until) == (date(2017, 3, 10), date(2017, 4, 11))
    assert (issue.number, issue.title) == ("", "")
    assert [item.id for item in issue.items] == [fate.item for fate in plan.stays]
    assert [path.name for path in (folder / "images").iterdir()] == ["snow-leopard-ridge.jpg"]
    # Waivers, approvals, receipts and corrections are the old issue's alone.
    assert sorted(path.name for path in folder.iterdir()) == [
        "images",
        "issue.fr.yaml",
        "issue.ru.yaml",
        "issue.yaml",
    ]


def test_what_needs_a_look_is_found_at_its_line_of_the_new_files(sample: tuple[Workspace, NextIssue]) -> None:
    _, plan = sample
    assert {(found.item, found.words) for found in plan.passing} == {
        ("about-cms", "until March 2017"),
        ("staff-change", "March 2017"),
        ("staff-change", "mars 2017"),
        ("staff-change", "марте 2017"),
    }
    for found in plan.passing:
        name = (found.file or "").rpartition("/")[2]
        assert str(found.words) in text_of(plan, name).splitlines()[(found.line or 0) - 1]
    lines = text_of(plan).splitlines()
    keys = {(found.field, lines[(found.line or 0) - 1].partition(":")[0]) for found in plan.head}
    assert keys == {(name, name) for name in "number title subject preheader send_from send_until".split()}


def test_every_line_of_the_new_files_is_one_of_the_old_but_for_the_head(
    sample: tuple[Workspace, NextIssue],
) -> None:
    workspace, plan = sample
    for file in plan.files:
        old = (workspace.issues / OLD / file.name).read_text(encoding="utf-8").partition("\nitems:\n")[2]
        new = file.content.decode().partition("\nitems:\n")[2]
        assert all(f"\n{block}\n" in f"\n{old}\n" for block in re.split(r"\n\n(?=  \S)", new.rstrip("\n")))


def test_a_real_sending_would_stop_on_what_is_left_to_write(sample: tuple[Workspace, NextIssue]) -> None:
    workspace, _ = sample
    findings = compose_issue(workspace, NEW, secret=b"0" * 32).findings
    assert {found.field for found in findings if found.rule == "text.starter"} == {"subject", "preheader"}


def test_translations_come_along_with_what_they_note(sample: tuple[Workspace, NextIssue]) -> None:
    workspace, plan = sample
    file = read_issue(workspace.issues / NEW, workspace.root)
    russian = progress_of(file.issue, file.translations["ru"])
    assert (russian.unstamped, russian.missing) == ((), ())
    # Its source was changed under it by the words that the fixture adds.
    assert russian.stale == ("about-cms",)
    assert set(russian.head_missing) == {"subject", "preheader"}
    assert file.translations["ru"].head == {"series": "Бюллетень ЦАИМ"}
    old = (workspace.issues / OLD / "issue.ru.yaml").read_text(encoding="utf-8")
    assert text_of(plan, "issue.ru.yaml").splitlines()[:3] == old.splitlines()[:3]


def test_what_is_over_by_the_new_day_goes_and_what_is_not_stays(sample: tuple[Workspace, NextIssue]) -> None:
    items = read_issue(sample[0].issues / OLD, sample[0].root).issue.items

    def stays(day: date) -> set[str]:
        return {fate.item for fate in fates(items, day, ()) if fate.stays}

    assert "reporting-reminder" in stays(date(2017, 4, 24))
    assert "reporting-reminder" not in stays(date(2017, 4, 25))
    assert "save-the-date-cop12" in stays(date(2017, 10, 28))
    assert "save-the-date-cop12" not in stays(date(2017, 10, 29))
    assert "staff-change" not in stays(date(2017, 4, 1))
    said = {fate.item: fate.reason for fate in fates(items, date(2017, 11, 1), ())}
    assert said["reporting-reminder"] == "was due on 24 April 2017"
    assert said["save-the-date-cop12"] == "ended on 28 October 2017"


def test_comments_stay_and_those_right_above_an_item_go_with_it(workspace: Workspace) -> None:
    path = old_file(workspace)
    edit(path, "  - id: greetings", "  # ==== what every issue has ====\n\n  # wishes\n  - id: greetings")
    edit(path, "  - id: contact\n", "  # ask Bonn first\n  - id: contact   # kept\n")
    edit(path, "date: 2016-12-19\n", "date: 2016-12-19   # a Monday\n")
    plan = plan_next(workspace, NEW, OLD, DAY)
    text = text_of(plan)
    assert "# ==== what every issue has ====" in text
    assert "# wishes" not in text
    assert "  # ask Bonn first\n  - id: contact   # kept\n" in text
    assert "date: 2017-03-15   # a Monday\n" in text
    assert text_of(plan, "issue.fr.yaml") == SMALL_FRENCH.replace(" aaaaaaaaaaaa", "").replace(
        " Les saïgas", ""
    ).replace("  greetings:\n    title: Bonne année\n", "")
    assert [(found.file, found.line) for found in plan.passing] == [(f"issues/{NEW}/issue.fr.yaml", 8)]


def test_a_heading_stays_over_what_stays_under_it(workspace: Workspace) -> None:
    edit(
        old_file(workspace),
        "  - id: contact\n",
        "  - {id: reach, kind: heading, title: Us}\n  - id: contact\n",
    )

    def stays(day: date) -> list[str]:
        return [fate.item for fate in plan_next(workspace, NEW, OLD, day).stays]

    assert stays(DAY) == ["parts", "meeting", "reach", "contact"]
    assert stays(date(2018, 1, 1)) == ["reach", "contact"]


def test_a_heading_does_not_stay_over_what_ends_every_issue(workspace: Workspace) -> None:
    assert [fate.item for fate in plan_next(workspace, NEW, OLD, date(2018, 1, 1)).stays] == ["contact"]


def test_an_issue_of_which_nothing_stands_is_left_without_items(workspace: Workspace) -> None:
    text = old_file(workspace).read_text(encoding="utf-8")
    old_file(workspace).write_text(text[: text.index("  - id: contact")], encoding="utf-8")
    old_file(workspace, "issue.fr.yaml").unlink()
    folder = write_next(workspace, plan_next(workspace, NEW, OLD, date(2018, 1, 1)))
    assert read_issue(folder, workspace.root).issue.items == ()


def test_a_name_or_an_id_that_is_taken_is_refused(workspace: Workspace) -> None:
    with pytest.raises(MailerError, match=f'already something called "{OLD}"'):
        plan_next(workspace, OLD, OLD, DAY)
    with pytest.raises(MailerError, match='There is an issue with the id "small-1" already'):
        plan_next(workspace, "small-1", OLD, DAY)
    for name in ("shared", "../x", "Con", "con", "a b", ""):
        with pytest.raises(UsageError, match="cannot name an issue"):
            plan_next(workspace, name, OLD, DAY)
    with pytest.raises(MailerError, match="There is no issue"):
        plan_next(workspace, NEW, "2016-12-cmai", DAY)
    edit(old_file(workspace), "kind: greeting", "kind: greting")
    with pytest.raises(ProblemsError):
        plan_next(workspace, NEW, OLD, DAY)


def test_nothing_is_written_half_or_over_anything(workspace: Workspace) -> None:
    plan = plan_next(workspace, NEW, OLD, DAY)
    (workspace.issues / NEW).mkdir()
    (workspace.issues / NEW / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(MailerError, match="has come among the issues meanwhile"):
        write_next(workspace, plan)
    assert [path.name for path in (workspace.issues / NEW).iterdir()] == ["mine.txt"]
    shutil.rmtree(workspace.issues / NEW)
    (old_file(workspace, "images") / "a.jpg").unlink()
    with pytest.raises(MailerError, match="Nothing was written"):
        write_next(workspace, plan)
    assert [path.name for path in workspace.issues.iterdir() if path.name != OLD] == []


def test_a_file_that_only_people_can_cut_is_refused(workspace: Workspace) -> None:
    old_file(workspace).write_text(
        "{id: a, series: S, date: 2016-12-19, items: [{id: b, kind: greeting}, {id: c, kind: about}]}\n",
        encoding="utf-8",
    )
    old_file(workspace, "issue.fr.yaml").unlink()
    with pytest.raises(MailerError, match="laid out so that nothing can be taken out of it"):
        plan_next(workspace, NEW, OLD, DAY)
    assert list_issues(workspace.issues) == [OLD]


def test_references_to_shared_items_stay_and_their_pictures_are_not_copied(workspace: Workspace) -> None:
    shared = workspace.issues / "shared"
    (shared / "images").mkdir(parents=True)
    shutil.copy(old_file(workspace, "images") / "a.jpg", shared / "images" / "a.jpg")
    item = "kind: about\ntitle: Us\nbody: Ask us until March 2017.\nimage: {src: images/a.jpg, alt: A}\n"
    (shared / "us.yaml").write_text(item, encoding="utf-8")
    (shared / "old.yaml").write_text(item + "expires: 2017-01-01\n", encoding="utf-8")
    with old_file(workspace).open("a", encoding="utf-8") as file:
        file.write("  - shared: us\n    layout: side\n  - shared: old\n")
    plan = plan_next(workspace, NEW, OLD, DAY)
    assert reasons(plan)["old"] == "expired on 1 January 2017"
    assert "  - shared: us\n    layout: side\n" in text_of(plan)
    assert "shared: old" not in text_of(plan)
    assert [name for name, _ in plan.pictures] == ["images/a.jpg"]
    (found,) = [found for found in plan.passing if found.item == "us"]
    assert (found.file, found.line) == ("issues/shared/us.yaml", 3)
    assert "us" in [item.id for item in read_issue(write_next(workspace, plan), workspace.root).issue.items]


def test_the_command_shows_what_becomes_of_everything(office: Office) -> None:
    said = office.run("new", "the-next", "--from", "test-issue", "--dry-run")
    assert "Stays  0" in said
    assert "first: was news, now in the last issue" in said
    assert "Nothing was written." in said
    assert list_issues(office.workspace.issues).count("the-next") == 0
    assert "Made issues/the-next from test-issue" in office.run("new", "the-next", "--from", "test-issue")
    assert "already something called" in office.run("new", "the-next", "--from", "test-issue", code=1)
    assert "cannot go together" in office.run(
        "new", "n", "--from", "test-issue", "--template", "letter", code=2
    )
    assert "goes with --from only" in office.run("new", "n", "--dry-run", code=2)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Ask her until March 2017.", ["until March 2017"]),
        ("en", "Ask her until March.", ["until March"]),
        ("en", "You may ask; by may be it is done. We march before march.", []),
        ("en", "Founded in 2014, with 124 Parties; see 2016/035 and the plan 2016-2020.", []),
        ("en", "In 2016 we grew, this year we rest.", ["2016", "this year"]),
        ("en", "It met on 29 October 2016 and meets on 23 October 2017.", []),
        (
            "en",
            "Call by 2 January 2017, or January 5, 2017, or 2017-01-31.",
            ["by 2 January 2017", "January 5, 2017", "2017-01-31"],
        ),
        ("en", "On 31 February 2017 and 2017-02-31.", []),
        (
            "fr",
            "Jusqu'en mars 2017, cette année ou d’ici mai.",
            ["Jusqu'en mars 2017", "cette année", "d’ici mai"],
        ),
        ("ru", "До марта 2017 года, в этом году и этим летом.", ["До марта 2017", "этом году", "этим летом"]),
        ("ru", "Принята в 2014 году, встреча 23 октября 2017 года.", []),
        ("ar", "March 2017", ["March 2017"]),
        (
            "en",
            "Until 1 March, till March 2, by mid-March, until the end of March, till early March 2017.",
            [
                "Until 1 March",
                "till March 2",
                "by mid-March",
                "until the end of March",
                "till early March 2017",
            ],
        ),
        (
            "en",
            "In 2017, by 2017, in spring 2017, in Q1 2017, by year's end, in the coming weeks.",
            ["2017", "by 2017", "spring 2017", "Q1 2017", "year's end", "coming weeks"],
        ),
        ("en", "01.02.2017, 01/02/2017 or 3/14/2017.", ["01.02.2017", "01/02/2017", "3/14/2017"]),
        ("en", "COP12 in October 2017, in summer 2017, in Q4 2017, autumn of 2017; 2018; 15.10.2017.", []),
        ("en", "Adopted in 2014 and spring 2015; on 1 February; 2016/17; by 5 march on; 31.02.2017.", []),
        (
            "ru",
            "До 1 марта, до конца марта, до начала марта, в 2017 году, весной 2017 года, текущего года, 01.02.2017.",
            [
                "До 1 марта",
                "до конца марта",
                "до начала марта",
                "2017",
                "весной 2017",
                "текущего года",
                "01.02.2017",
            ],
        ),
        ("ru", "Летом 2017 года, в IV квартале 2017 года, принята в 2014 году.", []),
        (
            "fr",
            "Jusqu'au 1er mars, jusqu’à fin mars, avant fin janvier, en 2017, d'ici fin 2017, au printemps 2017, "
            "l'an dernier.",
            [
                "Jusqu'au 1er mars",
                "jusqu’à fin mars",
                "avant fin janvier",
                "2017",
                "d'ici fin 2017",
                "printemps 2017",
                "l'an dernier",
            ],
        ),
        ("fr", "À l'été 2017, au quatrième trimestre 2017, adoptée en 2014, le 14/10/2017.", []),
    ],
)
def test_words_of_their_time_are_known_in_several_languages(
    language: str, text: str, words: list[str]
) -> None:
    assert [found.words for found in passed_words(text, language, THEN, DAY)] == words


@given(
    st.lists(
        st.sampled_from(
            "until by до d'ici the end fin конца of de mid- - 1 1er 01/ 02. 2017 Q1 I втором".split()
        )
        | st.sampled_from(["March", "марта", "mars", " ", "\n"]),
        max_size=12,
    ).map(" ".join)
    | st.text(max_size=300),
    st.sampled_from(["en", "fr", "ru", "de", "es", "zh-Hant"]),
)
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_searched_for_words_of_their_time(text: str, language: str) -> None:
    for found in passed_words(text, language, THEN, DAY):
        assert text[found.offset :].split(maxsplit=1)[0] == found.words.split()[0]


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["", "  # about it\n", "\n  # loose\n\n", "  # one\n  # two\n", "# at the margin\n"]),
        st.sampled_from(
            [
                "kind: about\n    title: 'A: \"b\"'\n",
                "title: T  # beside\n    body: |\n      # no comment\n\n      - id: no\n",
                "body: |+\n      kept\n\n\n",
                "title: >-\n      folded\n      words\n\n    # inner\n    layout: side\n",
                'title: "over\n      lines"\n',
                "links:\n      - {url: a, text: b}\n      # last\n",
                "links:\n    - url: a\n    - url: b\n",
                "title: да\r\n    body: CRLF\r\n",
            ]
        ),
        st.sampled_from(["", "\n", "\n\n"]),
    ),
    min_size=1,
    max_size=6,
)


@given(ENTRIES, st.data(), st.sampled_from(["", "# end\n", "tail: 1\n", "\n# about tail\ntail: 1\n"]))
@settings(max_examples=60, deadline=None)
def test_what_stays_is_the_old_text_to_the_byte(
    entries: list[tuple[str, str, str]], data: st.DataObject, end: str
) -> None:
    blocks = [f"  - id: n{at}\n    {body}" for at, (_, body, _) in enumerate(entries)]
    text = "id: a  # the id\nitems:\n" + "".join(
        above + block + below for (above, _, below), block in zip(entries, blocks, strict=True)
    )
    text += end
    whole = parse_yaml(text.encode(), "x").data
    gone = data.draw(st.sets(st.integers(0, len(entries) - 1)))
    cut = without_entries(text, "items", gone, "x")
    kept = [at for at in range(len(entries)) if at not in gone]
    assert parse_yaml(cut.encode(), "x").data["items"] == [whole["items"][at] for at in kept]
    for at in kept:
        assert entries[at][0] + blocks[at] + entries[at][2] in cut or at == 0
        assert blocks[at] in cut
    # Only whole lines of the old file are left, in their order.
    lines = iter(re.split(r"(?<=\n)", text.replace("items:\n", "items: []\n") if not kept else text))
    assert all(line in lines for line in re.split(r"(?<=\n)", cut))
    assert all("# loose\n" in cut for above, _, _ in entries if "loose" in above)


@given(st.sampled_from(["x", "'x'", '"x"  # c', ">-\n  x\n  y", "|\n  x", "{a: 1}"]), st.text(max_size=20))
@settings(max_examples=25, deadline=None)
def test_other_values_of_the_head_stay_to_the_byte(written: str, words: str) -> None:
    text = f"# top\nid: {written}\n# between\nother: 'kept'   # c\n"
    quoted = '"' + "".join(sign if sign.isalnum() else " " for sign in words) + '"'
    if written.startswith("{"):
        assert with_values(text, {"id": quoted}, "x") == text
        return
    changed = with_values(text, {"id": quoted, "none": "1"}, "x")
    assert changed.endswith("# between\nother: 'kept'   # c\n")
    assert parse_yaml(changed.encode(), "x").data["id"] == quoted.strip('"')
