"""From mailer.toml to a relay that logs in: secrets from the environment and from files, and what is refused."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import re
import ssl
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from relay_peers import rogue
from token_peer import token_endpoint

from mailer.config import Config, Workspace
from mailer.config import SmtpRelay as Settings
from mailer.config.mail_services import PRESETS
from mailer.errors import MailerError
from mailer.flow.relays import open_relay
from mailer.message import HeaderError, Recipient, compile_message
from mailer.model.issue import Sender
from mailer.model.message import Message, RelayTrouble, Verdict
from mailer.model.rendition import Rendition, Variant
from mailer.relay import MICROSOFT_APP, MICROSOFT_PERSON, SmtpRelay, TokenError


def workspace(root: Path, **relay: object) -> Workspace:
    given = {"kind": "smtp", "username": "office@example.org"} | relay
    if "preset" not in given:
        given.setdefault("host", "mail.example.org")
    return Workspace(root, Config.model_construct(relays={"office": Settings.model_validate(given)}))


def secret(root: Path, name: str, content: str = "4711\n", mode: int = 0o600) -> str:
    path = root / name
    path.write_text(content)
    path.chmod(mode)
    return name


async def opened(place: Workspace) -> SmtpRelay:
    async with open_relay(place, "office", "d1") as relay:
        assert isinstance(relay, SmtpRelay)
        return relay


def letter(email: str = "aigul@example.org") -> Message:
    """A real message to that reader."""
    made = Rendition(
        variant=Variant(language="en", items=("a",)), subject="News", preheader="", html="<p>x</p>", text="x"
    )
    template = compile_message(
        made,
        sender=Sender(name="Office", email="news@example.org"),
        envelope_sender="bounces@example.org",
        message_class="notice",
        list_name="News",
        list_id="news.example.org",
    )
    when = datetime(2026, 1, 5, tzinfo=UTC)
    return template.message_for(
        Recipient(email=email, name="Aigul", message_id="<a1@example.org>", dated_at=when, slots={})
    )


def test_the_examples_in_the_page_about_settings_are_right():
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    seen = []
    for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL):
        for name, given in tomllib.loads(block).get("relays", {}).items():
            settings = Settings.model_validate(given)
            seen.append((name, settings.preset, settings.oauth and settings.oauth.provider))
    assert seen == [
        ("office", None, None),
        ("ses", "ses", None),
        ("office", "m365", "microsoft"),
        ("google", "workspace", "google"),
    ]
    for preset, values in PRESETS.items():
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{preset}` |"))
        for key in ("host", "connections", "messages_per_connection", "per_minute", "per_day", "per_second"):
            if key in values:
                shown = f"{values[key]:,}" if isinstance(values[key], int) else str(values[key])
                assert shown in row, (preset, key)


MICROSOFT = {"provider": "microsoft", "tenant": "example.org", "client_id": "app"}
GOOGLE = {"provider": "google", "client_id": "app"}


async def test_the_app_of_a_microsoft_directory_logs_in_as_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("APP_SECRET", "4711")
    oauth = MICROSOFT | {"client_secret_env": "APP_SECRET"}
    tokens = (await opened(workspace(tmp_path, preset="m365", oauth=oauth))).tokens
    assert tokens is not None
    assert tokens.token_url == "https://login.microsoftonline.com/example.org/oauth2/v2.0/token"
    assert (tokens.scope, tokens.client_secret, tokens.refresh_token) == (MICROSOFT_APP, "4711", "")


async def test_with_a_refresh_token_it_logs_in_in_the_owners_name(tmp_path):
    oauth = MICROSOFT | {"refresh_token_file": secret(tmp_path, "refresh", "r1\n")}
    tokens = (await opened(workspace(tmp_path, preset="m365", oauth=oauth))).tokens
    assert tokens is not None
    assert (tokens.scope, tokens.client_secret, tokens.refresh_token) == (MICROSOFT_PERSON, "", "r1")


async def test_google_needs_no_scope(tmp_path):
    files = {"refresh_token_file": secret(tmp_path, "refresh"), "client_secret_file": secret(tmp_path, "key")}
    relay = await opened(workspace(tmp_path, preset="workspace", oauth=GOOGLE | files))
    assert relay.host == "smtp.gmail.com"
    assert relay.messages_per_connection == 100
    assert relay.tokens is not None
    assert (relay.tokens.token_url, relay.tokens.scope) == ("https://oauth2.googleapis.com/token", "")


async def test_a_renewed_refresh_token_is_written_back_for_its_owner_only(tmp_path):
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": "a", "refresh_token": "r2"})
        oauth = MICROSOFT | {
            "refresh_token_file": secret(tmp_path, "refresh", "r1\n"),
            "token_url": endpoint.url,
        }
        tokens = (await opened(workspace(tmp_path, oauth=oauth))).tokens
        assert tokens is not None
        await tokens.token()
    path = tmp_path / "refresh"
    assert path.read_text() == "r2\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["refresh"]
    again = (await opened(workspace(tmp_path, oauth=oauth))).tokens
    assert again is not None
    assert again.refresh_token == "r2"


async def test_programs_with_one_refresh_token_that_is_good_once_exchange_it_one_after_the_other(tmp_path):
    with token_endpoint() as endpoint:
        endpoint.good_once = "refresh-0"
        endpoint.delay = 0.05
        oauth = MICROSOFT | {
            "refresh_token_file": secret(tmp_path, "refresh", "refresh-0\n"),
            "token_url": endpoint.url,
        }
        programs = [(await opened(workspace(tmp_path, oauth=oauth))).tokens for _ in range(3)]
        first = await asyncio.gather(*(tokens.token() for tokens in programs if tokens))
        again = [await tokens.token(refused=first[n].value) for n, tokens in enumerate(programs) if tokens]
    assert sorted(token.value for token in first) == ["access-1", "access-2", "access-3"]
    assert [token.value for token in again] == ["access-4", "access-5", "access-6"]
    assert all(asked["refresh_token"] == f"refresh-{number}" for number, asked in enumerate(endpoint.asked))
    assert (tmp_path / "refresh").read_text() == "refresh-6\n"
    assert [each.name for each in tmp_path.iterdir()] == ["refresh"]


async def test_a_program_that_holds_the_refresh_token_too_long_is_waited_for_later(tmp_path, monkeypatch):
    monkeypatch.setattr("mailer.relay.oauth.PATIENCE", 0.2)
    name = secret(tmp_path, "refresh", "refresh-0\n")
    with token_endpoint() as endpoint, (tmp_path / name).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        oauth = MICROSOFT | {"refresh_token_file": name, "token_url": endpoint.url}
        tokens = (await opened(workspace(tmp_path, oauth=oauth))).tokens
        assert tokens is not None
        with pytest.raises(TokenError) as caught:
            await tokens.token()
        assert caught.value.is_passing
        assert endpoint.asked == []


async def test_a_token_file_that_is_gone_for_a_moment_stops_nothing(tmp_path):
    name = secret(tmp_path, "refresh", "refresh-0\n")
    with token_endpoint() as endpoint:
        oauth = MICROSOFT | {"refresh_token_file": name, "token_url": endpoint.url}
        tokens = (await opened(workspace(tmp_path, oauth=oauth))).tokens
        (tmp_path / name).unlink()
        assert tokens is not None
        assert (await tokens.token()).value == "spare"
    assert endpoint.asked[0]["refresh_token"] == "refresh-0"


async def test_a_renewed_refresh_token_that_cannot_be_kept_stops_nothing(tmp_path, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mailer.flow.relays.write_atomically", full)
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": "a", "refresh_token": "r2-secret"})
        oauth = MICROSOFT | {
            "refresh_token_file": secret(tmp_path, "refresh", "r1-secret"),
            "token_url": endpoint.url,
        }
        tokens = (await opened(workspace(tmp_path, oauth=oauth))).tokens
        assert tokens is not None
        assert (await tokens.token()).value == "a"
        assert tokens.refresh_token == "r2-secret"
    assert "No space left on device" in caplog.text
    assert "-secret" not in caplog.text


async def test_mail_goes_out_by_xoauth2_from_the_settings_alone(
    tmp_path, certificate, server_tls: ssl.SSLContext, before_dot
):
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": "good", "expires_in": 3600})
        async with rogue(server_tls) as peer:
            peer.good_tokens.add("good")
            place = workspace(
                tmp_path,
                host="127.0.0.1",
                port=peer.port,
                ca_file=str(certificate),
                oauth=MICROSOFT | {"client_secret_file": secret(tmp_path, "key"), "token_url": endpoint.url},
            )
            connection = await (await opened(place)).connect()
            message = letter()
            assert (await connection.send(message, before_dot)).verdict is Verdict.ACCEPTED
            await connection.close()
    assert peer.bearers == ["user=office@example.org\1auth=Bearer good\1\1"]
    assert endpoint.asked[0]["client_secret"] == "4711"


@pytest.mark.parametrize(
    ("name", "content", "mode", "words"),
    [
        ("key", "4711", 0o644, "can be read by others"),
        ("key", "4711", 0o640, "can be read by others"),
        ("key", " \n", 0o600, "is empty"),
        ("missing", "4711", 0o600, "cannot be read"),
    ],
)
@pytest.mark.parametrize("kind", ["password_file", "client_secret_file", "refresh_token_file"])
async def test_a_secret_file_that_will_not_do_is_named(  # noqa: PLR0917
    tmp_path, name, content, mode, words, kind
):
    secret(tmp_path, "key", content, mode)
    settings = {kind: name} if kind == "password_file" else {"oauth": MICROSOFT | {kind: name}}
    with pytest.raises(MailerError, match=words) as caught:
        await opened(workspace(tmp_path, **settings))
    assert name in str(caught.value)
    assert caught.value.hint
    assert "4711" not in str(caught.value)


async def test_an_empty_variable_is_named(tmp_path):
    with pytest.raises(MailerError, match="NOT_SET_HERE is empty"):
        await opened(workspace(tmp_path, oauth=MICROSOFT | {"client_secret_env": "NOT_SET_HERE"}))


async def test_tokens_are_not_fetched_in_the_clear(tmp_path):
    oauth = MICROSOFT | {
        "client_secret_file": secret(tmp_path, "key"),
        "token_url": "http://login.example.org/token",
    }
    with pytest.raises(MailerError, match="unencrypted"):
        await opened(workspace(tmp_path, oauth=oauth))


READER = "чтец@пример.example.org"


async def test_the_head_of_a_reader_with_letters_outside_ascii_is_in_utf8_and_arrives(before_dot):
    message = letter(READER)
    assert not message.is_wire_ready
    async with rogue(enable_SMTPUTF8=True) as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(message, before_dot)
        await connection.close()
    assert outcome.verdict is Verdict.ACCEPTED
    assert peer.held == [message.content]
    assert "To: Aigul <чтец@xn--e1afmkfd.example.org>\r\n".encode() in message.content


async def test_where_the_service_does_not_take_such_readers_only_they_are_refused(before_dot):
    async with rogue() as peer:
        connection = await peer.relay().connect()
        outcome = await connection.send(letter(READER), before_dot)
        other = await connection.send(letter(), before_dot)
        await connection.close()
    assert (outcome.verdict, outcome.relay) == (Verdict.REFUSED, RelayTrouble.NONE)
    assert other.verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    "email",
    [
        "чтец\r\nBcc: e@example.org",
        "чт ец@example.org",
        "чт\u2028ец@example.org",
        "ч<т>@example.org",
        "ч@т@example.org",
    ],
)
def test_letters_outside_ascii_open_no_door_to_the_head(email):
    with pytest.raises(HeaderError):
        letter(email)
