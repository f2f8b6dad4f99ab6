"""Encryption, certificates and login: without trust nothing is sent, and no password is ever shown."""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl

import pytest
from relay_peers import DROP, PASSWORD, STALL, a_message, make_certificate, rogue

from mailer.errors import MailerError, RelayError
from mailer.model.message import Phase, RelayTrouble, Verdict
from mailer.relay import ConnectFailure, SmtpRelay, TokenSource

NONE, RECONNECT, SLOW_DOWN, QUOTA, STOP = RelayTrouble
OFFICE = {"username": "office", "password": PASSWORD}


async def failure(relay: SmtpRelay) -> ConnectFailure:
    with pytest.raises(ConnectFailure) as caught:
        await relay.connect()
    error = caught.value
    assert isinstance(error, RelayError)
    assert error.outcome.verdict is Verdict.RELEASED
    assert error.hint
    assert PASSWORD not in f"{error} {error!r} {error.outcome!r}"
    return error


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_goes_out_encrypted_and_logged_in(certificate, server_tls, before_dot, security):
    async with rogue(server_tls, implicit_tls=security == "tls") as peer:
        relay = peer.relay(security=security, ca_file=str(certificate), **OFFICE)
        connection = await relay.connect()
        assert (await connection.send(a_message(), before_dot)).verdict is Verdict.ACCEPTED
        await connection.close()
    assert peer.logins == [(b"office", PASSWORD.encode())]
    assert len(peer.held) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_self_signed_certificate_is_refused_and_gets_neither_login_nor_mail(server_tls, security):
    async with rogue(server_tls, implicit_tls=security == "tls") as peer:
        error = await failure(peer.relay(security=security, **OFFICE))
    assert error.outcome.relay is STOP
    assert "self-signed certificate" in str(error)
    assert peer.logins == []
    assert not any(command.startswith(("AUTH", "MAIL")) for command in peer.commands)


async def test_a_certificate_for_another_name_is_refused(tmp_path):
    cert, tls = make_certificate(tmp_path, "DNS:mail.example.org")
    async with rogue(tls) as peer:
        error = await failure(peer.relay(security="starttls", ca_file=str(cert), **OFFICE))
    assert error.outcome.relay is STOP
    assert "IP address mismatch" in str(error)
    assert peer.logins == []


async def test_a_server_stripped_of_starttls_gets_neither_login_nor_mail():
    async with rogue() as peer:
        error = await failure(peer.relay(security="starttls", **OFFICE))
    assert error.outcome.relay is STOP
    assert "STARTTLS" in str(error)
    assert peer.logins == []
    assert peer.commands == ["EHLO [127.0.0.1]"]


async def test_a_refused_starttls_sends_nothing(server_tls):
    async with rogue(server_tls) as peer:
        peer.order("STARTTLS", "454 4.7.0 TLS not available")
        error = await failure(peer.relay(security="starttls", **OFFICE))
    assert error.outcome.relay is SLOW_DOWN
    assert peer.logins == []


async def test_words_injected_after_the_starttls_answer_are_dropped(certificate, server_tls, before_dot):
    async with rogue(server_tls) as peer:
        peer.order("STARTTLS", "220 go\r\n250-rogue\r\n250 AUTH CRAM-MD5")
        relay = peer.relay(security="starttls", ca_file=str(certificate), **OFFICE)
        connection = await relay.connect()
        assert (await connection.send(a_message(), before_dot)).verdict is Verdict.ACCEPTED
        await connection.close()
    assert len(peer.logins) == 1


async def test_tls_to_a_port_that_speaks_plain_smtp_is_a_matter_for_a_person():
    async with rogue() as peer:
        error = await failure(peer.relay(security="tls"))
    assert error.outcome.relay is STOP


async def test_old_tls_is_refused(certificate):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(certificate, certificate.with_name("key.pem"))
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    async with rogue(old, implicit_tls=True) as peer:
        error = await failure(peer.relay(security="tls", ca_file=str(certificate)))
    assert error.outcome.phase is Phase.CONNECT
    assert peer.commands == []


async def test_a_wrong_password_is_tried_once_and_stops(certificate, server_tls):
    async with rogue(server_tls) as peer:
        relay = peer.relay(
            security="starttls", ca_file=str(certificate), username="office", password="wrong-one"
        )
        error = await failure(relay)
    assert (error.outcome.phase, error.outcome.relay) == (Phase.LOGIN, STOP)
    assert error.outcome.reply is not None
    assert error.outcome.reply.code == 535
    assert "wrong-one" not in str(error)
    assert len(peer.logins) == 1


@pytest.mark.parametrize("method", ["PLAIN", "LOGIN", "CRAM-MD5"])
async def test_each_login_method_is_spoken(certificate, server_tls, method):
    others = {"PLAIN", "LOGIN", "CRAM-MD5"} - {method}
    async with rogue(server_tls, auth_exclude_mechanism=others) as peer:
        connection = await peer.relay(security="starttls", ca_file=str(certificate), **OFFICE).connect()
        await connection.close()
    assert peer.logins == [(b"office", PASSWORD.encode())]
    assert [command.split()[1] for command in peer.commands if command.startswith("AUTH")] == [method]


