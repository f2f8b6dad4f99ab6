"""Asking for web addresses: what each answer means, and that nothing but the public web is ever reached."""

from __future__ import annotations

import asyncio
import socket
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.visit import Found, Visit
from mailer.web import Progress, Web, visit_all
from mailer.web.pace import Pace
from tests.web.sites import ELSEWHERE, PUBLIC, Asked, Sites, some_sites


async def ask_for(sites: Sites, *addresses: str, seconds: float = 5.0, pause: float = 0.0) -> list[Visit]:
    return list(await visit_all(addresses, sites.web(pause=pause), seconds=seconds))


async def test_a_page_that_answers_is_asked_for_by_head_once() -> None:
    async with some_sites({"example.org/a?b=1": "200 OK"}) as sites:
        (seen,) = await ask_for(sites, "http://example.org/a?b=1")
    assert seen.found is Found.ANSWERS
    assert seen.way == "200 http://example.org/a?b=1"
    assert [asked.method for asked in sites.asked] == ["HEAD"]
    assert sites.connected == [(PUBLIC, 80)]


async def test_where_head_is_not_answered_well_get_decides() -> None:
    async def only_get(asked: Asked, writer: asyncio.StreamWriter) -> None:
        status = b"200 OK" if asked.method == "GET" else b"405 No"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    async def hangs_up_on_head(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.method == "GET":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with some_sites({"a.example.org/": only_get, "b.example.org/": hangs_up_on_head}) as sites:
        seen = await ask_for(sites, "http://a.example.org/", "http://b.example.org/")
    assert [one.found for one in seen] == [Found.ANSWERS, Found.ANSWERS]


@pytest.mark.parametrize(
    ("status", "found"),
    [
        *(("200 OK", Found.ANSWERS), ("204 Nothing", Found.ANSWERS)),
        *(("404 Not Found", Found.GONE), ("410 Gone", Found.GONE)),
        *(("403 Forbidden", Found.UNCLEAR), ("429 Slowly", Found.UNCLEAR), ("999 No", Found.UNCLEAR)),
        *(("500 Oh", Found.TROUBLE), ("503 Later", Found.TROUBLE), ("302 Found", Found.TROUBLE)),
    ],
)
async def test_what_a_status_means(status: str, found: Found) -> None:
    async with some_sites({"*": status}) as sites:
        (seen,) = await ask_for(sites, "http://example.org/")
    assert seen.found is found
    assert bool(seen.reason) is (found is not Found.ANSWERS)


async def test_redirects_are_shown_and_permanent_ones_told_as_moved() -> None:
    pages = {
        "old.example.org/": "301 Moved\nLocation: http://new.example.org/page",
        "new.example.org/page": "302 Found\nLocation: /page?session=1#top",
        "new.example.org/page?session=1": "200 OK",
    }
    async with some_sites(pages) as sites:
        (seen,) = await ask_for(sites, "http://old.example.org/")
    assert [hop.status for hop in seen.hops] == [301, 302, 200]
    assert seen.end == "http://new.example.org/page?session=1"
    assert seen.moved_to == "http://new.example.org/page"


async def test_a_circle_and_a_chain_without_end_are_told() -> None:
    async def on_and_on(asked: Asked, writer: asyncio.StreamWriter) -> None:
        more = int(asked.path.strip("/") or 0) + 1
        writer.write(f"HTTP/1.1 302 On\r\nLocation: /{more}\r\nContent-Length: 0\r\n\r\n".encode())

    pages = {"a.example.org/": "302 On\nLocation: http://a.example.org/", "*": on_and_on}
    async with some_sites(pages) as sites:
        circle, chain = await ask_for(sites, "http://a.example.org/", "http://b.example.org/")
    assert "circle" in circle.reason
    assert "more than 10 times" in chain.reason
    assert len(chain.hops) == 11


# What is public first and then is not.


async def test_a_name_that_answers_public_and_then_the_machine_itself_is_refused_the_second_time() -> None:
    async with some_sites({"example.org/": "302 On\nLocation: /next", "*": "200 OK"}) as sites:
        sites.names["example.org"] = [(PUBLIC,), ("127.0.0.1",)]
        (seen,) = await ask_for(sites, "http://example.org/")
    assert seen.found is Found.TROUBLE
    assert "the machine itself" in seen.reason
    assert sites.connected == [(PUBLIC, 80)]
    assert [asked.path for asked in sites.asked] == ["/"]


async def test_get_after_head_is_checked_anew_too() -> None:
    async with some_sites({"*": "405 No"}) as sites:
        sites.names["example.org"] = [(PUBLIC,), ("127.0.0.1",)]
        (seen,) = await ask_for(sites, "http://example.org/")
    assert "the machine itself" in seen.reason
    assert [asked.method for asked in sites.asked] == ["HEAD"]


async def test_it_connects_to_the_very_address_that_was_checked() -> None:
    async with some_sites({"*": "200 OK"}) as sites:
        sites.names["example.org"] = [(ELSEWHERE,), ("127.0.0.1",)]
        (seen,) = await ask_for(sites, "http://example.org/")
    assert seen.found is Found.ANSWERS
    assert sites.connected == [(ELSEWHERE, 80)]
    assert sites.asked[0].headers["host"] == "example.org"


@pytest.mark.parametrize(
    "answer",
    [
        ("127.0.0.1",),
        (PUBLIC, "10.0.0.1"),
        ("169.254.169.254",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("100.64.0.1",),
    ],
)
async def test_a_name_that_leads_inside_is_never_connected_to(answer: tuple[str, ...]) -> None:
    async with some_sites({"*": "200 OK"}) as sites:
        sites.names["inside.example.org"] = [answer]
        (seen,) = await ask_for(sites, "http://inside.example.org/")
    assert seen.found is Found.TROUBLE
    assert "readers cannot reach" in seen.reason
    assert sites.connected == []


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("http://inside.example.org/", "a private network"),
        ("ftp://example.org/", "no web site"),
        ("file:///etc/passwd", "no web site"),
        ("javascript:alert(1)", "no web site"),
        ("http://example.org:8080/", "only 80 and 443"),
        ("http://example.org:22/", "only 80 and 443"),
        ("http://user:secret@example.org/", "a name or password"),
        ("http://[::ffff:7f00:1]/", "readers cannot reach"),
        ("//inside.example.org/x", "a private network"),
        ("http://example.org:x/", "cannot be read"),
    ],
)
async def test_a_redirect_leads_nowhere_that_a_link_may_not(target: str, why: str) -> None:
    async with some_sites({"example.org/": f"302 On\nLocation: {target}", "*": "200 OK"}) as sites:
        sites.names["inside.example.org"] = [("192.168.0.1",)]
        sites.names["::ffff:7f00:1"] = [("::ffff:127.0.0.1",)]
        (seen,) = await ask_for(sites, "http://example.org/")
    assert seen.found is not Found.ANSWERS
    assert why in seen.reason
    assert len(sites.connected) == 1


