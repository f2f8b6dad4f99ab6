"""The internet-facing app. Put a web server with TLS in front of it."""

from __future__ import annotations

import socket

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import escape
from starlette.exceptions import HTTPException

from mailer.config import Workspace
from mailer.errors import PortInUseError
from mailer.flow.calendar import calendar_bytes
from mailer.public.answer_pages import add_answer_pages
from mailer.public.answers import Answers
from mailer.public.pages import HEADERS, LOOKING, nothing, page, refuse


def create_public(workspace: Workspace) -> FastAPI:
    """The app for one workspace."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    answers = Answers(workspace)
    add_answer_pages(app, answers)
    app.add_exception_handler(HTTPException, refuse)

    @app.api_route("/unsubscribe/{list_slug}/{token}", methods=LOOKING)
    def ask(list_slug: str, token: str) -> Response:
        if answers.address(list_slug, token) is None:
            return nothing()
        form = '<form method="post"><button type="submit">Unsubscribe</button></form>'
        return page(f"Leave {answers.series}?", f"<p>You will get no more newsletters from us.</p>{form}")

    @app.post("/unsubscribe/{list_slug}/{token}")
    async def leave(list_slug: str, token: str, request: Request) -> Response:
        await request.body()
        if not answers.unsubscribe(list_slug, token):
            return nothing()
        return page("Done", f"<p>You will get no more of {escape(answers.series)}.</p>")

    @app.api_route("/issues/{issue_id}/{variant}/", methods=LOOKING)
    def view(issue_id: str, variant: str) -> Response:
        html = answers.web_view(issue_id, variant)
        return HTMLResponse(html, headers=HEADERS) if html else nothing()

    @app.api_route("/calendar/{issue_id}/{name}", methods=LOOKING)
    def calendar(issue_id: str, name: str) -> Response:
        found = answers.calendar(issue_id, name)
        if found is None:
            return nothing()
        headers = HEADERS | {"Content-Disposition": f'attachment; filename="{found.name}"'}
        return Response(
            calendar_bytes(found), media_type=f"{found.media_type}; charset=utf-8", headers=headers
        )

    @app.api_route("/pictures/{name}", methods=LOOKING)
    def picture(name: str) -> Response:
        found = answers.picture(name)
        if found is None:
            return nothing()
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
