"""One issue in several languages: each reader gets theirs, and what falls back says so; from file to mail."""

from __future__ import annotations

import email
import email.policy
import json
import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailer.flow import ledger_of
from mailer.relay import Tray
from tests.flow.office import ISSUE, TODAY, Office

RUSSIAN = """\
# the translator's own note
language: ru
series: Пробный бюллетень
title: ""
subject: Два отчёта и одна дата
preheader: Что произошло в горах в этом месяце и что будет дальше.
items:
  first:
    title: Снежных барсов сосчитали
    body: |
      {{salutation}}, подсчёт {{country_in|в вашей стране}} закончен.
"""

PEOPLE = """\
email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions
english@example.org,Ms.,Ann,English,,en,KZ,,partner,newsletter
russian@example.org,Ms.,Anna,Russian,,ru,,,press,newsletter
kazakh@example.org,Ms.,Aigul,Kazakh,,kk,,,partner,newsletter
german@example.org,,Anton,German,,de,,,press,newsletter
"""


@pytest.fixture
def bilingual(office: Office) -> Office:
    (office.root / "recipients" / "contacts.csv").write_text(PEOPLE, encoding="utf-8")
    toml = (office.root / "mailer.toml").read_text(encoding="utf-8")
    set_fallbacks(office, 'fallbacks = {kk = "ru", uz = "ru"}', toml)
    (office.issue.parent / "issue.ru.yaml").write_text(RUSSIAN, encoding="utf-8")
    return office


def set_fallbacks(office: Office, line: str, toml: str) -> None:
    text = re.sub(r"(?m)^languages = .*$", lambda found: f"{found[0]}\n{line}", toml, count=1)
    assert line in text
    (office.root / "mailer.toml").write_text(text, encoding="utf-8")