async def test_a_server_without_a_known_login_stops(certificate, server_tls):
    async with rogue(server_tls, auth_exclude_mechanism={"PLAIN", "LOGIN", "CRAM-MD5"}) as peer:
        error = await failure(peer.relay(security="starttls", ca_file=str(certificate), **OFFICE))
    assert (error.outcome.phase, error.outcome.relay) == (Phase.LOGIN, STOP)
    assert "no way to log in" in str(error)


@pytest.mark.parametrize("stage", ["AUTH", "EHLO", "CONNECT"])
async def test_a_password_echoed_by_the_server_is_blotted_out(certificate, server_tls, stage):
    coded = base64.b64encode(f"\0office\0{PASSWORD}".encode()).decode()
    async with rogue(server_tls, implicit_tls=True) as peer:
        peer.order(stage, f"535 5.7.8 you said {coded} that is {PASSWORD}")
        error = await failure(peer.relay(security="tls", ca_file=str(certificate), **OFFICE))
    shown = f"{error} {error.outcome!r} {error.__cause__!r}"
    assert coded not in shown
    assert PASSWORD not in shown
    assert error.outcome.relay is STOP


@pytest.mark.parametrize("stage", ["RCPT", "DOT"])
async def test_a_password_echoed_after_the_login_is_in_no_outcome(certificate, server_tls, before_dot, stage):
    coded = [base64.b64encode(said.encode()).decode() for said in (PASSWORD, f"\0office\0{PASSWORD}")]
    async with rogue(server_tls, implicit_tls=True) as peer:
        connection = await peer.relay(security="tls", ca_file=str(certificate), **OFFICE).connect()
        # Also where the text is cut.
        peer.order(stage, f"550 5.7.1 you said {' '.join(coded)} {'x' * 900} {PASSWORD}")
        outcome = await connection.send(a_message(), before_dot)
        peer.order(stage, f"550 5.7.1 {'x' * 990} {PASSWORD}")
        cut = await connection.send(a_message(), before_dot)
        await connection.close()
    assert outcome.verdict is Verdict.REFUSED
    assert outcome.reply is not None
    assert outcome.reply.enhanced == "5.7.1"
    assert not any(secret.rstrip("=") in repr(outcome) for secret in (PASSWORD, *coded))
    assert PASSWORD[:5] not in repr(cut)


async def test_no_password_in_any_log_or_repr(certificate, server_tls, before_dot, caplog):
    caplog.set_level(logging.DEBUG)
    async with rogue(server_tls) as peer:
        relay = peer.relay(security="starttls", ca_file=str(certificate), name="office", **OFFICE)
        connection = await relay.connect()
        await connection.send(a_message(), before_dot)
        await connection.close()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.log")]
    shown = " ".join([*ours, repr(relay), str(relay), repr(connection)])
    assert PASSWORD not in shown
    assert base64.b64encode(PASSWORD.encode()).decode() not in shown


@pytest.mark.parametrize(
    ("stage", "order", "phase", "relay"),
    [
        ("CONNECT", DROP, Phase.CONNECT, SLOW_DOWN),
        ("CONNECT", STALL, Phase.CONNECT, SLOW_DOWN),
        ("CONNECT", "421 4.3.2 too busy", Phase.CONNECT, SLOW_DOWN),
        ("CONNECT", "554 5.7.1 no mail here", Phase.CONNECT, STOP),
        ("CONNECT", "raw:SSH-2.0-x\r\n", Phase.CONNECT, SLOW_DOWN),
        ("EHLO", DROP, Phase.CONNECT, SLOW_DOWN),
        ("EHLO", STALL, Phase.CONNECT, SLOW_DOWN),
        ("EHLO", "raw:nonsense\r\n", Phase.CONNECT, SLOW_DOWN),
        ("AUTH", DROP, Phase.LOGIN, SLOW_DOWN),
        ("AUTH", STALL, Phase.LOGIN, SLOW_DOWN),
        ("AUTH", "454 4.7.0 too many login attempts", Phase.LOGIN, SLOW_DOWN),
        ("AUTH", "421 4.7.0 go away", Phase.LOGIN, SLOW_DOWN),
        ("AUTH", "534 5.7.9 use an app password", Phase.LOGIN, STOP),
        ("AUTH", "raw:?\r\n", Phase.LOGIN, SLOW_DOWN),
    ],
)
async def test_trouble_before_the_first_message_waits_or_asks_a_person(  # noqa: PLR0917
    certificate, server_tls, stage, order, phase, relay
):
    async with rogue(server_tls, implicit_tls=True) as peer:
        peer.order(stage, *[order] * 3)
        service = peer.relay(
            security="tls", ca_file=str(certificate), timeout=0.8 if order == STALL else 10, **OFFICE
        )
        error = await failure(service)
    assert (error.outcome.phase, error.outcome.relay) == (phase, relay)


