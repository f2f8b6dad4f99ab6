"""The practice tray: what is sent into it lies there whole, on this machine only, and can be looked at."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import smtplib
import socket
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relay_peers import CONTENT, READER, SENDER, a_message

from mailer.errors import MailerError, PortInUseError, UsageError
from mailer.model.message import Verdict
from mailer.relay import OutboxServer, Tray, outbox_relay, serve_outbox


async def deliver(server: OutboxServer, *messages) -> None:
    async def before_dot() -> None: ...

    connection = await outbox_relay(server).connect()
    for message in messages:
        outcome = await connection.send(message, before_dot)
        assert outcome.verdict is Verdict.ACCEPTED, outcome
    await connection.close()


async def test_a_message_lies_in_the_tray_byte_for_byte_under_its_trace_lines(tmp_path):
    began = datetime.now(UTC)
    async with OutboxServer(tmp_path / "outbox") as server:
        await deliver(server, a_message())
    (path,) = (tmp_path / "outbox").iterdir()
    assert re.fullmatch(r"\d{8}T\d{6}-\w+\.eml", path.name)
    trace, _, content = path.read_bytes().partition(b"From: ")
    assert b"From: " + content == CONTENT
    lines = trace.decode().split("\r\n")
    assert lines[0] == f"Return-Path: <{SENDER}>"
    assert lines[1] == f"Delivered-To: {READER}"
    assert lines[2].startswith(
        "Received: from [127.0.0.1] by localhost (practice tray, not sent) with ESMTP id "
    )
    (message,) = Tray(tmp_path / "outbox").list()
    assert (message.delivered_to, message.sender, message.subject) == (READER, "a@example.org", "saiga")
    assert message.size == path.stat().st_size
    assert began.replace(microsecond=0) <= message.received_at <= datetime.now(UTC)


async def test_many_connections_at_once_lose_and_mix_nothing(tmp_path):
    async with OutboxServer(tmp_path) as server:
        batches = [
            [
                a_message(b"Subject: x\r\n\r\n%d\r\n" % number, f"reader{number}@example.com")
                for number in range(start, start + 25)
            ]
            for start in range(0, 200, 25)
        ]
        await asyncio.gather(*(deliver(server, *batch) for batch in batches))
    tray = Tray(tmp_path)
    messages = tray.list()
    assert len(messages) == 200
    for message in messages:
        number = message.delivered_to.removeprefix("reader").partition("@")[0]
        assert tray.read(message.id).endswith(f"\r\n\r\n{number}\r\n".encode())


@given(st.lists(st.lists(st.sampled_from([b".", b"..", b"", b".\r", b"x" * 900, b"MAIL FROM:<a@b.org>"]))))
@settings(max_examples=15, deadline=None)
def test_envelopes_that_come_with_the_dot_before_them_are_taken_in_order(tmp_path_factory, bodies):
    folder = tmp_path_factory.mktemp("tray")
    contents = [
        f"Subject: {number}\r\n\r\n".encode() + b"".join(line.rstrip(b"\r") + b"\r\n" for line in body)
        for number, body in enumerate(bodies)
    ]
    messages = [a_message(content, f"r{number}@example.com") for number, content in enumerate(contents)]

    async def send() -> None:
        async def before_dot() -> None: ...

        async with OutboxServer(folder) as server:
            connection = await outbox_relay(server).connect()
            for message, later in zip(messages, [*messages[1:], None], strict=False):
                outcome = await connection.send(message, before_dot, lambda later=later: later)
                assert outcome.verdict is Verdict.ACCEPTED, outcome
            await connection.close()

    asyncio.run(send())
    kept = [path.read_bytes() for path in sorted(folder.iterdir())]
    assert [re.search(rb"Delivered-To: (\S+)", raw)[1].decode() for raw in kept] == [
        message.envelope.recipient for message in messages
    ]
    assert [raw[raw.index(b"Subject:") :] for raw in kept] == contents


async def test_the_tray_takes_commands_in_groups(tmp_path):
    async with OutboxServer(tmp_path / "outbox") as server:
        client = await asyncio.to_thread(ehlo, server)
        assert client.has_extn("pipelining")
        client.close()


async def test_the_newest_comes_first_over_all_groups(tmp_path):
    async with OutboxServer(tmp_path) as server, OutboxServer(tmp_path, group="d-7f3c") as grouped:
        await deliver(server, a_message(b"Subject: one\r\n\r\n\r\n"))
        await deliver(grouped, a_message(b"Subject: two\r\n\r\n\r\n"))
        await deliver(server, a_message(b"Subject: three\r\n\r\n\r\n"))
    tray = Tray(tmp_path)
    assert [message.subject for message in tray.list()] == ["three", "two", "one"]
    assert [message.group for message in tray.list()] == ["", "d-7f3c", ""]
    assert [message.subject for message in tray.list("d-7f3c")] == ["two"]
    assert [message.subject for message in tray.list("")] == ["three", "one"]
    assert tray.list("d-7f3c")[0].id.startswith("d-7f3c/")
    assert tray.list("no-such") == []


async def test_clearing_takes_the_messages_of_a_group_or_all_and_nothing_else(tmp_path):
    async with OutboxServer(tmp_path) as server, OutboxServer(tmp_path, group="d-1") as grouped:
        await deliver(server, a_message(), a_message())
        await deliver(grouped, a_message())
    (tmp_path / "notes.txt").write_text("mine")
    tray = Tray(tmp_path)
    assert tray.clear("d-1") == 1
    assert not (tmp_path / "d-1").exists()
    assert tray.clear() == 2
    assert tray.clear() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


async def test_clearing_while_the_server_runs_does_not_stop_it(tmp_path):
    async with OutboxServer(tmp_path, group="d-1") as server:
        await deliver(server, a_message())
        Tray(tmp_path).clear()
        await deliver(server, a_message())
    assert len(Tray(tmp_path).list("d-1")) == 1


async def test_whoever_listens_is_told_of_each_file_once_it_is_whole(tmp_path):
    told: list[bytes] = []
    async with OutboxServer(tmp_path, on_message=lambda path: told.append(path.read_bytes())) as server:
        await deliver(server, a_message(), a_message())
    assert len(told) == 2
    assert all(content.endswith(CONTENT) for content in told)


async def test_a_message_cut_off_before_its_end_leaves_nothing(tmp_path):
    async with OutboxServer(tmp_path) as server:
        _, writer = await asyncio.open_connection(server.host, server.port)
        for line in (
            "EHLO x",
            f"MAIL FROM:<{SENDER}>",
            f"RCPT TO:<{READER}>",
            "DATA",
            "Subject: x\r\n\r\nhalf",
        ):
            writer.write(f"{line}\r\n".encode())
            await writer.drain()
            await asyncio.sleep(0.01)
        writer.close()
        await asyncio.sleep(0.05)
    assert list(tmp_path.iterdir()) == []


async def test_a_tray_that_cannot_be_written_defers_and_keeps_nothing(tmp_path, monkeypatch, caplog):
    async def before_dot() -> None: ...

    folder = tmp_path / "outbox"
    async with OutboxServer(folder) as server:
        folder.write_text("a file in the way")
        connection = await outbox_relay(server).connect()
        outcome = await connection.send(a_message(), before_dot)
        await connection.close()
    assert outcome.verdict is Verdict.DEFERRED
    assert outcome.reply is not None
    assert outcome.reply.code == 452


def ehlo(server: OutboxServer) -> smtplib.SMTP:
    client = smtplib.SMTP(server.host, server.port, timeout=5)
    client.ehlo()
    return client


async def test_the_standard_librarys_client_is_served_too(tmp_path):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        "Сайга",
        "a@example.org",
        "one@example.com, two@example.com",
    )
    message.set_content("Степь")

    def send(server: OutboxServer) -> dict[str, str]:
        with ehlo(server) as client:
            client.send_message(message)
            return dict(client.esmtp_features)

    async with OutboxServer(tmp_path) as server:
        features = await asyncio.to_thread(send, server)
    assert features["size"] == str(40 * 1024 * 1024)
    assert "8bitmime" in features
    found = Tray(tmp_path).list()
    assert {message.delivered_to for message in found} == {"one@example.com", "two@example.com"}
    assert {message.subject for message in found} == {"Сайга"}
    assert Tray(tmp_path).parse(found[0].id).text.strip() == "Степь"


@pytest.mark.parametrize(
    "address", ["a\rb@example.org", "<a@example.org", '"a b"@example.org', "a@exa\tmple.org"]
)
async def test_an_address_that_could_forge_a_trace_line_is_refused(tmp_path, address):
    async with OutboxServer(tmp_path) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        for line in (
            "EHLO x\rBcc: evil@example.org",
            f"MAIL FROM:<{address}>",
            f"MAIL FROM:<{SENDER}>",
            f"RCPT TO:<{address}>",
        ):
            writer.write(f"{line}\r\n".encode())
        writer.write(b"QUIT\r\n")
        answers = (await reader.read()).decode().split("\r\n")
        writer.close()
    codes = [answer[:3] for answer in answers if answer[3:4] == " "]
    assert codes[1] == "250"
    assert codes[2][0] == "5"
    assert codes[4][0] == "5"


async def test_a_strange_greeting_is_not_written_into_the_file(tmp_path):
    def send(server: OutboxServer) -> None:
        with smtplib.SMTP(server.host, server.port, local_hostname="x;(evil)", timeout=5) as client:
            client.sendmail(SENDER, READER, CONTENT)

    async with OutboxServer(tmp_path) as server:
        await asyncio.to_thread(send, server)
    (message,) = Tray(tmp_path).list()
    assert b"from unknown by localhost" in Tray(tmp_path).read(message.id)


async def test_a_web_page_that_posts_to_the_port_leaves_no_message(tmp_path):
    body = f"EHLO x\r\nMAIL FROM:<{SENDER}>\r\nRCPT TO:<{READER}>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n"
    head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.invalid\r\nAccept: */*\r\n"
    head += "Content-Type: text/plain\r\nContent-Length: 99\r\n\r\n"
    async with OutboxServer(tmp_path) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write((head + body).encode())
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "example.org", "localhost.example.org"])
def test_the_outbox_is_for_this_machine_only(tmp_path, host):
    with pytest.raises(UsageError, match="this machine only"):
        OutboxServer(tmp_path, host)


@pytest.mark.parametrize("group", ["../up", "a/b", ".", "..", ".hidden", "a b", "a\0", "x" * 101])
def test_a_group_is_a_plain_folder_name(tmp_path, group):
    with pytest.raises(UsageError):
        OutboxServer(tmp_path, group=group)


async def test_a_port_in_use_is_said_with_the_way_out(tmp_path):
    async with OutboxServer(tmp_path) as first:
        with pytest.raises(PortInUseError, match=f"Port {first.port} .* --port"):
            async with OutboxServer(tmp_path, port=first.port):
                pass


async def test_the_port_is_free_again_and_links_are_cut_at_the_end(tmp_path):
    async with OutboxServer(tmp_path) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        await reader.readline()
    assert await asyncio.wait_for(reader.read(), 2) == b""
    writer.close()
    async with OutboxServer(tmp_path, port=server.port):
        pass


async def test_no_address_is_logged(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    async with OutboxServer(tmp_path) as server:
        await deliver(server, a_message())
    assert READER not in caplog.text


async def test_serve_runs_until_it_is_told_to_stop(tmp_path):
    program = (
        "import asyncio, sys, pathlib; from mailer.relay import serve_outbox;"
        "asyncio.run(serve_outbox(pathlib.Path(sys.argv[1]), port=0, on_ready=lambda s: print(s.port, flush=True)))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.sendmail(SENDER, READER, CONTENT)

    await asyncio.to_thread(send)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0
    assert len(Tray(tmp_path).list()) == 1


async def test_serve_ends_when_it_is_cancelled(tmp_path):
    ready = asyncio.Event()
    task = asyncio.create_task(serve_outbox(tmp_path, port=0, on_ready=lambda server: ready.set()))
    await ready.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


def a_newsletter() -> bytes:
    message = EmailMessage()
    message["From"] = "Секретариат <office@example.org>"
    message["Subject"] = "Новости: сайга и архар " * 4
    message["X-Twice"] = "one"
    message["X-Twice"] = "two"
    message.set_content("Plain words")
    message.add_alternative('<p>Words <img src="cid:saiga@example.org"></p>', subtype="html")
    html = message.get_payload()[1]
    html.add_related(
        PIXEL, "image", "png", cid="<saiga@example.org>", filename="saiga.png", disposition="inline"
    )
    message.add_attachment(b"BEGIN:VCALENDAR\r\n", "text", "calendar", filename="cop12.ics")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


async def test_a_newsletter_is_taken_apart(tmp_path):
    async with OutboxServer(tmp_path) as server:
        await deliver(server, a_message(a_newsletter()))
    tray = Tray(tmp_path)
    (message,) = tray.list()
    assert message.sender == "Секретариат <office@example.org>"
    assert message.subject == " ".join(["Новости: сайга и архар"] * 4)
    detail = tray.parse(message.id)
    assert detail.message == message
    assert detail.text.strip() == "Plain words"
    assert "cid:saiga@example.org" in detail.html
    assert detail.pictures == {"saiga@example.org": ("image/png", PIXEL)}
    ((name, media_type),) = [(file.name, file.media_type) for file in detail.files]
    assert (name, media_type) == ("cop12.ics", "text/calendar")
    names = [name for name, _ in detail.headers]
    assert names[:3] == ["Return-Path", "Delivered-To", "Received"]
    assert names.count("X-Twice") == 2
    assert detail.raw == tray.read(message.id)
    assert detail.trouble == ""


BAD_IDS = [
    "",
    ".",
    "..",
    "../secret",
    "a/../../secret",
    "/etc/passwd",
    "a/b/c",
    "link",
    "linked/secret",
    "x\0",
    "%2e%2e",
    "secret.eml/",
]


@pytest.mark.parametrize("id_", BAD_IDS)
def test_an_id_never_leads_out_of_the_tray(tmp_path, id_):
    folder = tmp_path / "outbox"
    folder.mkdir()
    (tmp_path / "secret.eml").write_text("Subject: secret\n\n")
    (folder / "link.eml").symlink_to(tmp_path / "secret.eml")
    (folder / "linked").symlink_to(tmp_path)
    tray = Tray(folder)
    for look in (tray.read, tray.parse):
        with pytest.raises(MailerError, match="outbox list"):
            look(id_)
    assert tray.list() == []
    assert tray.clear() == 0
    assert (tmp_path / "secret.eml").exists()


def test_an_empty_or_missing_tray_is_no_error(tmp_path):
    tray = Tray(tmp_path / "nothing")
    assert tray.list() == []
    assert tray.clear() == 0


BROKEN = [
    b"",
    b"\r\n",
    b"no headers at all",
    b"Subject: =?utf-8?b?!!!?=\r\n\r\n",
    b"Subject: =?no-such-charset?q?x?=\r\n\r\n",
    b"Subject: \xff\xfe\r\nFrom: \xd0\xa1\r\n\r\n",
    b"Subject: a\x00b\x1b[31m\r\n\r\n",
    b"Content-Type: multipart/mixed\r\n\r\nno boundary",
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\nunclosed',
    b"Content-Type: text/html; charset=no-such\r\n\r\n<p>x",
    b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
    b"Content-Type: text/plain\r\nContent-Transfer-Encoding: no-such\r\n\r\nx",
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\ny\r\n" * 3000,
    b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(1500)),
    b"X: " + b"y" * 300_000 + b"\r\n\r\n",
]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_is_listed_and_shown_as_far_as_it_goes(tmp_path, content):
    (tmp_path / "20161219T101500-000001abc.eml").write_bytes(content)
    tray = Tray(tmp_path)
    (message,) = tray.list()
    assert message.received_at.isoformat().startswith("2016-12-19T10:15:00")
    assert (message.subject + message.sender).isprintable()
    detail = tray.parse(message.id)
    assert detail.raw == content
    assert all(value.isprintable() for _, value in detail.headers)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"Subject: {text}\r\n\r\n".encode()))
@settings(deadline=None)
def test_any_bytes_can_be_listed_and_shown(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("tray")
    (folder / "any.eml").write_bytes(content)
    tray = Tray(folder)
    (message,) = tray.list()
    assert tray.parse(message.id).raw == content
    assert message.subject.isprintable()


def test_files_that_are_not_ours_are_neither_listed_nor_deleted(tmp_path):
    for name in ("notes.txt", ".20161219T101500-x.part", "a b.eml", ".hidden.eml"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder.eml").mkdir()
    tray = Tray(tmp_path)
    assert tray.list() == []
    assert tray.clear() == 0
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.skipif(
    not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6"
)
async def test_the_outbox_serves_ipv6_loopback(tmp_path):
    async with OutboxServer(tmp_path, "::1") as server:
        await deliver(server, a_message())
    assert len(os.listdir(tmp_path)) == 1
