"""Answering a reminder on the web: a page that says what the answer is, and a button that records it."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from markupsafe import escape

from mailer.flow.answering import Asked
from mailer.public.answers import Answers
from mailer.public.pages import LOOKING, nothing, page

MAX_BODY = 10_000
"""Bytes of a form that are read."""
MAX_WORDS = 300
"""Signs of what somebody adds to an answer."""


def add_answer_pages(app: FastAPI, answers: Answers) -> None:
    """Serve /answer/CODE/WAY. Looking at it, which programs do too, records nothing."""

    @app.api_route("/answer/{code}/{way}", methods=LOOKING)
    def ask(code: str, way: str) -> Response:
        asked = answers.asked(code, way)
        return nothing() if asked is None else _question(asked, way)

    @app.post("/answer/{code}/{way}")
    async def take(code: str, way: str, request: Request) -> Response:
        words = await _words_in(request)
        asked = await run_in_threadpool(answers.answer, code, way, words)
        if asked is None:
            return nothing()
        thanks = escape(asked.phrases["page.thanks.words"])
        return page(asked.phrases["page.thanks"], f"<p>{thanks}</p>", asked.language)


def _question(asked: Asked, way: str) -> Response:
    """What the answer is, what it is about, and the button."""
    phrases = asked.phrases
    about = escape(phrases["page.about"].replace("{title}", asked.title))
    label = phrases.get(f"page.{way}.label", "")
    kind = "date" if way == "later" else "text"
    entry = f'<input id="words" name="words" type="{kind}" maxlength="{MAX_WORDS}" autocomplete="off">'
    more = f'<label for="words">{escape(label)}</label>{entry}' if label else ""
    button = f'<button type="submit">{escape(phrases["page.send"])}</button>'
    form = f'<form method="post">{more}{button}</form>'
    return page(phrases[f"page.{way}"], f"<p>{about}</p>{form}", asked.language)


async def _words_in(request: Request) -> str:
    """What was written into the form, as far as it is read: a day or a name, never much."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            return ""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=5)
    except ValueError:
        return ""
    return fields.get("words", [""])[0][:MAX_WORDS]