async def test_nobody_listening_is_said_in_words():
    async with rogue() as peer:
        port = peer.port
    error = await failure(SmtpRelay("127.0.0.1", port, "plaintext", name="office"))
    assert str(error).startswith(
        f"The mail service office (127.0.0.1:{port}) cannot be used: nothing listens there."
    )
    assert error.outcome.relay is SLOW_DOWN


async def test_a_host_without_an_address_is_said_in_words():
    error = await failure(SmtpRelay("no-such-host.invalid", 587, "starttls"))
    assert "host name is not known" in str(error)
    assert "`host`" in error.hint
    assert error.outcome.relay is SLOW_DOWN


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", "its answer is not SMTP"),
        (b"\x16\x03\x01\x02\x00\n", "its answer is not SMTP"),
        (b"", "no answer within 0.3 seconds"),
    ],
)
async def test_a_port_where_something_else_answers_is_named_with_the_ports_that_are_right(greeting, words):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read(100)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        error = await failure(SmtpRelay("127.0.0.1", port, "starttls", "office", PASSWORD, timeout=0.3))
    finally:
        server.close()
    assert words in str(error)
    assert 'Port 587 goes with security "starttls", 465 with "tls"' in error.hint
    assert error.outcome.relay is SLOW_DOWN


async def test_a_tls_port_that_is_asked_in_the_clear_says_nothing_and_the_hint_says_why(server_tls):
    async with rogue(server_tls, implicit_tls=True) as peer:
        error = await failure(peer.relay(security="starttls", timeout=0.4, **OFFICE))
    assert "465" in error.hint
    assert peer.commands == []


async def test_an_expired_certificate_is_refused_and_gets_nothing(tmp_path):
    cert, tls = make_certificate(tmp_path, "IP:127.0.0.1", is_expired=True)
    async with rogue(tls) as peer:
        error = await failure(peer.relay(security="starttls", ca_file=str(cert), **OFFICE))
    assert error.outcome.relay is STOP
    assert "certificate has expired" in str(error)
    assert "renew" in error.hint
    assert peer.logins == []


@pytest.mark.parametrize("settings", [OFFICE, {}])
async def test_where_login_is_not_offered_the_password_stays_here(certificate, server_tls, settings):
    async with rogue(server_tls, auth_exclude_mechanism={"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"}) as peer:
        relay = peer.relay(security="starttls", ca_file=str(certificate), **settings)
        if settings:
            error = await failure(relay)
            assert "no way to log in" in str(error)
            assert error.outcome.relay is STOP
        else:
            await (await relay.connect()).close()
    assert not any(command.startswith("AUTH") for command in peer.commands)


async def test_each_trouble_says_what_to_do_next(certificate, server_tls, tmp_path):
    other, other_tls = make_certificate(tmp_path, "DNS:mail.example.org")
    trust = {"ca_file": str(certificate)}
    said = {}
    async with rogue(server_tls) as peer:
        said["self-signed"] = await failure(peer.relay(security="starttls", **OFFICE))
        said["password"] = await failure(
            peer.relay(security="starttls", username="office", password="wrong-one", **trust)
        )
    async with rogue(other_tls) as peer:
        said["name"] = await failure(peer.relay(security="starttls", ca_file=str(other), **OFFICE))
    async with rogue() as peer:
        said["starttls"] = await failure(peer.relay(security="starttls", **OFFICE))
        said["tls"] = await failure(peer.relay(security="tls", **OFFICE))
    hints = {name: error.hint for name, error in said.items()}
    assert "`ca_file`" in hints["self-signed"]
    assert "username and password" in hints["password"]
    assert "the name that the certificate is for" in hints["name"]
    assert 'security "tls" with port 465' in hints["starttls"]
    assert "Port 587" in hints["tls"]
    assert not any("Nothing was sent" in hint for hint in hints.values()), "whoever shows it says so before"


async def test_a_cancelled_connect_leaves_no_link_behind():
    async with rogue() as peer:
        peer.order("EHLO", STALL)
        task = asyncio.create_task(peer.relay().connect())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1", "0.0.0.0", "localhost.example.org", "::"])
def test_plaintext_is_for_this_machine_only(host):
    with pytest.raises(MailerError, match="unencrypted"):
        SmtpRelay(host, 25, "plaintext")


def test_a_username_needs_a_password():
    with pytest.raises(MailerError, match="no password"):
        SmtpRelay("mail.example.org", 587, "starttls", username="office")


def test_tokens_need_a_username():
    tokens = TokenSource("https://login.example.org/token", "app")
    with pytest.raises(MailerError, match="no username"):
        SmtpRelay("mail.example.org", 587, "starttls", tokens=tokens)


def test_an_unknown_security_is_refused():
    with pytest.raises(MailerError, match='no security "ssl"'):
        SmtpRelay("mail.example.org", 587, "ssl")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content", [None, "", "-----BEGIN CERTIFICATE-----\nnot\n-----END CERTIFICATE-----\n"]
)
async def test_a_broken_ca_file_is_named(tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    error = await failure(SmtpRelay("127.0.0.1", 1, "tls", ca_file=str(path)))
    assert str(path) in str(error)
    assert error.outcome.relay is STOP
