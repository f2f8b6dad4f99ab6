"""A real sending through a real Postfix, looked at on its far side: nothing lost, twice, or changed."""

from __future__ import annotations

import email
import email.policy
import io
import json
import os
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from unittest.mock import patch

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.made_sending import MadeSending, made_sending
from mailer.cli.entry import run
from mailer.model.rendition import Rendition
from mailer.model.slots import fill_slots, split_slots
from tests.flow.office import environment
from tests.postfix.postfix_instance import Postfix, postfix
from tests.storm.storm_sink import Sink

READERS = 1000
DKIM = """
[[dkim]]
domain = "cami.example.org"
selector = "test"
key_file = "dkim.pem"
"""
SIGNED = ("from", "to", "subject", "date", "message-id", "list-id", "list-unsubscribe", "mime-version")

AS_READ = email.policy.SMTP.clone(header_factory=cache(HeaderRegistry()))
"""Headers of a thousand mails are much alike; each is parsed once."""
split_once = cache(split_slots)


@dataclass
class Key:
    """A DKIM key: the PEM file of a workspace, and what the DNS would say."""

    pem: bytes
    record: bytes

    def dns(self, name: bytes, timeout: int = 5) -> bytes | None:
        """What dkimpy asks for."""
        return self.record if name == b"test._domainkey.cami.example.org." else None


@pytest.fixture(scope="module")
def key() -> Key:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Key(pem, b"v=DKIM1; k=rsa; p=" + b64encode(public))


@pytest.fixture
def far_side(tmp_path: Path) -> Iterator[Sink]:
    kept = tmp_path / "kept"
    kept.mkdir()
    with Sink(tmp_path, "--keep", str(kept)) as sink:
        yield sink


def an_office(
    folder: Path, readers: int, server: Postfix, key: Key | None, connections: int = 10
) -> MadeSending:
    """The sample issue, approved, with this Postfix as its mail service."""
    made = made_sending(folder / "office", readers)
    more = f'ca_file = "{server.certificate}"\n'
    if key is not None:
        path = made.root / "dkim.pem"
        path.write_bytes(key.pem)
        path.chmod(0o600)
        more += DKIM
    made.use_relay(server.port, connections, more, security="starttls")
    return made


def send(made: MadeSending, code: int = 0) -> dict[str, object]:
    """`mailer send` to everyone, for real; its report."""
    printed, errors = io.StringIO(), io.StringIO()
    arguments = [
        "send",
        made.proof.slug,
        "--to",
        "everyone",
        "--relay",
        "office",
        "--yes",
        "--format",
        "json",
    ]
    with redirect_stdout(printed), redirect_stderr(errors), patch.dict(os.environ, environment(), clear=True):
        ended = run(["-w", str(made.root), *arguments, "--digest", made.proof.digest])
    assert ended == code, printed.getvalue() + errors.getvalue()
    return json.loads(printed.getvalue())


def test_a_thousand_mails_come_out_of_postfix_as_they_were_proved_and_signed(
    tmp_path: Path, far_side: Sink, key: Key
) -> None:
    with postfix(far_side.port) as server:
        made = an_office(tmp_path, READERS, server, key)
        report = send(made)
        planned = made.rows("SELECT address, message_id, variant, slots, state FROM deliveries")
        assert report["counts"] == {"accepted": len(planned)}
        assert far_side.wait_for(len(planned), within=60), server.log()[-3000:]
        assert server.queued() == 0
    assert len(planned) > READERS * 0.9
    assert far_side.taken == Counter(str(message_id) for _, message_id, *_ in planned)
    kept = [path.read_bytes() for path in (tmp_path / "kept").iterdir()]
    assert len(kept) == len(planned)
    expected = {str(row[1]): row for row in planned}
    renditions = {rendition.variant.key: rendition for rendition in made.proof.renditions}
    for content in kept:
        assert b"by relay.example.org (Postfix) with ESMTPS id" in content
        assert dkim.verify(content, dnsfunc=key.dns)
        message = email.message_from_bytes(content, policy=AS_READ)
        assert isinstance(message, EmailMessage)
        address, _, variant, slots, _ = expected[str(message["Message-ID"])]
        _is_as_proved(message, str(address), renditions[str(variant)], json.loads(str(slots)))


def _is_as_proved(message: EmailMessage, address: str, proved: Rendition, slots: dict[str, str]) -> None:
    assert [to.addr_spec for to in message["To"].addresses] == [address]
    assert [sender.addr_spec for sender in message["From"].addresses] == ["newsletter@cami.example.org"]
    assert "cami-newsletter.cami.example.org" in message["List-Id"]
    assert message["List-Unsubscribe"].startswith("<mailto:")
    assert message["Date"].datetime is not None
    once = Counter(name.lower() for name in message.keys())  # noqa: SIM118
    assert all(once[name] == 1 for name in SIGNED), once
    signed = re.search(r"\bh=([^;]+)", str(message["DKIM-Signature"]))
    assert signed
    assert set(SIGNED) <= set(re.sub(r"\s", "", signed[1]).lower().split(":"))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert _same_lines(text.get_content(), _filled(proved.text, slots, proved, "text"))
    assert _same_lines(html.get_content(), _filled(proved.html, slots, proved, "html"))


def _filled(document: str, slots: dict[str, str], proved: Rendition, kind: str) -> str:
    return fill_slots(split_once(document), slots, proved.defaults, kind=kind)  # type: ignore[arg-type]


def _same_lines(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").rstrip("\n") == other.replace("\r\n", "\n").rstrip("\n")


def test_a_postfix_that_takes_only_small_mails_gets_none_and_the_sending_stops_to_say_so(
    tmp_path: Path, far_side: Sink
) -> None:
    with postfix(far_side.port, "message_size_limit = 20000\n") as server:
        made = an_office(tmp_path, 30, server, None)
        report = send(made, code=1)
        assert "from=<" not in server.log(), "nothing should have been begun"
    assert report["state"] == "paused"
    assert re.search(r"size|large|octets|bytes", str(report["why"]))
    assert far_side.size == 0
    counts = made.counts(str(report["id"]))
    assert "unknown" not in counts
    assert "accepted" not in counts


@pytest.mark.slow
def test_a_postfix_that_limits_connections_and_mails_a_minute_is_heeded_and_nobody_is_lost(
    tmp_path: Path, far_side: Sink
) -> None:
    limits = (
        "smtpd_client_connection_count_limit = 2\n"
        "smtpd_client_message_rate_limit = 25\n"
        "anvil_rate_time_unit = 2s\n"
    )
    with postfix(far_side.port, limits) as server:
        made = an_office(tmp_path, 60, server, None, connections=6)
        report = send(made, code=0)
        for _ in range(20):
            counts = made.counts(str(report["id"]))
            if set(counts) <= {"accepted"}:
                break
            resume(made, str(report["id"]))
        assert far_side.wait_for(counts["accepted"], within=30), server.log()[-3000:]
        assert re.search(r"limit exceeded|Error: too much mail", server.log()), server.log()
    assert set(counts) == {"accepted"}
    assert set(far_side.taken.values()) == {1}
    assert far_side.taken.total() == counts["accepted"]


def resume(made: MadeSending, dispatch_id: str) -> None:
    """`mailer resume`, however it ends."""
    with (
        redirect_stdout(io.StringIO()),
        redirect_stderr(io.StringIO()),
        patch.dict(os.environ, environment(), clear=True),
    ):
        run(["-w", str(made.root), "resume", dispatch_id])
