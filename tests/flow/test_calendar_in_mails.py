"""Save the date, in the mail itself: attached where the item asks, linked where the web answers, moved for good."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import vobject  # type: ignore[import-untyped]
from fastapi.testclient import TestClient
from icalendar import Calendar

from mailer.check import CheckedIssue
from mailer.check.followed import addresses_of
from mailer.config import open_workspace
from mailer.flow import compose_issue
from mailer.flow.archive import build_archive
from mailer.model.issue import Event, Issue
from mailer.public import create_public
from mailer.render import calendar_text
from tests.flow.office import TODAY, WAIVERS, MailService, Office, a_mail_service, an_office

URL = "https://news.example.org"
ISSUE = f"""\
id: test-issue
series: Test newsletter
date: {TODAY}
authors: [Ann Author]
subject: Two dates for your calendar
preheader: A meeting in Manila, and a report that is due in April.
items:
  - kind: article
    id: first
    title: Snow leopards counted
    body: |
      {{{{salutation}}}}, the count in {{{{country|your country}}}} is done.
  - kind: event
    id: meeting
    title: Meeting of the Parties
    start: 2097-10-23
    end: 2097-10-28
    place: {{name: Manila, country: PH}}
    body: It is open to all.
  - kind: deadline
    id: report
    title: National reports
    due: 2097-04-24
    time: "23:59"
    timezone: Europe/Berlin
    calendar: attach
    body: Please send them in {{{{country_of|of your country}}}}.
    wording:
      - {{for: press, title: Reports of States, body: They come in by then.}}
  - kind: event
    id: inside
    title: Party in the garden
    start: 2097-07-01
    calendar: none
"""
RUSSIAN = """\
language: ru
subject: Две даты
preheader: Встреча и отчёт
items:
  first: {title: Барсы сосчитаны, body: "{{salutation}}, готово."}
  meeting: {title: Встреча Сторон, body: Она открыта для всех.}