def mails(office: Office) -> dict[str, EmailMessage]:
    tray = Tray(office.workspace.outbox)
    found = {}
    for kept in tray.list():
        parsed = email.message_from_bytes(tray.read(kept.id), policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        found[str(parsed["Delivered-To"]).strip("<>")] = parsed
    return found


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_each_reader_is_sent_their_language(bilingual: Office) -> None:
    printed = bilingual.run("send", "test-issue", "--to", "everyone", "--yes")
    assert "4  taken over" in printed
    sent = mails(bilingual)
    subjects = {address.partition("@")[0]: str(mail["Subject"]) for address, mail in sent.items()}
    assert subjects == {
        "english": "Two reports and one date",
        "russian": "Два отчёта и одна дата",
        "kazakh": "Два отчёта и одна дата",
        "german": "Two reports and one date",
    }
    russian = sent["russian@example.org"]
    for kind in ("html", "plain"):
        assert "подсчёт в вашей стране закончен" in part(russian, kind)
        assert "A briefing is on Tuesday" in part(russian, kind), "what is not translated falls back"
    assert re.search(r'<html[^>]* lang="ru"', part(russian, "html"))
    fallen = part(russian, "html").split('lang="en"')
    assert len(fallen) > 1
    assert "For the press" in fallen[1]
    assert "For the press" not in part(sent["kazakh@example.org"], "html"), "shown to the press only"
    assert "подсчёт" not in part(sent["german@example.org"], "html")
    with ledger_of(bilingual.workspace) as ledger:
        (dispatch,) = ledger.dispatches()
        assert dict(ledger.report(dispatch.id).by_language) == {"en": 2, "ru": 2}


def test_a_translation_that_changes_voids_the_approval(bilingual: Office) -> None:
    (bilingual.issue.parent / "waivers.yaml").unlink(missing_ok=True)
    digest = bilingual.approved("everyone")
    overlay = bilingual.issue.parent / "issue.ru.yaml"
    overlay.write_text(RUSSIAN.replace("закончен", "завершён"), encoding="utf-8")
    printed = bilingual.run("proof", "test-issue", "--to", "everyone")
    changed = re.search(r"digest ([0-9a-f]{64})", printed)
    assert changed
    assert changed[1] != digest
    refused = bilingual.run("send", "test-issue", "--to", "everyone", "--yes", "--digest", digest, code=1)
    assert "taken over" not in refused
    overlay.write_text(RUSSIAN, encoding="utf-8")
    again = re.search(r"digest ([0-9a-f]{64})", bilingual.run("proof", "test-issue", "--to", "everyone"))
    assert again
    assert again[1] == digest, "as it was, it is what was approved"


def test_noting_what_was_translated_changes_nothing_that_is_sent(bilingual: Office) -> None:
    digest = bilingual.approved("everyone")
    bilingual.run("translate", "stamp", "test-issue", "ru", "--all")
    assert digest in bilingual.run("proof", "test-issue", "--to", "everyone")


def test_a_translator_goes_from_nothing_to_done_by_command(bilingual: Office) -> None:
    overlay = bilingual.issue.parent / "issue.fr.yaml"
    assert "Made issues/test-issue/issue.fr.yaml" in bilingual.run("translate", "start", "test-issue", "fr")
    assert "French  0 of 2" in bilingual.run("translate", "status", "test-issue")
    state = json.loads(bilingual.run("check", "test-issue", "--format", "json"))
    begun = next(each for each in state["languages"] if each["language"] == "fr")
    assert (begun["issue"], begun["name"], begun["items"], begun["translated"]) == (
        "test-issue",
        "French",
        2,
        0,
    )
    frame = overlay.read_text(encoding="utf-8")
    assert f"{TODAY}" not in frame, "a day is no word"
    filled = re.sub(r"(?m)^(    )(title|body):.*$", r"\1\2: Mots pour {{salutation}} et {{country}}", frame)
    filled = re.sub(r"(?m)^(series|subject|preheader):$", r"\1: Une ligne assez longue pour être lue", filled)
    overlay.write_text(filled, encoding="utf-8")
    printed = bilingual.run("check", "test-issue")
    assert "French 2 of 2 · Russian 1 of 2" in printed
    assert not re.search(r"issue\.fr\.yaml.*translation\.", printed)

    later = "  - {kind: article, id: later, title: A late piece of news}\n"
    changed = ISSUE.replace("For the press", "For all of the press") + later
    bilingual.issue.write_text(changed, encoding="utf-8")
    assert "French 2 of 3, 1 stale" in bilingual.run("check", "test-issue")
    assert "added  later" in bilingual.run("translate", "add", "test-issue", "fr")
    assert "It has every item already" in bilingual.run("translate", "add", "test-issue", "fr")
    overlay.write_text(re.sub(r"title:$", "title: Tard", overlay.read_text("utf-8")[:-1]), encoding="utf-8")
    assert "French 3 of 3, 1 stale" in bilingual.run("check", "test-issue")
    assert "source changed  press-only" in bilingual.run("translate", "status", "test-issue")
    assert "Not noted yet: press-only." in bilingual.run("translate", "stamp", "test-issue", "fr", code=2)
    assert "noted  press-only" in bilingual.run("translate", "stamp", "test-issue", "fr", "press-only")
    assert "French  3 of 3\n" in bilingual.run("translate", "status", "test-issue")


def test_a_translation_that_is_only_begun_makes_no_version(bilingual: Office) -> None:
    (bilingual.root / "recipients" / "contacts.csv").write_text(
        PEOPLE.replace(",de,", ",fr,"), encoding="utf-8"
    )
    bilingual.run("translate", "start", "test-issue", "fr")
    rows = json.loads(bilingual.run("proof", "test-issue", "--to", "everyone", "--format", "json"))[
        "variants"
    ]
    assert {row["key"].partition("-")[0] for row in rows} == {"en", "ru"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('fallbacks = {kk = "ru", ru = "kk"}', "`fallbacks` go round in a circle: kk → ru → kk"),
        ('fallbacks = {kk = "kk"}', "`fallbacks` go round in a circle: kk → kk"),
        ('fallbacks = {kk = 7}', "not text"),
        ('fallbacks = {KK = "ru"}', "not written as it must be"),
    ],
)  # fmt: skip
def test_fallbacks_that_cannot_work_are_refused_before_anything_else(
    bilingual: Office, line: str, message: str
) -> None:
    toml = (bilingual.root / "mailer.toml").read_text(encoding="utf-8")
    set_fallbacks(bilingual, line, re.sub(r"(?m)^fallbacks.*\n", "", toml))
    for command in (("check", "test-issue"), ("send", "test-issue", "--to", "everyone", "--yes")):
        printed = bilingual.run(*command, code=1)
        assert message in printed
        assert "Traceback" not in printed
    assert not Path(bilingual.workspace.outbox).exists() or mails(bilingual) == {}


