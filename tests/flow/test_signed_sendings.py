"""Signing as a user sets it up: a key, its record, and what then goes over the wire."""

from __future__ import annotations

import json
import os
import re
import tomllib

import dkim
import pytest

from mailer.relay import Tray
from tests.flow.office import MailService, Office


def with_key(office: Office, selector: str = "2026a") -> dict[bytes, bytes]:
    """Make a key, take it into use as the command says, and put its record into a DNS of ours."""
    printed = office.run("dkim", "new", selector)
    lines = re.search(r"\[\[dkim\]\]\n(?:\S.*\n)+", printed)
    assert lines, printed
    path = office.root / "mailer.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{lines[0]}", encoding="utf-8")
    found = re.search(r"name   (\S+)\nvalue  (v=DKIM1; k=rsa; p=\S+)\n", printed)
    assert found, printed
    return {f"{found[1]}.".encode(): found[2].encode()}


def with_bad_key(office: Office) -> str:
    """Take a key into use that cannot be used; what is said of it."""
    with_key(office)
    (key,) = (office.root / ".mailer" / "dkim").iterdir()
    key.chmod(0o644)
    return f"{office.workspace.shown(key)}: can be read by others. Run `chmod 600"


def verifies(content: bytes, dns: dict[bytes, bytes]) -> bool:
    return dkim.verify(content, dnsfunc=lambda name, timeout=5: dns.get(name))


def test_what_the_mail_service_gets_verifies_with_the_record_that_was_printed(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    dns = with_key(office)
    office.send(office.approved())
    assert len(service.accepted) == 20
    for recipient, _, content in service.accepted:
        assert verifies(content, dns), recipient
        assert not verifies(content.replace(b"Subject: ", b"Subject: x"), dns)


def test_a_rehearsal_is_signed_as_the_real_sending_would_be(office: Office) -> None:
    dns = with_key(office)
    office.run("proof", "test-issue", "--to", "everyone")
    office.run("send", "test-issue", "--to", "everyone", "--relay", "outbox", "--yes")
    tray = Tray(office.workspace.outbox)
    kept = [tray.read(one.id) for one in tray.list()]
    assert len(kept) == 20
    assert all(verifies(content, dns) for content in kept)


def test_a_mail_service_that_signs_itself_gets_it_unsigned(office: Office, service: MailService) -> None:
    office.use_relay(service.port)
    path = office.root / "mailer.toml"
    path.write_text(path.read_text(encoding="utf-8") + "dkim = false\n", encoding="utf-8")
    with_key(office)
    office.send(office.approved())
    assert len(service.accepted) == 20
    assert not any(b"DKIM-Signature" in content for _, _, content in service.accepted)


def test_a_key_that_cannot_be_used_stops_the_sending_before_anybody_is_written_to(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    said = with_bad_key(office)
    digest = office.approved()
    assert said in office.send(digest, code=1)
    office.run("send", "test-issue", "--to", "everyone", "--relay", "outbox", "--yes")
    (key,) = (office.root / ".mailer" / "dkim").iterdir()
    key.unlink()
    assert "does not exist. Make a key with `mailer dkim new SELECTOR`" in office.send(digest, code=1)
    assert service.accepted == []


def test_keys_of_other_domains_only_are_a_mistake_and_are_said_to_be_one(
    office: Office, service: MailService
) -> None:
    office.use_relay(service.port)
    with_key(office)
    path = office.root / "mailer.toml"
    text = path.read_text(encoding="utf-8")
    sender = tomllib.loads(text)["sender"]["email"].rpartition("@")[2]
    path.write_text(
        text.replace(f'[[dkim]]\ndomain = "{sender}"', '[[dkim]]\ndomain = "other.example"'), encoding="utf-8"
    )
    printed = office.send(office.approved(), code=1)
    assert (
        f"mailer.toml has no DKIM key for {sender}, from which this goes; it has one for other.example."
        in printed
    )
    assert "write `dkim = false` under [relays.office]" in printed
    assert service.accepted == []


def test_a_key_is_never_written_over(office: Office) -> None:
    office.run("dkim", "new", "2026a")
    (path,) = (office.root / ".mailer" / "dkim").iterdir()
    before = path.read_bytes()
    assert "exists already, and a key is never written over" in office.run("dkim", "new", "2026a", code=1)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("bits", ["1024", "8192"])
def test_other_sizes_are_refused(office: Office, bits: str) -> None:
    assert "Choose 2048, 3072 or 4096" in office.run("dkim", "new", "a", "--bits", bits, code=2)


@pytest.mark.parametrize("selector", ["two words", "../up", "a/b", "-a", "ключ"])
def test_a_selector_that_cannot_stand_in_the_dns_is_refused(office: Office, selector: str) -> None:
    assert "is not a selector" in office.run("dkim", "new", "--", selector, code=2)
    assert not (office.root / ".mailer" / "dkim").exists()


def test_show_prints_the_record_of_the_key_in_use_and_nothing_secret(office: Office) -> None:
    assert "nothing is signed here" in office.run("dkim", "show")
    dns = with_key(office)
    ((name, value),) = dns.items()
    shown = office.run("dkim", "show")
    assert name.decode().rstrip(".") in shown
    assert value.decode() in shown
    strings = re.findall(r'^    "([^"]+)"', shown, re.MULTILINE)
    assert "".join(strings) == value.decode()
    assert all(len(string) <= 255 for string in strings)
    assert "PRIVATE" not in shown
    (as_json,) = json.loads(office.run("dkim", "show", "2026a", "--format", "json"))
    assert as_json["value"] == value.decode()
    assert as_json["bits"] == 2048
    assert "It has: 2026a." in office.run("dkim", "show", "2025", code=2)


def test_a_key_may_lie_elsewhere(office: Office) -> None:
    out = office.root.parent / "keys" / "office.pem"
    printed = office.run("dkim", "new", "2026a", "--domain", "News.Example.ORG", "--out", str(out))
    assert out.is_file()
    assert os.stat(out.parent).st_mode & 0o777 == 0o700
    assert f'key_file = "{out}"' in printed
    assert "2026a._domainkey.news.example.org" in printed
