"""The internet-facing app. Put a web server with TLS in front of it."""

from __future__ import annotations

import socket

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import escape

from mailer.config import Workspace
from mailer.errors import PortInUseError
from mailer.public.answers import Answers

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
PAGE = """<!DOCTYPE html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<style>body{{font:18px/1.6 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.5rem}}
button{{font:inherit;padding:.6rem 1.4rem;border-radius:.4rem;border:1px solid;cursor:pointer}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""


def create_public(workspace: Workspace) -> FastAPI:
    """The app for one workspace."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    answers = Answers(workspace)

    @app.get("/unsubscribe/{list_slug}/{token}")
    def ask(list_slug: str, token: str) -> Response:
        if answers.address(list_slug, token) is None:
            return _nothing()
        form = '<form method="post"><button type="submit">Unsubscribe</button></form>'
        return _page(f"Leave {answers.series}?", f"<p>You will get no more newsletters from us.</p>{form}")

    @app.post("/unsubscribe/{list_slug}/{token}")
    async def leave(list_slug: str, token: str, request: Request) -> Response:
        await request.body()
        if not answers.unsubscribe(list_slug, token):
            return _nothing()
        return _page("Done", f"<p>You will get no more of {escape(answers.series)}.</p>")

    @app.get("/issues/{issue_id}/{variant}/")
    def view(issue_id: str, variant: str) -> Response:
        html = answers.web_view(issue_id, variant)
        return HTMLResponse(html, headers=HEADERS) if html else _nothing()

    @app.get("/pictures/{name}")
    def picture(name: str) -> Response:
        found = answers.picture(name)
        if found is None:
            return _nothing()
        headers = HEADERS | {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found.content, media_type=found.media_type, headers=headers)

    return app


def run_public(workspace: Workspace, host: str, port: int) -> None:
    """Serve until Ctrl-C. PortInUseError where another program has the port."""
    import uvicorn

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUseError(
                f"Port {port} on {host} cannot be used: {error.strerror}.", "Use --port."
            ) from error
    uvicorn.run(create_public(workspace), host=host, port=port, log_level="warning", server_header=False)


def _page(title: str, body: str) -> Response:
    return HTMLResponse(PAGE.format(title=escape(title), body=body), headers=HEADERS)


def _nothing() -> Response:
    page = PAGE.format(title="Nothing here", body="<p>This address does not lead anywhere.</p>")
    return HTMLResponse(page, status_code=404, headers=HEADERS)