def test_a_fallback_to_a_language_that_no_issue_has_leads_to_the_source(bilingual: Office) -> None:
    toml = (bilingual.root / "mailer.toml").read_text(encoding="utf-8")
    set_fallbacks(bilingual, 'fallbacks = {kk = "ky", ky = "uz"}', re.sub(r"(?m)^fallbacks.*\n", "", toml))
    bilingual.run("send", "test-issue", "--to", "everyone", "--yes")
    assert str(mails(bilingual)["kazakh@example.org"]["Subject"]) == "Two reports and one date"


def test_an_overlay_that_cannot_be_used_stops_everything_and_names_its_line(bilingual: Office) -> None:
    overlay = bilingual.issue.parent / "issue.ru.yaml"
    overlay.write_text(RUSSIAN.replace("  first:", "  frist:"), encoding="utf-8")
    for command in (
        ("check", "test-issue"),
        ("build", "test-issue"),
        ("proof", "test-issue", "--to", "everyone"),
    ):
        printed = bilingual.run(*command, code=1)
        assert "issues/test-issue/issue.ru.yaml:8" in printed
        assert 'Did you mean "first"?' in printed
    assert not (bilingual.root / "build").exists()


GERMAN = "german@example.org,,Anton,German,,de,,,press,newsletter\n"
FROM_KAZAKHSTAN = "silent@example.org,,Sam,Silent,,,KZ,,press,newsletter\n"


def refusal(office: Office, digest: str) -> str:
    return office.run("send", "test-issue", "--to", "everyone", "--yes", "--digest", digest, code=1)


def test_who_gets_which_language_is_part_of_what_was_approved(bilingual: Office) -> None:
    contacts, countries = (bilingual.root / "recipients" / f for f in ("contacts.csv", "countries.yaml"))
    contacts.write_text(PEOPLE + FROM_KAZAKHSTAN, encoding="utf-8")
    digest, register = bilingual.approved("everyone"), countries.read_text(encoding="utf-8")
    moved = register.replace("language: ru", "language: en")
    assert moved != register
    countries.write_text(moved, encoding="utf-8")
    assert "since proof" in (told := refusal(bilingual, digest))
    assert "who gets which language" in told
    countries.write_text(register, encoding="utf-8")
    toml = (bilingual.root / "mailer.toml").read_text(encoding="utf-8")
    (bilingual.root / "mailer.toml").write_text(toml.replace('kk = "ru", ', ""), encoding="utf-8")
    assert "who gets which language" in refusal(bilingual, digest)
    (bilingual.root / "mailer.toml").write_text(toml, encoding="utf-8")
    assert "5  taken over" in bilingual.run(
        "send", "test-issue", "--to", "everyone", "--yes", "--digest", digest
    )


def test_the_first_reader_of_a_language_does_not_void_what_was_approved_for_others(bilingual: Office) -> None:
    contacts = bilingual.root / "recipients" / "contacts.csv"
    without = "".join(line for line in PEOPLE.splitlines(True) if ",ru," not in line and ",kk," not in line)
    contacts.write_text(without, encoding="utf-8")
    digest = bilingual.approved("everyone")
    contacts.write_text(PEOPLE, encoding="utf-8")
    printed = bilingual.run("send", "test-issue", "--to", "everyone", "--yes", "--digest", digest)
    assert "2  taken over" in printed
    assert set(mails(bilingual)) == {"english@example.org", "german@example.org"}


def test_noting_a_translation_of_which_every_key_is_empty_says_that_nothing_is_there_yet(
    office: Office,
) -> None:
    office.run("translate", "start", "test-issue", "kk")
    nothing = "Nothing is in Kazakh yet: fill in the empty keys in issues/test-issue/issue.kk.yaml."
    assert nothing in office.run("translate", "stamp", "test-issue", "kk", code=2)
    assert nothing in office.run("translate", "stamp", "test-issue", "kk", "--all")


def test_what_one_reader_gets_is_asked_by_an_address_and_a_slip_names_the_nearest(office: Office) -> None:
    said = office.run("build", "test-issue", "--as", "readr7@example.org", code=1)
    assert 'Did you mean "reader7@example.org"?' in said
    assert "All people are listed in recipients/contacts.csv." in said
    said = office.run("build", "test-issue", "--to", "press", "--as", "reader7@example.org", code=1)
    assert "mailer audience --explain reader7@example.org" in said
