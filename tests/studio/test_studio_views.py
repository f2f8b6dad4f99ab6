"""What the studio's pages show, worked out without a browser, on the sample issue."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studio_server import HOSTILE_NAME, SLUG, copy_workspace

from mailer.config import open_workspace
from mailer.content import add_approval
from mailer.flow import Composed, prove_issue
from mailer.model.finding import Finding, Severity
from mailer.model.proof import Approval
from mailer.model.translation import progress_of
from mailer.proof import changed_words
from mailer.relay import TrayMessage
from mailer.studio.desk import Desk
from mailer.studio.views_issue import (
    Meter,
    cut,
    eyebrow,
    finding_row,
    finding_rows,
    headline,
    inbox_row,
    problem_rows,
    severity_counts,
    size_meter,
    translation_rows,
    version_rows,
)
from mailer.studio.views_proofs import approval_words, many, next_steps, proof_rows, standing_of
from mailer.studio.views_readers import find_readers, who_gets_it
from mailer.studio.views_sendings import PAGE, ago, mails, sending, sendings, shares, states_called
from mailer.studio.views_tray import MOST_LISTED, tray_list

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk(office: Path) -> Desk:
    return Desk(open_workspace(office, {}))


@pytest.fixture(scope="module")
def composed(desk: Desk) -> Composed:
    look = desk.look(SLUG, ("everyone",))
    assert look.composed
    return look.composed


def test_an_issue_is_called_by_its_title_and_a_bare_number_is_no_name(composed: Composed) -> None:
    issue = composed.issue.model_copy(update={"series": "News", "number": "4", "title": "Cranes are back"})
    assert (headline(issue, "s"), eyebrow(issue)) == ("Cranes are back", "News · No. 4")
    untitled = issue.model_copy(update={"title": ""})
    assert (headline(untitled, "s"), eyebrow(untitled)) == ("No. 4", "News")
    assert (headline(None, "s"), eyebrow(None)) == ("s", "Issue")


def test_versions_come_with_most_readers_first_and_every_reader_counts_once(composed: Composed) -> None:
    rows = version_rows(composed)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert [row.readers for row in rows] == sorted((row.readers for row in rows), reverse=True)
    assert sum(row.readers for row in rows) == len(composed.readers)
    assert {row.words for row in rows if not row.without} == {
        "Russian, National Focal Points of CMS Parties (every item)",
        "English, National Focal Points of CMS Parties; "
        "Range States of the saiga, readers of Russian, and observers (every item)",
    }
    assert len({row.words for row in rows}) == len(rows)
    titles = {item.title for item in composed.issue.items}
    assert all(title in titles for row in rows for title in row.without)


def test_findings_are_counted_by_severity_and_name_their_item_and_line(composed: Composed) -> None:
    standing, waived = finding_rows(composed)
    assert len(standing) + len(waived) == len(composed.findings)
    counts = severity_counts(standing)
    assert list(counts) == list(Severity)
    assert sum(counts.values()) == len(standing)
    titles = {item.id: item.title for item in composed.issue.items}
    for row in standing:
        assert row.message
        if row.item and titles[row.item]:
            assert row.where.partition(" · ")[0] == titles[row.item]
        if row.place:
            assert row.place.startswith(f"issues/{SLUG}/")


def test_who_gets_it_adds_up(composed: Composed) -> None:
    who = who_gets_it(composed, "cami-newsletter")
    assert who.readers == len(composed.readers)
    assert sum(count for _, count in who.countries) == who.readers
    assert sum(count for _, count in who.languages) == who.readers
    assert who.subscribed is not None
    assert 0 < who.subscribed <= who.readers
    assert [count for _, count in who.roles] == sorted((count for _, count in who.roles), reverse=True)


def test_readers_are_found_by_name_address_organisation_or_country(composed: Composed) -> None:
    by_address = find_readers(composed, "hostile@example.org")
    assert [reader.contact.given_name for reader in by_address] == [HOSTILE_NAME]
    assert find_readers(composed, "BOLD ministry kazakhstan") == by_address
    assert find_readers(composed, "nobody has all these words") == ()
    assert len(find_readers(composed, "")) == 8


def test_the_inbox_row_is_cut_where_phones_cut(composed: Composed) -> None:
    rendition = composed.renditions[0]
    row = inbox_row(rendition, "CMS Secretariat")
    assert row.subject + row.subject_rest == rendition.subject
    assert len(row.subject) <= 41
    assert row.initial == "C"
    assert not row.warning
    bare = inbox_row(rendition.model_copy(update={"preheader": ""}), "")
    assert "No preheader" in bare.warning
    assert bare.initial == "?"
    repeated = inbox_row(rendition.model_copy(update={"preheader": rendition.subject}), "x")
    assert "repeats" in repeated.warning


@given(st.text(max_size=200), st.integers(min_value=13, max_value=90))
def test_cutting_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    shown, rest = cut(text, width)
    assert shown + rest == text
    assert len(shown) <= width
    assert shown or not text


def test_the_meter_knows_the_line(composed: Composed) -> None:
    rendition = composed.renditions[0]
    assert size_meter(rendition, 10 * rendition.html_bytes).level == "ok"
    assert size_meter(rendition, rendition.html_bytes + 1).level == "near"
    over = size_meter(rendition, rendition.html_bytes - 1_500)
    assert over.level == "over"
    assert over.share == 1.0
    assert "1.5 KB too much" in over.words
    assert Meter(64_000, 102_000, "ok").words == "64.0 KB of 102.0 KB before Gmail clips"


def test_an_issue_goes_from_being_written_to_approved_and_back(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path)
    shutil.rmtree(root / "issues" / SLUG / "approvals.yaml", ignore_errors=True)
    workspace = open_workspace(root, {})
    desk = Desk(workspace)
    groups = ("press",)

    def standing() -> tuple[str, str]:
        rows = proof_rows(workspace, SLUG, lambda audience: desk.look(SLUG, audience))
        made = standing_of(desk.look(SLUG, groups), rows, ())
        return made.words, made.tone

    assert standing() == ("being written", "quiet")
    composed = desk.look(SLUG, groups).composed
    assert composed
    proof = prove_issue(workspace, composed)
    assert standing() == ("waiting for approval", "warn")
    (row,) = proof_rows(workspace, SLUG, lambda audience: desk.look(SLUG, audience))
    assert (row.missing, row.trouble) == ("0 of 1 approval", "")
    add_approval(root / "issues" / SLUG, Approval(digest=proof.digest, by="Head of Unit", at=NOW))
    assert standing() == ("approved", "ok")
    rows = proof_rows(workspace, SLUG, lambda audience: desk.look(SLUG, audience))
    assert approval_words(rows[0].approvals[0]) == "Approved by Head of Unit, typed in"
    steps = next_steps(SLUG, groups, rows, clean=True, practice=True)
    assert [step.done for step in steps] == [True, True, True, False, False]
    assert "practice tray" in steps[4].note
    assert steps[4].command == f"mailer send {SLUG} --to press --digest {proof.digest[:12]}"

    file = root / "issues" / SLUG / "issue.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("A first formal partner in China", "Another title"), encoding="utf-8")
    assert standing() == ("changed since its proof", "warn")
    assert desk.look(SLUG, groups).changed == ("china-partnership",)
    file.write_text(good.replace("kind: deadline", "kind: dedline", 1), encoding="utf-8")
    assert standing()[0] == "cannot be read"
    look = desk.look(SLUG, groups)
    assert look.is_stale
    assert look.composed, "the last good state stays"
    assert look.composed.issue.item("china-partnership").title == "Another title"
    row = problem_rows(look.problems)[0]
    assert row.severity is Severity.STOP
    assert row.place.startswith(f"issues/{SLUG}/issue.yaml:")


def test_what_has_not_changed_is_not_composed_again(desk: Desk) -> None:
    first = desk.look(SLUG, ("press",))
    assert desk.look(SLUG, ("press",)) is first


def test_the_version_that_is_looked_at_comes_ahead_of_the_others(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path)
    desk = Desk(open_workspace(root, {}))
    groups = ("everyone",)
    before = desk.look(SLUG, groups).composed
    assert before
    key = version_rows(before)[0].key
    assert desk.glance(SLUG, groups, key) is None, "nothing has changed"
    file = root / "issues" / SLUG / "issue.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("A first formal partner in China", "Another title"), encoding="utf-8")
    glance = desk.glance(SLUG, groups, key)
    assert glance
    assert len(glance.renditions) == 1
    assert desk.version(SLUG, groups, key) is glance
    whole = desk.look(SLUG, groups).composed
    assert whole
    assert whole.rendition(key).html == glance.rendition(key).html, "the same functions, the same bytes"
    assert {picture.sha256 for picture in desk.pictures()} >= {
        p.sha256 for p in whole.rendition(key).pictures
    }
    file.write_text("broken: [", encoding="utf-8")
    assert desk.glance(SLUG, groups, key) is None


def test_a_broken_mailer_toml_leaves_the_last_settings(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path)
    desk = Desk(open_workspace(root, {}))
    file = root / "mailer.toml"
    good = file.read_text(encoding="utf-8")
    file.write_text("relay = [", encoding="utf-8")
    assert desk.workspace().config.office.name
    assert desk.config_problems()[0].file == "mailer.toml"
    file.write_text(good + "\n", encoding="utf-8")
    assert desk.config_problems() == ()


def test_an_issue_that_was_never_good_has_its_problems_only(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path)
    (root / "recipients" / "contacts.csv").write_text("name\nx\n", encoding="utf-8")
    look = Desk(open_workspace(root, {})).look(SLUG)
    assert look.composed is None
    assert look.problems
    assert not look.is_stale


def test_sendings_are_counted_in_words(office: Path) -> None:
    workspace = open_workspace(office, {})
    row = sendings(workspace)[0]
    assert row.is_rehearsal
    assert row.state == "finished"
    assert dict(row.counts) == {"taken over": row.total}
    assert sending(workspace, row.id) == row
    listed = mails(workspace, row.id)
    assert len(listed) == row.total < PAGE
    assert {mail.state for mail in listed} == {"taken over"}
    assert mails(workspace, row.id, "refused") == ()
    assert mails(workspace, row.id, page=1) == ()
    assert shares(row.counts) == (("taken over", "ok", row.total, 100.0),)


def test_a_workspace_that_never_sent_has_no_sendings_and_gets_no_ledger(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path)
    assert sendings(open_workspace(root, {})) == ()
    assert not (root / ".mailer").exists()


def test_inner_states_never_have_words_of_their_own() -> None:
    assert len(states_called("under way")) == 2
    assert states_called("claimed") == states_called("handed") == frozenset()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (42, "42 s ago"), (60, "1 min ago"), (7_300, "2 h ago"), (200_000, "2 d ago")],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_after_a_week_the_date_says_when() -> None:
    assert ago(NOW - timedelta(days=20), NOW) == "2 Nov 2026"


def test_what_changed_since_a_proof_is_said_once_and_in_words() -> None:
    parts = ("html en-123456", "html en-abcdef", "subject en-123456", "picture images/x.jpg", "group press")
    assert changed_words(parts) == ("the mail", "subject or preheader", "picture images/x.jpg", "group press")


def test_counts_agree_with_their_noun() -> None:
    assert [many(n, "mail") for n in (0, 1, 2, 1_200)] == ["0 mails", "1 mail", "2 mails", "1,200 mails"]


def message(number: int, group: str = "") -> TrayMessage:
    return TrayMessage(
        id=f"{group}/m{number}" if group else f"m{number}",
        group=group,
        received_at=NOW,
        delivered_to=f"reader{number}@example.org",
        sender='"An Office" <office@example.org>' if number % 2 else "bare@example.org",
        subject="" if number == 0 else f"Subject {number}",
        size=12_345,
    )


def test_the_tray_is_listed_filtered_and_searched() -> None:
    messages = [message(n, "aa11" if n < 3 else "") for n in range(MOST_LISTED + 5)]
    listed = tray_list(messages, now=NOW)
    assert (len(listed.rows), listed.found, listed.total) == (MOST_LISTED, MOST_LISTED + 5, MOST_LISTED + 5)
    assert listed.sendings == (("aa11", 3),)
    assert listed.rows[0].subject == "No subject"
    assert listed.rows[1].sender == "An Office"
    assert tray_list(messages, sending="aa11").found == 3
    assert [row.id for row in tray_list(messages, words="SUBJECT reader7@").rows] == ["m7"]
    assert tray_list([]).rows == ()


def test_translations_are_shown_with_how_far_they_are(composed: Composed) -> None:
    rows = {row.name: row for row in translation_rows(composed.progress)}
    assert (rows["Russian"].words, rows["Russian"].share, rows["Russian"].is_behind) == (
        "20 of 20",
        1.0,
        False,
    )
    assert rows["French"].words.endswith(" of 20")
    assert 0 < rows["French"].share < 1
    changed = composed.issue.model_copy(update={"subject": "Another"})
    stale = progress_of(changed, composed.file.translations["ru"])
    (row,) = translation_rows([stale])
    assert (row.words, row.is_behind) == ("20 of 20, 1 stale", True)


@pytest.mark.parametrize(
    ("finding", "where", "message"),
    [
        (
            {"file": "in/wasdoc.docx", "message": "is a Word document of the old kind."},
            "wasdoc.docx",
            "wasdoc.docx is a Word document of the old kind.",
        ),
        ({"file": "a.md", "line": 1, "message": "the file begins."}, "a.md", "The file begins."),
        ({"item": "one", "field": "title", "message": "is long."}, "First · title", "Is long."),
        ({"field": "subject", "file": "issue.yaml", "message": "is long."}, "subject", "Is long."),
        ({"item": "one", "message": "images/a.jpg has no words."}, "First", "images/a.jpg has no words."),
        ({"message": "nothing is there."}, "The whole issue", "Nothing is there."),
    ],
)
def test_a_finding_is_headed_by_what_it_is_about(finding: dict[str, Any], where: str, message: str) -> None:
    row = finding_row(Finding(rule="a.b", severity=Severity.STOP, **finding), {"one": "First"})
    assert (row.where, row.message) == (where, message)