async def test_the_machines_own_resolver_is_held_to_the_same() -> None:
    from mailer.web import public_web

    hosts = ("localhost", "127.0.0.1", "2130706433", "0x7f.1", "[::1]", "0")
    seen = await visit_all([f"http://{host}/" for host in hosts], public_web(), seconds=10)
    assert {one.found for one in seen} <= {Found.TROUBLE, Found.UNREACHED}
    assert [one.hops for one in seen] == [()] * len(hosts)
    assert "the machine itself" in seen[0].reason


# Sites that do harm.


async def test_neither_cookies_nor_logins_nor_proxies_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    pages = {"example.org/": "302 On\nSet-Cookie: a=b\nLocation: /next", "example.org/next": "200 OK"}
    async with some_sites(pages) as sites:
        (seen,) = await ask_for(sites, "http://example.org/")
    assert seen.found is Found.ANSWERS
    assert not {"cookie", "authorization"} & set(sites.asked[1].headers)


async def endless_head(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100_000):
        writer.write(b"X-More: " + b"a" * 1000 + b"\r\n")
        await writer.drain()


async def endless_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    if asked.method == "HEAD":
        writer.write(b"HTTP/1.1 500 No\r\n\r\n")
        return
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(1_000_000):
        writer.write(b"a" * 65536)
        await writer.drain()


async def a_drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.05)


async def no_http(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example.org ESMTP\r\n")


async def test_sites_that_never_end_are_left() -> None:
    pages = {
        "a.example.org/": endless_head,
        "b.example.org/": endless_body,
        "c.example.org/": a_drip,
        "d.example.org/": no_http,
    }
    async with some_sites(pages) as sites:
        began = time.monotonic()
        web = sites.web(seconds=0.5)
        head, body, drip, other = await visit_all([f"http://{site}" for site in pages], web, seconds=10)
        assert time.monotonic() - began < 3
    assert (head.found, body.found) == (Found.TROUBLE, Found.ANSWERS)
    assert (drip.found, other.found) == (Found.UNREACHED, Found.TROUBLE)
    assert "within 0.5 seconds" in drip.reason


async def test_it_ends_by_itself_and_says_what_was_not_asked() -> None:
    told: list[int] = []
    progress: Progress = lambda done, of, address: told.append(done)  # noqa: E731
    async with some_sites({"*": "200 OK", "slow.example.org/": a_drip}) as sites:
        began = time.monotonic()
        web = sites.web(seconds=60)
        quick, slow = await visit_all(
            ["http://example.org/", "http://slow.example.org/"], web, seconds=0.4, progress=progress
        )
        assert time.monotonic() - began < 2
    assert quick.found is Found.ANSWERS
    assert slow.found is Found.UNASKED
    assert "were over" in slow.reason
    assert told == [1]


async def test_a_resolver_that_never_answers_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1.5) or [])
    from mailer.web import public_web

    began = time.monotonic()
    (seen,) = await visit_all(["http://example.org/"], public_web(), seconds=0.3)
    assert time.monotonic() - began < 1.2
    assert seen.found is Found.UNASKED


