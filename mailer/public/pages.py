"""The few pages that people see, and the headers that every answer has."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import escape
from starlette.exceptions import HTTPException

from mailer.render.dates import direction

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
LOOKING = ["GET", "HEAD"]
"""How programs look at an address: those that check links ask with HEAD (RFC 9110 9.3.2). It changes nothing."""
PAGE = """<!DOCTYPE html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>body{{font:18px/1.6 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.5rem}}
button{{font:inherit;padding:.6rem 1.4rem;border-radius:.4rem;border:1px solid;cursor:pointer}}
h1{{line-height:1.25}}label{{display:block}}
input{{font:inherit;box-sizing:border-box;width:100%;padding:.5rem .7rem;margin:.3rem 0 1rem}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""


def page(title: str, body: str, language: str = "en") -> Response:
    """A page with that heading; `body` is html."""
    return HTMLResponse(_page(title, body, language), headers=HEADERS)


def nothing() -> Response:
    """What every wrong address leads to."""
    words = "<p>This address does not lead anywhere.</p>"
    return HTMLResponse(_page("Nothing here", words, "en"), status_code=404, headers=HEADERS)


def refuse(_request: Request, error: Exception) -> Response:
    """The answer where no page gives one: to an unknown address, or to a method that an address does not have."""
    if not isinstance(error, HTTPException) or error.status_code == HTTPStatus.NOT_FOUND:
        return nothing()
    html = _page("Not here", "<p>This address does not do that.</p>", "en")
    return HTMLResponse(html, status_code=error.status_code, headers={**HEADERS, **(error.headers or {})})


def _page(title: str, body: str, language: str) -> str:
    return PAGE.format(title=escape(title), body=body, language=language, direction=direction(language))
