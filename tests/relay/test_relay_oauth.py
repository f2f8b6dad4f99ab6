"""Login by XOAUTH2: tokens are fetched, kept, refreshed once, and never shown."""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
import time
from contextlib import nullcontext

import pytest
from relay_peers import Peer, a_message, rogue, until
from token_peer import TokenPeer, token_endpoint

from mailer.errors import MailerError
from mailer.model.message import Phase, RelayTrouble, Verdict
from mailer.relay import ConnectFailure, SmtpRelay, TokenError, TokenSource, microsoft_url

NONE, RECONNECT, SLOW_DOWN, QUOTA, STOP = RelayTrouble
SECRET, REFRESH, TOKEN = "client-secret-4711", "refresh-token-4712", "access-token-4713"


class Shelf:
    """A place for a refresh token that somebody else may come to."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.others: list[str] = []

    def alone(self, within: float) -> nullcontext[None]:
        return nullcontext()

    def changed(self) -> str:
        return self.others.pop(0) if self.others else ""

    def keep(self, refresh_token: str) -> None:
        self.kept.append(refresh_token)


def source(peer: TokenPeer, **more: object) -> TokenSource:
    given = {"client_id": "app", "client_secret": SECRET, "refresh_token": REFRESH, "scope": "send"}
    return TokenSource(peer.url, **(given | more))


def office(peer: Peer, tokens: TokenSource, **more: object) -> SmtpRelay:
    return peer.relay(security="tls", username="office@example.org", tokens=tokens, name="office", **more)


async def failure(relay: SmtpRelay) -> ConnectFailure:
    with pytest.raises(ConnectFailure) as caught:
        await relay.connect()
    error = caught.value
    shown = f"{error} {error!r} {error.outcome!r} {error.__cause__!r} {relay!r} {relay.tokens!r}"
    assert not any(secret in shown for secret in (SECRET, REFRESH, TOKEN))
    assert error.outcome.verdict is Verdict.RELEASED
    assert error.hint
    return error


async def test_mail_goes_out_with_a_token_in_the_owners_name(certificate, server_tls, before_dot):
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": TOKEN, "expires_in": 3600})
        async with rogue(server_tls, implicit_tls=True) as peer:
            peer.good_tokens.add(TOKEN)
            connection = await office(peer, source(endpoint), ca_file=str(certificate)).connect()
            assert (await connection.send(a_message(), before_dot)).verdict is Verdict.ACCEPTED
            await connection.close()
    assert peer.bearers == [f"user=office@example.org\1auth=Bearer {TOKEN}\1\1"]
    assert endpoint.asked == [
        {
            "client_id": "app",
            "client_secret": SECRET,
            "grant_type": "refresh_token",
            "refresh_token": REFRESH,
            "scope": "send",
        }
    ]


async def test_without_a_refresh_token_the_app_asks_in_its_own_name():
    with token_endpoint() as endpoint:
        await source(endpoint, refresh_token="").token()
    assert endpoint.asked[0]["grant_type"] == "client_credentials"
    assert "refresh_token" not in endpoint.asked[0]


async def test_a_token_serves_many_connections_and_is_fetched_once_though_they_come_together(
    certificate, server_tls
):
    with token_endpoint() as endpoint:
        endpoint.delay = 0.1
        endpoint.gives({"access_token": TOKEN, "expires_in": 3600})
        async with rogue(server_tls, implicit_tls=True) as peer:
            peer.good_tokens.add(TOKEN)
            relay = office(peer, source(endpoint), ca_file=str(certificate))
            links = await asyncio.gather(*(relay.connect() for _ in range(5)))
            await asyncio.gather(*(link.close() for link in links))
    assert len(endpoint.asked) == 1
    assert len(peer.bearers) == 5


@pytest.mark.parametrize(
    ("expires_in", "times"),
    [
        (3600, 1),
        ("3600", 1),
        (None, 1),
        ("soon", 1),
        (59, 2),
        (0, 2),
        (-5, 2),
        pytest.param(10**400, 1, id="huge"),
    ],
)
async def test_a_token_is_fetched_anew_a_minute_before_it_ends(expires_in, times):
    with token_endpoint() as endpoint:
        endpoint.gives(*[{"access_token": f"t{n}", "expires_in": expires_in} for n in range(2)])
        tokens = source(endpoint)
        first, second = await tokens.token(), await tokens.token()
    assert len(endpoint.asked) == times
    assert (first.is_cached, second.is_cached) == (False, times == 1)


async def test_a_kept_token_that_is_refused_is_fetched_anew_once(certificate, server_tls):
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": "withdrawn-1"}, {"access_token": TOKEN})
        async with rogue(server_tls, implicit_tls=True) as peer:
            tokens = source(endpoint)
            relay = office(peer, tokens, ca_file=str(certificate))
            peer.good_tokens.add("withdrawn-1")
            await (await relay.connect()).close()
            peer.good_tokens = {TOKEN}
            await (await relay.connect()).close()
    assert len(endpoint.asked) == 2
    assert len(peer.bearers) == 3


async def test_a_fresh_token_that_is_refused_stops_at_once(certificate, server_tls):
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": TOKEN})
        async with rogue(server_tls, implicit_tls=True) as peer:
            error = await failure(office(peer, source(endpoint), ca_file=str(certificate)))
    assert (error.outcome.phase, error.outcome.relay) == (Phase.LOGIN, STOP)
    assert error.outcome.reply is not None
    assert error.outcome.reply.code == 535
    assert "username" in error.hint
    assert (len(endpoint.asked), len(peer.bearers)) == (1, 1)


async def test_a_second_refusal_of_a_fetched_token_stops(certificate, server_tls):
    with token_endpoint() as endpoint:
        endpoint.gives(*[{"access_token": TOKEN + str(n)} for n in range(3)])
        async with rogue(server_tls, implicit_tls=True) as peer:
            tokens = source(endpoint)
            await tokens.token()
            error = await failure(office(peer, tokens, ca_file=str(certificate)))
    assert error.outcome.relay is STOP
    assert (len(endpoint.asked), len(peer.bearers)) == (2, 2)


async def test_a_server_without_xoauth2_gets_no_token(certificate, server_tls):
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": TOKEN})
        async with rogue(server_tls, implicit_tls=True, auth_exclude_mechanism={"XOAUTH2"}) as peer:
            error = await failure(office(peer, source(endpoint), ca_file=str(certificate)))
    assert error.outcome.relay is STOP
    assert "no way to log in" in str(error)
    assert peer.bearers == []


REFUSALS = [
    ("invalid_grant", "withdrawn or has expired", "Log in again"),
    ("invalid_client", "the client secret is wrong or has expired", "new secret"),
    ("unauthorized_client", "may not log in this way", "administrator"),
    ("invalid_scope", "no such permission", "scope"),
    ("odd_error", "it says odd_error", "oauth"),
]


@pytest.mark.parametrize(("error", "words", "hint"), REFUSALS)
async def test_a_refusal_of_the_token_is_said_in_words_and_stops(error, words, hint):
    with token_endpoint() as endpoint:
        endpoint.gives(
            {"error": error, "error_description": f"AADSTS70000: {SECRET} {REFRESH}\nTrace ID: 1"}, status=400
        )
        relay = SmtpRelay("mail.invalid", 587, "starttls", "office@example.org", tokens=source(endpoint))
        found = await failure(relay)
    assert words in str(found)
    assert hint in found.hint
    assert "AADSTS70000" in str(found)
    assert "Trace" not in str(found)
    assert (found.outcome.phase, found.outcome.relay) == (Phase.LOGIN, STOP)


@pytest.mark.parametrize(
    ("status", "content", "words", "relay"),
    [
        (200, b"<html>Welcome to the hotel</html>", "not answer in JSON", STOP),
        (200, b"[1]", "not answer in JSON", STOP),
        (200, b"{}", "no access_token", STOP),
        (200, b'{"access_token": 7}', "no access_token", STOP),
        (200, b'{"access_token": ""}', "no access_token", STOP),
        (200, b'{"access_token": "\\ud800"}', "no access_token", STOP),
        (200, b'{"access_token": "a\\r\\nb"}', "no access_token", STOP),
        (200, b"[" * 60_000, "not answer in JSON", STOP),
        (200, b'{"access_token": "a", "expires_in": 1' + b"0" * 5000 + b"}", "not answer in JSON", STOP),
        (400, b'{"error": ' + b"[" * 400 + b"]" * 400 + b"}", "no access_token", STOP),
        (400, b'{"error": 7, "error_description": {}}', "no access_token", STOP),
        (404, b"not here", "not answer in JSON", STOP),
        (302, b"", "not answer in JSON (HTTP 302)", STOP),
        (503, b"later", "in trouble (HTTP 503)", SLOW_DOWN),
        (429, b'{"error": "slow_down"}', "in trouble (HTTP 429)", SLOW_DOWN),
        (400, b'{"error": "temporarily_unavailable"}', "temporarily_unavailable", SLOW_DOWN),
    ],
)
async def test_an_endpoint_in_trouble_is_waited_for_and_a_wrong_one_is_named(status, content, words, relay):
    with token_endpoint() as endpoint:
        endpoint.answers.append((status, content))
        endpoint.headers["Location"] = endpoint.url + "?elsewhere"
        service = SmtpRelay("mail.invalid", 587, "starttls", "office@example.org", tokens=source(endpoint))
        found = await failure(service)
    assert words in str(found)
    assert found.outcome.relay is relay
    # Not followed, not asked again.
    assert len(endpoint.asked) == 1


async def test_an_endpoint_that_cannot_be_reached_is_waited_for():
    with token_endpoint() as endpoint:
        tokens = source(endpoint)
    error = await failure(SmtpRelay("mail.invalid", 587, "starttls", "office@example.org", tokens=tokens))
    assert "127.0.0.1 cannot be reached" in str(error)
    assert error.outcome.relay is SLOW_DOWN


async def test_a_new_refresh_token_takes_the_place_of_the_old_one():
    shelf = Shelf()
    with token_endpoint() as endpoint:
        endpoint.gives(
            {"access_token": "a", "expires_in": 0, "refresh_token": "next-one"}, {"access_token": "b"}
        )
        tokens = source(endpoint, store=shelf)
        await tokens.token()
        await tokens.token()
    assert shelf.kept == ["next-one"]
    assert [asked["refresh_token"] for asked in endpoint.asked] == [REFRESH, "next-one"]


@pytest.mark.parametrize("url", ["http://example.org/token", "ftp://127.0.0.1/", "token", "", "https://"])
def test_secrets_are_never_sent_in_the_clear(url):
    with pytest.raises(MailerError, match="unencrypted") as caught:
        TokenSource(url, "app", SECRET)
    assert SECRET not in str(caught.value)


def test_a_tenants_name_cannot_lead_elsewhere():
    assert microsoft_url("a/../b?c") == "https://login.microsoftonline.com/a%2F..%2Fb%3Fc/oauth2/v2.0/token"


async def test_no_secret_in_any_log_or_repr(certificate, server_tls, before_dot, caplog):
    caplog.set_level(logging.DEBUG)
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": TOKEN})
        async with rogue(server_tls, implicit_tls=True) as peer:
            peer.good_tokens.add(TOKEN)
            tokens = source(endpoint)
            relay = office(peer, tokens, ca_file=str(certificate))
            connection = await relay.connect()
            await connection.send(a_message(), before_dot)
            await connection.close()
            token = await tokens.token()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.log")]
    shown = " ".join([*ours, repr(relay), str(relay), repr(connection), repr(tokens), repr(token)])
    assert not any(secret in shown for secret in (SECRET, REFRESH, TOKEN))


async def test_a_token_echoed_by_the_server_is_blotted_out(certificate, server_tls):
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": TOKEN})
        async with rogue(server_tls, implicit_tls=True) as peer:
            peer.order("AUTH", "334 eyJ9", f"535 5.7.3 you said {TOKEN}")
            await failure(office(peer, source(endpoint), ca_file=str(certificate)))


async def test_a_cancelled_wait_for_a_token_leaves_the_next_one_free():
    with token_endpoint() as endpoint:
        endpoint.delay = 0.3
        endpoint.gives({"access_token": "first"}, {"access_token": "second"})
        tokens = source(endpoint)
        task = asyncio.create_task(tokens.token())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await tokens.token()).value in ("first", "second")


@pytest.mark.parametrize("where", ["head", "body"])
async def test_a_service_that_answers_drop_by_drop_is_given_up_and_leaves_nothing_behind(monkeypatch, where):
    monkeypatch.setattr("mailer.relay.oauth.PATIENCE", 0.4)
    with token_endpoint() as endpoint:
        endpoint.drips, endpoint.drips_at = 0.05, where
        began = time.monotonic()
        with pytest.raises(
            TokenError, match=r"127\.0\.0\.1 (does not answer within|cannot be reached)"
        ) as caught:
            await source(endpoint).token()
        assert caught.value.is_passing
        assert time.monotonic() - began < 2
        await until(lambda: not any(thread.name == "mailer-aside" for thread in threading.enumerate()))


@pytest.mark.parametrize("drips", [0.05, 4.0])
def test_a_program_that_ends_does_not_wait_for_a_slow_service(monkeypatch, drips):
    monkeypatch.setattr("mailer.relay.oauth.GRACE", 0.1)

    async def stopped() -> None:
        task = asyncio.create_task(source(endpoint).token())
        await until(lambda: bool(endpoint.asked))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with token_endpoint() as endpoint:
        endpoint.drips = drips
        threading.Timer(4, endpoint.end).start()
        began = time.monotonic()
        asyncio.run(stopped())
        assert time.monotonic() - began < 2
        endpoint.end()


async def test_a_refresh_token_that_comes_after_a_stop_is_kept_all_the_same():
    shelf = Shelf()
    with token_endpoint() as endpoint:
        endpoint.delay = 0.2
        endpoint.good_once = "refresh-0"
        task = asyncio.create_task(source(endpoint, refresh_token="refresh-0", store=shelf).token())
        await until(lambda: bool(endpoint.asked))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert shelf.kept == ["refresh-1"]


async def test_a_refresh_token_that_another_exchanged_meanwhile_is_looked_up_and_tried_once():
    shelf = Shelf()
    with token_endpoint() as endpoint:
        endpoint.good_once = "refresh-7"
        tokens = source(endpoint, refresh_token="refresh-0", store=shelf)
        shelf.others = ["", "refresh-7"]
        assert (await tokens.token()).value == "access-8"
        assert [asked["refresh_token"] for asked in endpoint.asked] == ["refresh-0", "refresh-7"]
        shelf.others = ["refresh-1", "refresh-2", "refresh-8"]
        with pytest.raises(TokenError, match="withdrawn or has expired"):
            await tokens.token(refused="access-8")
    assert len(endpoint.asked) == 4


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ("MAIL", "421 4.7.0"),
        ("RCPT", "451 4.7.1"),
        ("DOT", "550 5.7.1"),
        ("DOT", "250 2.0.0"),
        ("RSET", "550 5.7.1"),
    ],
)
async def test_a_token_echoed_after_the_login_is_in_no_outcome(
    certificate, server_tls, before_dot, stage, code
):
    said = f"user=office@example.org\1auth=Bearer {TOKEN}\1\1"
    with token_endpoint() as endpoint:
        endpoint.gives({"access_token": TOKEN})
        async with rogue(server_tls, implicit_tls=True) as peer:
            peer.good_tokens.add(TOKEN)
            connection = await office(peer, source(endpoint), ca_file=str(certificate)).connect()
            if stage == "RSET":
                peer.order("MAIL", "451 4.3.0 later")
                await connection.send(a_message(), before_dot)
            coded = base64.b64encode(said.encode()).decode()
            lines = f"{code[:3]}-{code[4:]} you said {TOKEN}", f"{code} and {coded} and {REFRESH}"
            peer.order(stage, "raw:" + "".join(f"{line}\r\n" for line in lines))
            outcome = await connection.send(a_message(), before_dot)
            await connection.close()
    assert not any(secret in repr(outcome) for secret in (TOKEN, REFRESH, coded.rstrip("=")))
    assert "you said … and …" in repr(outcome)
    assert stage == "RSET" or (outcome.reply and outcome.reply.enhanced == code[4:])


def test_a_token_error_is_one_that_is_printed_without_a_traceback():
    assert issubclass(TokenError, MailerError)