# Manners.


async def test_two_at_once_to_a_site_and_sixteen_in_all() -> None:
    async def slowly(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with some_sites({"*": slowly}) as sites:
        await ask_for(sites, *(f"http://example.org/{number}" for number in range(6)))
        assert sites.most_at_once <= 2
        sites.most_at_once = 0
        await ask_for(sites, *(f"http://s{number}.example.org/" for number in range(40)))
        assert 2 < sites.most_at_once <= 16


async def test_a_pause_between_two_questions_to_the_same_site() -> None:
    pace, begun = Pace(0.03), []
    loop = asyncio.get_running_loop()
    first = loop.time()

    async def question(host: str) -> None:
        async with pace.turn(host):
            begun.append((host, loop.time() - first))

    await asyncio.gather(*(question("a.example.org") for _ in range(5)), question("b.example.org"))
    to_one = sorted(when for host, when in begun if host == "a.example.org")
    assert all(when >= number * 0.03 - 0.002 for number, when in enumerate(to_one))
    assert begun.index(next(each for each in begun if each[0] == "b.example.org")) <= 2


async def test_the_next_address_is_tried_where_nothing_listens_at_the_first() -> None:
    async with some_sites({"*": "200 OK"}) as sites:
        sites.names["example.org"] = [("2606:2800::5", PUBLIC)]
        sites.refusing = {"2606:2800::5"}
        (seen,) = await ask_for(sites, "http://example.org/")
        assert seen.found is Found.ANSWERS
        sites.refusing.add(PUBLIC)
        (seen,) = await ask_for(sites, "http://example.org/")
    assert seen.found is Found.UNREACHED


async def test_a_name_that_nobody_knows() -> None:
    async with some_sites({}) as sites:
        sites.names["example.invalid"] = [socket.gaierror(socket.EAI_NONAME, "no")]
        sites.names["example.com"] = [socket.gaierror(socket.EAI_AGAIN, "later")]
        unknown, silent = await ask_for(sites, "http://example.invalid/", "http://example.com/")
    assert "not known" in unknown.reason
    assert "no name server" in silent.reason


@pytest.mark.parametrize("name", ["xn--a", "xn--a.example.org", "xn--0.example.org"])
async def test_a_name_in_letters_that_are_none_does_not_hide_what_the_others_showed(name: str) -> None:
    async with some_sites({"good.example.org/": "200 OK"}) as sites:
        sites.names[name] = [socket.gaierror(socket.EAI_NONAME, "no such name")]
        good, odd = await ask_for(sites, "http://good.example.org/", f"http://{name}/")
    assert good.found is Found.ANSWERS
    assert (odd.found, odd.reason) == (Found.UNREACHED, "is not known under that name")


async def test_a_site_that_sends_readers_on_to_such_a_name_hides_nothing_either() -> None:
    pages = {
        "old.example.org/": "302 Found\nLocation: http://xn--a.example.org/",
        "good.example.org/": "200 OK",
    }
    async with some_sites(pages) as sites:
        sites.names["xn--a.example.org"] = [socket.gaierror(socket.EAI_NONAME, "no such name")]
        old, good = await ask_for(sites, "http://old.example.org/", "http://good.example.org/")
    assert (old.found, good.found) == (Found.UNREACHED, Found.ANSWERS)
    assert "leads on to http://xn--a.example.org/" in old.reason


async def test_a_name_that_browsers_open_is_asked_for_though_idna_2008_has_it_not() -> None:
    async with some_sites({"xn--i-7iq.example.org/": "200 OK"}) as sites:
        (seen,) = await ask_for(sites, "http://xn--i-7iq.example.org/")
    assert seen.found is Found.ANSWERS, seen


@given(
    st.text(max_size=40), st.sampled_from(["http://", "https://xn--", "http://[", "http://example.org:", ""])
)
def test_whatever_a_link_says_it_is_told_and_never_an_end(words: str, before: str) -> None:
    async def nobody(name: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    web = Web(nobody, lambda: httpx.MockTransport(lambda _: httpx.Response(200)), pause=0.0)
    (seen,) = asyncio.run(visit_all((before + words,), web, seconds=5.0))
    assert seen.found in (Found.UNASKED, Found.UNREACHED, Found.TROUBLE)


@given(st.text(st.characters(max_codepoint=0xFF, blacklist_characters="\0\r\n"), max_size=40))
def test_wherever_a_site_sends_readers_it_is_told_and_never_an_end(location: str) -> None:
    async def somewhere(name: str, port: int) -> tuple[str, ...]:
        return (PUBLIC,)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers=[(b"Location", location.encode("latin-1"))])

    web = Web(somewhere, lambda: httpx.MockTransport(answer), pause=0.0)
    (seen,) = asyncio.run(visit_all(("http://example.org/",), web, seconds=5.0))
    assert seen.reason


async def test_nothing_to_ask_for_is_no_trouble() -> None:
    async with some_sites({}) as sites:
        assert await ask_for(sites) == []