"""
LINK = f"{URL}/calendar/test-issue/meeting.en.ics"


@dataclass
class Sent:
    """An office that has sent its issue, and what got it."""

    office: Office
    service: MailService
    on_record: list[bool]
    """Of each mail, whether the dates were on record when it was taken over."""
    digest: str
    """Of the second sending."""
    linked_to: list[int]
    """What the public side said of a linked file: planned, called off, and while the first mails were taken over."""

    def mails(self) -> list[Message]:
        return [email.message_from_bytes(content) for _, _, content in self.service.accepted]


def open_to_the_web(office: Office, public: str) -> None:
    path = office.root / "mailer.toml"
    text = path.read_text("utf-8")
    path.write_text(
        re.sub(r'public = "none"[^\n]*', f'public = "{public}"\npublic_url = "{URL}"', text), "utf-8"
    )


def an_office_with_dates(root: Path, public: str = "none") -> Office:
    office = an_office(root, 20)
    office.issue.write_text(ISSUE, "utf-8")
    (office.issue.parent / "issue.ru.yaml").write_text(RUSSIAN, "utf-8")
    (office.issue.parent / "waivers.yaml").write_text(WAIVERS, "utf-8")
    contacts = office.root / "recipients" / "contacts.csv"
    rows = contacts.read_text("utf-8").replace("Number3,,en,", "Number3,,ru,")
    contacts.write_text(rows, "utf-8")
    if public != "none":
        open_to_the_web(office, public)
    return office


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    """It has sent twice: the second time, to those who have it, with another day for the report."""
    with a_mail_service() as service:
        office = an_office_with_dates(tmp_path_factory.mktemp("calendar") / "office", "server")
        record, seen = office.issue.parent / "calendar.yaml", list[bool]()
        office.use_relay(service.port)
        client = TestClient(create_public(open_workspace(office.root)), base_url=URL)
        digest, path = office.approved(), LINK.removeprefix(URL)
        office.send(digest, "--repeat", "never", "--at", "+1h")
        linked_to = [client.get(path).status_code]
        office.run("cancel", office.dispatch_id(), "--because", "a test", "--yes")
        linked_to.append(client.get(path).status_code)

        def look(count: int) -> None:
            seen.append(record.is_file())
            if count <= 2:
                linked_to.append(client.get(path).status_code)

        service.on_accepted = look
        office.send(digest)
        text = office.issue.read_text("utf-8")
        office.issue.write_text(text.replace("due: 2097-04-24", "due: 2097-04-26"), "utf-8")
        digest = office.approved()
        office.send(digest, "--repeat", "moved")
        yield Sent(office, service, seen, digest, linked_to)
        office.stop_workers()


def attached(mail: Message) -> list[Message]:
    return [part for part in mail.walk() if part.get_content_type() == "text/calendar"]


def content_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def entry_in(content: bytes) -> Any:
    (entry,) = Calendar.from_ical(content).walk("VEVENT")
    assert vobject.readOne(content.decode()).vevent.uid.value == entry["uid"]
    return entry


def built(office: Office) -> dict[str, bytes]:
    office.run("build", "test-issue")
    folder = office.root / "build" / "test-issue" / "calendar"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_asks_for_it_comes_with_every_mail_in_the_words_of_its_version(sent: Sent) -> None:
    first = sent.mails()[:20]
    titles = set()
    for mail in first:
        (part,) = attached(mail)
        assert part.get_filename() == "report.ics"
        assert part.get_content_disposition() == "attachment"
        assert part.get_param("method") == "PUBLISH"
        assert part.get_content_charset() == "utf-8"
        content = content_of(part)
        assert b"\r\nDTSTART:20970424T215900Z\r\n" in content
        entry = entry_in(content)
        titles.add(str(entry["summary"]))
        assert entry["uid"].startswith("test-issue.report@")
        assert int(entry["sequence"]) == 0
    assert len(first) == 20
    assert titles == {"National reports", "Reports of States"}


def test_a_moved_day_moves_the_entry_in_the_second_sending(sent: Sent) -> None:
    again = sent.mails()[20:]
    assert len(again) == 20
    for mail, before in zip(again, sent.mails(), strict=False):
        entry, old = (entry_in(content_of(attached(one)[0])) for one in (mail, before))
        assert (entry["uid"], int(entry["sequence"])) == (old["uid"], 1)
        assert entry["dtstart"].dt > old["dtstart"].dt
        assert entry["dtstamp"].dt > old["dtstamp"].dt


def test_the_record_is_written_before_the_first_mail_goes_and_grows_with_what_moved_only(sent: Sent) -> None:
    assert all(sent.on_record)
    record = (sent.office.issue.parent / "calendar.yaml").read_text("utf-8")
    assert re.search(r"(?m)^  report:\n    sequence: 1\n", record)
    assert re.search(r"(?m)^  meeting:\n    sequence: 0\n", record)
    assert re.search(r"(?m)^  inside:\n    sequence: 0\n", record), (
        "readers saw it, and may have its file by hand"
    )


def test_built_again_every_file_is_the_same_and_agrees_with_what_went_out(sent: Sent) -> None:
    files = built(sent.office)
    assert built(sent.office) == files
    assert int(entry_in(files["report.en.ics"])["sequence"]) == 1
    assert int(entry_in(files["meeting.ru.ics"])["sequence"]) == 0
    mail = next(
        mail for mail in sent.mails()[20:] if "National reports" in str(content_of(attached(mail)[0]))
    )
    assert content_of(attached(mail)[0]) == files["report.en.ics"]


def test_a_change_after_it_went_out_counts_on_and_taken_back_it_does_not(sent: Sent) -> None:
    office, text = sent.office, sent.office.issue.read_text("utf-8")
    try:
        office.issue.write_text(text.replace("name: Manila", "name: Cebu"), "utf-8")
        assert int(entry_in(built(office)["meeting.ru.ics"])["sequence"]) == 1
        office.issue.write_text(text.replace("open to all", "open to nearly all"), "utf-8")
        assert int(entry_in(built(office)["meeting.en.ics"])["sequence"]) == 0
    finally:
        office.issue.write_text(text, "utf-8")
    assert int(entry_in(built(office)["meeting.ru.ics"])["sequence"]) == 0


def test_the_mail_links_to_the_file_in_the_language_of_its_reader(sent: Sent) -> None:
    found: dict[str, set[str]] = {}
    for mail in sent.mails():
        parts = [part for part in mail.walk() if part.get_content_type() in ("text/html", "text/plain")]
        links = [set(re.findall(rf"{URL}/calendar/[^\s\"<>]+", content_of(part).decode())) for part in parts]
        assert links[0] == links[1]
        found.setdefault(str(mail["Content-Language"]), set()).update(links[0])
    assert found == {"en": {LINK}, "ru": {LINK.replace(".en.", ".ru.")}}
    html = next(part for part in sent.mails()[0].walk() if part.get_content_type() == "text/html")
    assert re.search(rf'<a [^>]*href="{LINK}"[^>]*>Add to your calendar</a>', content_of(html).decode())


def test_the_public_side_gives_the_linked_file_and_nothing_that_was_not_sent(sent: Sent) -> None:
    with TestClient(create_public(open_workspace(sent.office.root)), base_url=URL) as client:
        for language, title in (("en", "Meeting of the Parties"), ("ru", "Встреча Сторон")):
            answer = client.get(f"/calendar/test-issue/meeting.{language}.ics")
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/calendar; method=PUBLISH; charset=utf-8"
            expected = f'attachment; filename="meeting.{language}.ics"'
            assert answer.headers["content-disposition"] == expected
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert entry_in(answer.content)["summary"] == title
            assert answer.content == built(sent.office)[f"meeting.{language}.ics"]
        for path in (
            "test-issue/report.en.ics",
            "test-issue/inside.en.ics",
            "test-issue/meeting.fr.ics",
            "other-issue/meeting.en.ics",
            "test-issue/../../mailer.toml",
            "test-issue/..%2F..%2Fmailer.toml",
            "test-issue/meeting.en.ics/",
            "test-issue/",
            "test-issue/meeting.en.ics%00",
        ):
            assert client.get(f"/calendar/{path}", follow_redirects=False).status_code in (404, 307), path
            assert client.get(f"/calendar/{path}").text.count("BEGIN:VCALENDAR") == path.endswith("ics/"), (
                path
            )
        assert client.post("/calendar/test-issue/meeting.en.ics").status_code == 405


def test_it_gives_nothing_of_what_is_planned_or_called_off_and_all_once_a_mail_is_taken_over(
    sent: Sent,
) -> None:
    assert sent.linked_to == [404, 404, 200, 200]


def test_another_date_voids_the_digest_and_what_is_attached_is_named(sent: Sent) -> None:
    office, text = sent.office, sent.office.issue.read_text("utf-8")
    assert sent.digest in office.run("proof", "test-issue", "--to", "everyone")
    try:
        office.issue.write_text(text.replace("due: 2097-04-26", "due: 2097-04-27"), "utf-8")
        said = office.send(sent.digest, "--repeat", "third", code=1)
        assert "what is attached in" in said
        office.issue.write_text(text.replace("name: Manila", "name: Cebu"), "utf-8")
        said = office.send(sent.digest, "--repeat", "third", code=1)
        assert "a calendar file that is linked to in" in said
    finally:
        office.issue.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def unsent(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return an_office_with_dates(tmp_path_factory.mktemp("unsent") / "office")


def test_where_nothing_answers_nothing_is_linked_and_what_asks_for_it_is_still_attached(
    unsent: Office,
) -> None:
    unsent.run("build", "test-issue")
    pages = list((unsent.root / "build" / "test-issue").glob("*/index.html"))
    assert pages
    for page in pages:
        assert "Add to your calendar" not in page.read_text("utf-8")
        assert "/calendar/" not in page.with_name("message.txt").read_text("utf-8")
        mail = email.message_from_bytes(page.with_name("message.eml").read_bytes())
        assert [part.get_filename() for part in attached(mail)] == ["report.ics"]
    assert set(built(unsent)) == {
        "meeting.en.ics",
        "meeting.ru.ics",
        "report.en.ics",
        "inside.en.ics",
    }
    assert not (unsent.issue.parent / "calendar.yaml").exists()


def test_pages_for_the_web_site_have_the_files_that_mails_link_to_and_note_what_goes_out(
    tmp_path: Path,
) -> None:
    office = an_office_with_dates(tmp_path / "office", "static")
    trial = f"--on={TODAY.replace(year=TODAY.year - 1, day=1)}"
    office.run("build", "test-issue", "--public", trial)
    assert not (office.issue.parent / "calendar.yaml").exists()
    office.run("build", "test-issue", "--public")
    folder = office.root / "build" / "public" / "calendar" / "test-issue"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(first) == {"meeting.en.ics", "meeting.ru.ics"}
    page = next((office.root / "build" / "public" / "issues").rglob("index.html"))
    assert f"{URL}/calendar/test-issue/meeting." in page.read_text("utf-8")
    office.run("build", "test-issue", "--public")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    text = office.issue.read_text("utf-8")
    office.issue.write_text(text.replace("2097-10-28", "2097-10-29"), "utf-8")
    office.run("build", "test-issue", "--public")
    assert int(entry_in((folder / "meeting.ru.ics").read_bytes())["sequence"]) == 1
    office.issue.write_text(text, "utf-8")
    office.run("build", "test-issue", "--public")
    assert int(entry_in((folder / "meeting.ru.ics").read_bytes())["sequence"]) == 2


def test_a_file_for_everybody_has_the_words_of_everybody_outside_the_groups(tmp_path: Path) -> None:
    office = an_office_with_dates(tmp_path / "office", "static")
    text = office.issue.read_text("utf-8")
    general = (
        "    wording:\n      - {for: press, title: Meeting of States}\n      - {title: Meeting for all}\n"
    )
    office.issue.write_text(text.replace("    body: It is open", f"{general}    body: It is open"), "utf-8")
    office.run("build", "test-issue", "--public")
    linked = office.root / "build" / "public" / "calendar" / "test-issue" / "meeting.en.ics"
    for content in (linked.read_bytes(), built(office)["meeting.en.ics"]):
        assert entry_in(content)["summary"] == "Meeting for all"


def test_the_archive_notes_the_dates_that_it_gives_and_a_changed_one_moves_the_entry(tmp_path: Path) -> None:
    office = an_office_with_dates(tmp_path / "office")
    page = office.root / "build" / "archive" / "test-issue" / "en" / "calendar"

    def archived() -> dict[str, bytes]:
        build_archive(open_workspace(office.root), ["test-issue"])
        return {path.name: path.read_bytes() for path in page.iterdir()}

    first = archived()
    assert archived() == first
    assert set(first) == {"meeting.ics", "report.ics"}
    text = office.issue.read_text("utf-8")
    office.issue.write_text(text.replace("2097-10-28", "2097-10-29"), "utf-8")
    moved = archived()
    assert archived() == moved
    assert int(entry_in(moved["meeting.ics"])["sequence"]) == 1
    assert moved["report.ics"] == first["report.ics"]


def test_at_the_largest_number_the_last_day_there_is_overflows_nothing() -> None:
    item = {"id": "a", "kind": "event", "title": "A", "start": "9999-12-31"}
    issue = Issue.model_validate({"id": "one", "series": "N", "date": "9999-12-31", "items": [item]})
    event = issue.items[0]
    assert isinstance(event, Event)
    text = calendar_text(event, issue, "en", {}, "example.org", sequence=2**31 - 1)
    assert "DTSTAMP:99991231T235959Z" in text


def test_following_links_does_not_ask_for_files_that_are_not_on_the_web_yet(unsent: Office) -> None:
    settings = unsent.root / "mailer.toml"
    text = settings.read_text("utf-8")
    open_to_the_web(unsent, "static")
    try:
        composed = compose_issue(open_workspace(unsent.root), "test-issue", secret=b"check")
    finally:
        settings.write_text(text, "utf-8")
    file = composed.file
    checked = CheckedIssue(
        issue=file.issue, locate=file.locate, day=composed.day, renditions=composed.renditions
    )
    assert any(LINK in one.html for one in composed.renditions)
    assert not [address for address in addresses_of(checked) if "/calendar/" in address]
