"""mailer.toml: every problem at once, each at its line, with the nearest known key."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailer.config import Config, PublicMode, find_workspace, read_config
from mailer.errors import MailerError, ProblemsError
from mailer.flow.records import with_settings
from mailer.model.proof import ApprovalRules

GOOD = """\
relay = "office"
public = "none"

[office]
name = "Office"
postal_address = "Street 1"

[sender]
name = "Office"
email = "news@example.org"

[newsletter]
list = "news"
list_id = "news.example.org"
unsubscribe = "leave@example.org"

[relays.office]
kind = "smtp"
host = "smtp.example.org"
username = "news"
password_env = "OFFICE_PASSWORD"
"""


def read(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    path = tmp_path / "mailer.toml"
    path.write_text(text, encoding="utf-8")
    return read_config(path, environ or {})


def problems(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, text, environ)
    return [str(problem) for problem in caught.value.problems]


def test_good_settings_are_read_and_the_practice_tray_is_always_there(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    assert set(config.relays) == {"outbox", "office"}
    assert config.public is PublicMode.NONE
    assert config.envelope_sender == "news@example.org"


def test_all_mistakes_are_named_at_once_each_at_its_line(tmp_path: Path) -> None:
    text = (
        GOOD.replace('relay = "office"', 'realy = "office"')
        .replace("email =", "e_mail =")
        .replace('kind = "smtp"', 'kind = "smpt"')
    )
    said = problems(tmp_path, text)
    assert any(line.startswith("mailer.toml:1: ") and '"relay"' in line for line in said)
    assert any("mailer.toml:10" in line and "e_mail" in line for line in said)
    assert any("mailer.toml:1" in line and "smpt" in line for line in said)
    assert len(said) >= 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('username = "news"', 'security = "plaintext"', "loopback"),
        ('password_env = "OFFICE_PASSWORD"', "", "password_env"),
        ('public = "none"', 'public = "server"', "public_url"),
        ('public = "none"', 'public = "always"', "static"),
        ('relay = "office"', 'relay = "ofice"', "ofice"),
        ('host = "smtp.example.org"', 'host = "smtp.example.org"\nport = 99999', "port"),
        ('host = "smtp.example.org"', 'host = "smtp.example.org"\npassword = "secret"', "password"),
        ('public = "none"', "approvals = {all = 0}", "approvals.all"),
        ('public = "none"', "approvals = {RU = 1}", "language tag"),
        ('public = "none"', 'approvals = "two"', "whole number"),
        ('public = "none"', "approvers = {ru = []}", "name somebody"),
        ('public = "none"', 'approvers = ["Head", " "]', "name of an approver is empty"),
        ('public = "none"', 'approval_kind = "sworn"', "attached, stated, verified"),
        ('public = "none"', 'approval_kind = "verified"', "allowed_signers"),
        ('public = "none"', 'gpg_keys = {"Head" = "89ABCDEF"}', "the key of Head is not a whole fingerprint"),
    ],
)
def test_what_does_not_fit_is_said_in_words(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert any(said in line for line in problems(tmp_path, GOOD.replace(old, new)))


def test_approvals_are_a_number_or_one_a_language(tmp_path: Path) -> None:
    def rules(text: str) -> ApprovalRules:
        return read(tmp_path, GOOD.replace('public = "none"', text)).approval_rules

    assert rules("approvals = 2").needed_for("ru") == 2
    each = rules('approvals = {ru = 3}\napprovers = {all = ["Head"], zh = ["Li"]}')
    assert [each.needed_for(tag) for tag in ("en", "ru", "ru-KZ")] == [1, 3, 3]
    assert [each.approvers_for(tag) for tag in ("en", "zh-Hant")] == [("Head",), ("Li",)]
    assert rules('approvers = ["Head"]').approvers_for("ru") == ("Head",)


def test_broken_toml_and_other_encodings_are_named(tmp_path: Path) -> None:
    assert "mailer.toml:2" in problems(tmp_path, 'relay = "outbox"\nname = [\n')[0]
    path = tmp_path / "mailer.toml"
    path.write_bytes(GOOD.replace("Street", "Улица").encode("cp1251"))
    with pytest.raises(ProblemsError, match="UTF-8"):
        read_config(path, {})


def test_the_environment_wins_and_its_own_mistakes_have_no_line(tmp_path: Path) -> None:
    environ = {"MAILER_RELAYS__OFFICE__PORT": "2525", "MAILER_RELAY": "outbox", "OTHER": "x"}
    config = read(tmp_path, GOOD, environ)
    assert config.relay == "outbox"
    assert config.relays["office"].model_dump()["port"] == 2525
    said = problems(tmp_path, GOOD, {"MAILER_RELAYS__OFFICE__PORT": "many"})
    assert "port" in said[0]
    assert problems(tmp_path, GOOD, {"MAILER_RELAY__NAME": "x"})


@pytest.mark.parametrize(
    "name",
    [
        *("MAILER_APPROVALS", "MAILER_APPROVALS__RU", "MAILER_APPROVERS", "MAILER_APPROVAL_KIND"),
        *("MAILER_ALLOWED_SIGNERS", "MAILER_GPG_KEYS__HEAD", "MAILER_approvals"),
    ],
)
def test_who_has_to_approve_is_never_taken_from_the_environment(tmp_path: Path, name: str) -> None:
    (said,) = problems(tmp_path, GOOD, {name: "1"})
    assert f"{name} is set in the environment" in said
    assert "Unset it" in said


def test_the_offices_zone_says_which_day_it_is_there(tmp_path: Path) -> None:
    moment = datetime(2016, 12, 15, 23, 30, tzinfo=UTC)
    assert read(tmp_path, GOOD).office.day_of(moment) == date(2016, 12, 15)
    bonn = GOOD.replace("[office]\n", '[office]\ntimezone = "Europe/Berlin"\n')
    assert read(tmp_path, bonn).office.day_of(moment) == date(2016, 12, 16)
    (said,) = problems(tmp_path, GOOD.replace("[office]\n", '[office]\ntimezone = "Europe/Bonn"\n'))
    assert 'no time zone "Europe/Bonn"' in said


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(MailerError, match="mailer init"):
        find_workspace(tmp_path)
    read(tmp_path, GOOD)
    deep = tmp_path / "issues" / "one"
    deep.mkdir(parents=True)
    assert find_workspace(deep) == tmp_path


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD + '\n[ledger]\npath = "elsewhere.db"\n',
        GOOD + '\n[ledger]\nrecord = "old"\n',
        '[ledger]\nrecord = "old" # ours\n\n' + GOOD.replace('relay = "office"\npublic = "none"\n', ""),
    ],
)
def test_the_ledger_of_record_is_written_and_nothing_else_changes(tmp_path: Path, text: str) -> None:
    after = with_settings(text, {"record": '"new-id"'})
    config = read(tmp_path, after)
    assert config.ledger.record == "new-id"
    kept = [line for line in text.splitlines() if line.strip() and not line.startswith("record")]
    assert [line for line in after.splitlines() if line in kept] == kept
