"""What the studio shows of deadlines and their reminders, and that its routes give nothing away."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from studio_server import RunningStudio, copy_workspace

from mailer.config import Workspace, open_workspace
from mailer.content import add_approval
from mailer.flow import ledger_of
from mailer.flow.deadlines import deadline_file
from mailer.flow.ladder_letters import whole_ladder
from mailer.flow.ladder_proof import draft_ladder, prove_ladder
from mailer.flow.people import read_people
from mailer.flow.remind import send_reminders
from mailer.flow.reminder_plan import plan_reminders
from mailer.model.finding import Severity
from mailer.model.proof import Approval
from mailer.model.suppression import Because
from mailer.relay import Tray
from mailer.studio.desk import Desk
from mailer.studio.ladder_desk import LadderDesk
from mailer.studio.views_deadlines import (
    DeadlineCard,
    day_asked,
    deadline_card,
    left_words,
    offset_words,
    problem_rows,
    problems_of,
)
from mailer.studio.views_letters import fields_of, ladder_standing, letter_rows, letter_steps
from mailer.studio.views_proofs import kept_proofs, proof_rows
from mailer.studio.views_sendings import mails, sending, sendings
from mailer.studio.views_tray import tray_list

REPORT, PARTS = "national-report-cop12", "december-contributions"
DAY = date(2017, 1, 24)
HOSTILE = "</title><img src=x onerror=alert(1)>"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_workspace(tmp_path / "office")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> LadderDesk:
    """A workspace that is only looked at."""
    return desk_of(copy_workspace(tmp_path_factory.mktemp("shared")))


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    """A workspace in which the first reminder was rehearsed, and the id of that sending."""
    workspace = open_workspace(copy_workspace(tmp_path_factory.mktemp("sent")), {})
    with ledger_of(workspace) as ledger:
        (due,) = plan_reminders(workspace, ledger, [REPORT], relay="outbox", on=DAY)
        (done,) = asyncio.run(send_reminders(workspace, ledger, due, stop=asyncio.Event()))
    return workspace, done.report.dispatch.id


def desk_of(root: Path) -> LadderDesk:
    return LadderDesk(Desk(open_workspace(root, {})))


def deadline_path(root: Path, slug: str = REPORT) -> Path:
    return root / "recipients" / "deadlines" / f"{slug}.yaml"


def card_of(desk: LadderDesk, slug: str = REPORT, day: date = DAY) -> DeadlineCard:
    look = next(look for look in desk.on_day(day)[0] if look.slug == slug)
    assert look.state, look.problems
    return deadline_card(look.state, look.findings)


def listed(card: DeadlineCard) -> dict[str, dict[str, str]]:
    return {group.title: {one.name: one.remark for one in group.listed} for group in card.groups}


def record(root: Path, *lines: str) -> None:
    log = root / "recipients" / "deadlines" / f"{REPORT}.submissions.csv"
    log.write_text("\n".join(("who,what,on,until,by,note", *lines, "")), encoding="utf-8")


def test_a_deadline_is_shown_with_its_date_its_ladder_and_who_owes_it(shared: LadderDesk) -> None:
    card = card_of(shared)
    assert (card.title, card.reference) == ("National report to COP12", "2016/035")
    assert card.due == "Monday 24 April 2017, 23:59 Europe/Berlin"
    assert card.left == "90 days left"
    assert [step.offset for step in card.steps] == [
        "90 days before",
        "30 days before",
        "14 days before",
        "7 days before",
        "1 day before",
        "3 days after",
    ]
    assert [step.kind for step in card.steps] == ["today", *["coming"] * 5]
    assert card.steps[0].words.startswith("due to ")
    assert "Kazakhstan" in listed(card)["Outstanding"]
    assert sum(count for _, _, count, _ in card.shares) == len(listed(card)["Outstanding"])
    assert sum(percent for *_, percent in card.shares) == pytest.approx(100)


def test_a_reminder_date_that_was_put_forward_says_which_day_is_off(shared: LadderDesk) -> None:
    steps = card_of(shared, PARTS, date(2016, 12, 1)).steps
    friday = next(step for step in steps if step.offset == "2 days before")
    assert friday.day == "Friday 9 December 2016"
    assert friday.moved == "Saturday 10 December 2016 is a day off"
    assert not steps[0].moved


def test_what_is_due_next_comes_first_and_what_is_over_last(shared: LadderDesk) -> None:
    looks, problems = shared.on_day(DAY)
    assert [look.slug for look in looks] == [REPORT, PARTS]
    assert not problems
    over = card_of(shared, PARTS)
    assert over.left == "43 days past; no more reminders"
    assert listed(over).keys() == {"Handed in"}
    assert not over.unreached


def test_who_handed_in_who_has_more_time_and_who_is_on_hold_stand_apart(root: Path) -> None:
    record(
        root,
        "KZ,submitted,2017-01-10,,NFP,",
        "UZ,extended,2017-01-12,2017-05-15,,letter 44",
        f"TJ,held,2017-01-12,,,{HOSTILE}",
    )
    card = card_of(desk_of(root))
    groups = listed(card)
    assert groups["Handed in"] == {"Kazakhstan": "10 January 2017"}
    assert groups["More time"]["Uzbekistan"].startswith("until 15 May 2017, next reminder ")
    assert groups["On hold"] == {"Tajikistan": HOSTILE}
    assert not {"Kazakhstan", "Uzbekistan", "Tajikistan"} & groups["Outstanding"].keys()
    assert {words: count for words, _, count, _ in card.shares}["on hold"] == 1


def test_whom_nobody_can_reach_comes_first_and_is_seen_as_soon_as_the_record_says_so(root: Path) -> None:
    desk = desk_of(root)
    assert not card_of(desk).unreached
    before = desk.record()
    state = desk.on_day(DAY)[0][0].state
    assert state
    kazakhstan = next(one for one in state.owing if one.name == "Kazakhstan")
    with ledger_of(desk.workspace()) as ledger:
        for told in kazakhstan.people:
            for address in told.contact.addresses:
                ledger.suppress(address, Because.MANUAL, note=HOSTILE)
    assert desk.record() != before, "an open page looks again"
    card = card_of(desk)
    assert [one.name for one in card.unreached] == ["Kazakhstan"]
    assert HOSTILE in card.unreached[0].remark
    assert listed(card)["Outstanding"]["Kazakhstan"] == "nobody reachable"
    record(root, "KZ,submitted,2017-01-10,,NFP,")
    assert not card_of(desk).unreached


def test_a_broken_file_shows_its_problems_and_leaves_the_others_alone(root: Path) -> None:
    file = deadline_path(root)
    file.write_text(
        file.read_text(encoding="utf-8").replace("due: 2017-04-24", "due: 2017-02-31"), encoding="utf-8"
    )
    (root / "recipients" / "deadlines" / "nothing.submissions.csv").write_text(
        "who,what,on\n", encoding="utf-8"
    )
    desk = desk_of(root)
    looks, problems = desk.on_day(DAY)
    broken = next(look for look in looks if look.slug == REPORT)
    assert broken.state is None
    (row,) = problems_of(broken)
    assert row.severity is Severity.STOP
    assert row.place.startswith(f"recipients/deadlines/{REPORT}.yaml:")
    assert next(look for look in looks if look.slug == PARTS).state
    assert ["nothing.submissions.csv" in row.place for row in problem_rows(problems)] == [True]
    letters = desk.letters(REPORT)
    assert letters.ladder is None
    assert letters.problems == broken.problems


def test_contacts_that_cannot_be_read_are_said_once(root: Path) -> None:
    (root / "recipients" / "contacts.csv").write_text("name\nx\n", encoding="utf-8")
    looks, problems = desk_of(root).on_day(DAY)
    assert looks == ()
    assert problems


def test_letters_stay_as_they_were_while_a_file_is_broken(root: Path) -> None:
    desk = desk_of(root)
    good = desk.letters(PARTS)
    assert desk.letters(PARTS) is good, "nothing has changed"
    file = deadline_path(root, PARTS)
    words = file.read_text(encoding="utf-8")
    file.write_text("due: [", encoding="utf-8")
    stale = desk.letters(PARTS)
    assert stale.problems
    assert stale.ladder is good.ladder
    file.write_text(words.replace("  en: Contributions to", f"  en: '{HOSTILE}' #"), encoding="utf-8")
    mended = desk.letters(PARTS)
    assert not mended.problems
    assert mended.revision > stale.revision > good.revision
    assert card_of(desk, PARTS).title == HOSTILE


def test_letters_are_those_of_the_proof_and_nothing_is_written(root: Path) -> None:
    workspace = open_workspace(root, {})
    look = desk_of(root).letters(PARTS)
    assert look.ladder
    assert not list(workspace.proofs.glob("*/proof.json")), "a look freezes nothing"
    people = read_people(workspace)
    file = deadline_file(workspace, people, PARTS)
    proved = prove_ladder(workspace, people, file, whole_ladder(workspace, people, file))
    assert look.ladder.proof.digest == proved.proof.digest
    rows = letter_rows(look.ladder)
    assert {row.key: row.readers for row in rows} == proved.proof.heads
    assert [row.readers > 0 for row in rows] == sorted((row.readers > 0 for row in rows), reverse=True)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert {row.key for row in rows if row.readers} <= look.copies.keys() <= {row.key for row in rows}
    fields = dict(fields_of(look.copies[rows[0].key]))
    assert fields["days left"]
    assert fields["code"]
    assert fields_of({}) == ()


def test_a_ladder_goes_from_no_proof_to_approved_and_back(root: Path) -> None:
    workspace = open_workspace(root, {})
    desk = desk_of(root)

    def standing() -> tuple[str, str, str]:
        found = ladder_standing(workspace, desk.draft(PARTS), DAY)
        return found.words, found.tone, found.detail

    def commands() -> list[tuple[str, bool]]:
        ladder = desk.draft(PARTS)
        steps = letter_steps(workspace, ladder, ladder_standing(workspace, ladder, DAY), DAY)
        return [(step.command, step.done) for step in steps]

    assert standing()[:2] == ("no proof yet", "warn")
    assert commands()[1:] == [
        (f"mailer deadlines proof {PARTS}", False),
        ('mailer approve DIGEST --by "NAME"', False),
        (f"mailer remind {PARTS} --dry-run --on 2017-01-24 --relay outbox", False),
        (f"mailer remind {PARTS}", False),
    ]
    people = read_people(workspace)
    proof = prove_ladder(workspace, people, deadline_file(workspace, people, PARTS)).proof
    assert standing() == ("waiting for approval", "warn", f"seal {proof.seal}, 0 of 1 approval")
    folder = deadline_path(root, PARTS).with_suffix("")
    folder.mkdir(exist_ok=True)
    add_approval(folder, Approval(digest=proof.digest, by="Head of Unit", at=datetime.now(UTC)))
    assert standing() == ("approved", "ok", f"seal {proof.seal}, by Head of Unit")
    assert commands()[2] == (f'mailer approve {proof.digest[:12]} --by "NAME"', True)
    approvals = folder / "approvals.yaml"
    good = approvals.read_text(encoding="utf-8")
    approvals.write_text("- [", encoding="utf-8")
    assert standing()[:2] == ("cannot go", "bad")
    approvals.write_text(good, encoding="utf-8")
    file = deadline_path(root, PARTS)
    words = file.read_text(encoding="utf-8")
    file.write_text(words.replace("about 120 words", "about 90 words"), encoding="utf-8")
    assert standing() == ("changed since its proof", "warn", f"seal {proof.seal} no longer holds")
    file.write_text(words.replace("template: reminder", "") + "\ntemplate: remnder\n", encoding="utf-8")
    with pytest.raises(Exception, match="remnder"):
        desk.draft(PARTS)


@pytest.mark.parametrize(
    "text", ["24.01.2017", "2017-02-31", "9999-01-01", "0001-01-01", HOSTILE, "x" * 10_000]
)
def test_a_day_that_is_none_is_said_and_today_is_shown(text: str) -> None:
    day, why = day_asked(text)
    assert day is None
    assert "is not a day" in why
    assert len(why) < 120


def test_days_in_words() -> None:
    assert day_asked("2017-01-24") == (DAY, "")
    assert day_asked("") == (None, "")
    assert [left_words(n) for n in (2, 1, 0, -1)] == ["2 days left", "1 day left", "due today", "1 day past"]
    assert [offset_words(o) for o in ("-1d", "+0d", "+3d")] == ["1 day before", "on the day", "3 days after"]


def test_a_sending_of_reminders_stands_among_the_others(sent: tuple[Workspace, str]) -> None:
    workspace, dispatch_id = sent
    (row,) = sendings(workspace)
    assert row == sending(workspace, dispatch_id)
    assert (row.slug, row.is_rehearsal, row.state) == (f"deadlines/{REPORT}", True, "finished")
    assert len(mails(workspace, dispatch_id)) == row.total > 0
    tray = tray_list(Tray(workspace.outbox).list(), sending=dispatch_id)
    assert tray.found == row.total
    assert any("National report to COP12" in mail.subject for mail in tray.rows)


def test_proofs_of_ladders_do_not_disturb_those_of_issues(sent: tuple[Workspace, str]) -> None:
    workspace, _ = sent
    (proof,) = kept_proofs(workspace.proofs, f"deadlines/{REPORT}")
    assert set(proof.heads.values()) == {0}, "on a day's plan the versions are not counted"
    desk = Desk(workspace)
    slug = desk.slugs()[0]
    assert proof_rows(workspace, slug, lambda groups: desk.look(slug, groups)) == ()


PATHS = (
    "/deadlines",
    f"/deadlines/{REPORT}",
    f"/letter/{PARTS}/en-000000",
    f"/letter-file/0/{PARTS}/en-000000",
)


@pytest.mark.parametrize("path", PATHS)
def test_deadlines_are_given_to_nobody_else(studio: RunningStudio, path: str) -> None:
    assert studio.get(path)[0] == 403
    assert studio.enter(path, Host="evil.test")[0] == 403
    assert studio.enter(path, Origin="http://evil.test")[0] == 403


def test_a_letter_is_shut_in_and_filled_for_its_first_reader(studio: RunningStudio) -> None:
    look = desk_of(studio.root).letters(PARTS)
    assert look.ladder
    key = letter_rows(look.ladder)[0].key
    status, headers, body = studio.enter(f"/letter/{PARTS}/{key}")
    assert status == 200
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'")
    assert policy.endswith("; sandbox")
    assert look.copies[key]["due"].encode() in body
    assert b"slot:" not in body
    assert b"slot.invalid" not in body
    assert b"<script" not in body
    assert b'<base target="_blank">' in body
    assert studio.enter(f"/letter/{PARTS}/{key}?look=dark")[2] != body
    assert studio.enter(f"/letter/{PARTS}/{key}?look=pink")[0] == 422
    status, headers, file = studio.enter(f"/letter-file/0/{PARTS}/{key}")
    assert (status, headers["content-type"]) == (200, "application/octet-stream")
    assert headers["content-disposition"].startswith("attachment;")
    assert file.startswith(b"BEGIN:VCALENDAR")
    assert studio.enter(f"/letter-file/9/{PARTS}/{key}")[0] == 404


@pytest.mark.parametrize(
    "name",
    ["nothing", "..%2F..%2Fmailer", "..%2Fcontacts", quote(HOSTILE, safe=""), f".{PARTS}", f"{PARTS}.yaml"],
)
def test_letters_of_no_deadline_are_not_found(studio: RunningStudio, name: str) -> None:
    status, headers, _ = studio.enter(f"/letter/{name}/en-000000")
    assert status == 404
    assert "nosniff" in headers["x-content-type-options"]


def test_pages_of_deadlines_escape_what_people_wrote(root: Path) -> None:
    """The page itself carries no text of a file as markup; see the browser test for the rest."""
    shutil.copy(deadline_path(root, PARTS), deadline_path(root, "hostile"))
    file = deadline_path(root, "hostile")
    words = file.read_text(encoding="utf-8").replace("id: december-contributions", "id: hostile")
    file.write_text(
        words.replace("  en: Contributions to the December issue", f"  en: '{HOSTILE}'", 1), encoding="utf-8"
    )
    workspace = open_workspace(root, {})
    people = read_people(workspace)
    ladder = draft_ladder(workspace, people, deadline_file(workspace, people, "hostile"))
    for rendition in ladder.letters.renditions:
        assert "<img src=x" not in rendition.html
