"""Asking for one address, redirects and all."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

from mailer.model.visit import Found, Hop, Visit
from mailer.web.asking import Answer, NoAnswerError, Web, ask, name_of, readable
from mailer.web.pace import Pace

MOST_HOPS = 10
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
ASKS_FOR_PEOPLE = frozenset({401, 402, 403, 405, 406, 407, 421, 429, 451, 999})
"""Answers that programs get where people may get the page: logins, and walls against robots."""


async def visit(web: Web, transport: httpx.AsyncBaseTransport, pace: Pace, address: str) -> Visit:
    """What asking for it shows. Every redirect is followed by hand, and its site checked as the first one was."""
    hops: list[Hop] = []
    seen: set[str] = set()
    url = address
    try:
        while True:
            if url in seen:
                raise NoAnswerError(Found.TROUBLE, "sends readers round in a circle")
            if len(hops) > MOST_HOPS:
                raise NoAnswerError(Found.TROUBLE, f"sends readers on more than {MOST_HOPS} times")
            seen.add(url)
            parsed = readable(url)
            answer = await _answer(web, transport, pace, parsed)
            hops.append(Hop(url=url, status=answer.status))
            if answer.status not in REDIRECTS or not answer.location:
                found, reason = _meaning(answer.status)
                return _seen(address, found, hops, _after(hops, url, reason))
            url = _next(parsed, answer.location)
    except NoAnswerError as error:
        return _seen(address, error.found, hops, _after(hops, url, error.reason))


def unasked(address: str, reason: str) -> Visit:
    """The visit that did not take place."""
    return _seen(address, Found.UNASKED, [], reason)


async def _answer(web: Web, transport: httpx.AsyncBaseTransport, pace: Pace, url: httpx.URL) -> Answer:
    """By HEAD, which costs a site least; by GET where that is not answered well, as by many sites."""
    try:
        async with pace.turn(name_of(url)):
            answer = await ask(web, transport, "HEAD", url)
        if answer.status < 400:  # noqa: PLR2004
            return answer
    except NoAnswerError as error:
        if not _after_connecting(error.__cause__):
            raise
    async with pace.turn(name_of(url)):
        return await ask(web, transport, "GET", url)


def _after_connecting(cause: BaseException | None) -> bool:
    """Whether a site may have stumbled over HEAD alone: it hung up, was silent, or spoke out of turn."""
    is_early = isinstance(cause, (httpx.ConnectError, httpx.ConnectTimeout))
    return isinstance(cause, (httpx.HTTPError, TimeoutError)) and not is_early


def _next(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location).copy_with(fragment=None))
    except (httpx.InvalidURL, ValueError) as error:
        raise NoAnswerError(Found.TROUBLE, "sends readers on to an address that cannot be read") from error


def _meaning(status: int) -> tuple[Found, str]:
    if status in GONE:
        return Found.GONE, f"says that there is no such page ({status})"
    if status in ASKS_FOR_PEOPLE:
        return Found.UNCLEAR, f"does not answer programs ({status})"
    if status in REDIRECTS:
        return Found.TROUBLE, f"sends readers on, and does not say where ({status})"
    if 200 <= status < 400:  # noqa: PLR2004
        return Found.ANSWERS, ""
    return Found.TROUBLE, f"answers with an error ({status})"


def _after(hops: list[Hop], url: str, reason: str) -> str:
    is_first = not hops or hops[0].url == url
    return reason if is_first or not reason else f"leads on to {_short(url)}, which {reason}"


def _seen(address: str, found: Found, hops: list[Hop], reason: str) -> Visit:
    return Visit(url=address, found=found, hops=tuple(hops), reason=reason, at=datetime.now(UTC))


def _short(url: str, most: int = 120) -> str:
    return url if len(url) <= most else f"{url[: most - 1]}…"
