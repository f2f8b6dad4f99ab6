"""Plain routes that serve mail html and pictures into sandboxed frames, apart from the studio's own pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, Response

from mailer.errors import MailerError
from mailer.flow import Composed
from mailer.model.rendition import Rendition
from mailer.relay import TrayDetail
from mailer.render.preview import apple_dark, fill, forced_dark, images_off, readdressed
from mailer.studio.desk import Desk
from mailer.studio.framing import always_light, framed, with_pictures
from mailer.studio.guard import Keys
from mailer.studio.ladder_desk import LadderDesk

STATIC = Path(__file__).parent / "static"
STATIC_FILES = (
    "base.css",
    "issue.css",
    "lists.css",
    "deadlines.css",
    "sending.css",
    "around.css",
    "studio.js",
)
SIGNED = ("/picture/", "/tray-picture/")
"""Pictures: a sandboxed frame is nobody's origin, so no cookie comes with what it fetches."""
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
LOOKS: dict[str, Callable[[str], str]] = {
    "light": always_light,
    "dark": apple_dark,
    "forced": lambda html: forced_dark(always_light(html)),
}
SHUT = "default-src 'none'; sandbox; frame-ancestors 'none'"


def mail_policy(*, images: bool) -> str:
    """The policy of a mail in its frame: no script, no form, nothing from elsewhere."""
    pictures = "'self' data:" if images else "'none'"
    return (
        f"default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'self'; sandbox"
    )


def frame_routes(desk: Desk, ladders: LadderDesk, keys: Keys) -> APIRouter:
    """Routes for previews of issues and reminders, the tray's mails, their pictures, and the studio's own style."""
    routes = APIRouter()

    @routes.get("/mail/{slug}/{version}")
    async def preview(
        slug: str, version: str, *, to: str = "", reader: str = "", look: str = "light", images: bool = True
    ) -> Response:
        html = await asyncio.to_thread(_preview, desk, keys, (slug, version, tuple(to.split())), reader)
        return _mail(html, look, images)

    @routes.get("/picture/{sha256}")
    async def picture(sha256: str) -> Response:
        for found in (*desk.pictures(), *ladders.pictures()):
            if found.sha256 == sha256:
                return _picture(found.media_type, found.content)
        raise HTTPException(404, "There is no such picture.")

    @routes.get("/studio-static/{name}")
    async def static(name: str) -> Response:
        if name not in STATIC_FILES:
            raise HTTPException(404, "There is no such file.")
        return FileResponse(STATIC / name, headers={"Cache-Control": "no-cache"})

    _letter_routes(routes, ladders, keys)
    _tray_routes(routes, desk, keys)
    return routes


def _letter_routes(routes: APIRouter, ladders: LadderDesk, keys: Keys) -> None:
    @routes.get("/letter/{slug}/{version}")
    async def letter(slug: str, version: str, *, look: str = "light", images: bool = True) -> Response:
        rendition, slots = await asyncio.to_thread(_letter, ladders, slug, version)
        return _mail(filled(rendition, slots, keys), look, images)

    @routes.get("/letter-file/{number}/{slug}/{version}")
    async def letter_file(number: int, slug: str, version: str) -> Response:
        rendition, slots = await asyncio.to_thread(_letter, ladders, slug, version)
        if not 0 <= number < len(rendition.attachments):
            raise HTTPException(404, "There is no such file.")
        file = rendition.attachments[number]
        content = fill(file.content, slots, rendition.defaults, escape=False)
        return _download(content.encode("utf-8"), file.name)


def _tray_routes(routes: APIRouter, desk: Desk, keys: Keys) -> None:
    @routes.get("/tray-html/{mail:path}")
    async def tray_html(mail: str, look: str = "light", images: bool = True) -> Response:
        detail = await asyncio.to_thread(_parse, desk, mail)

        numbers = {cid: number for number, cid in enumerate(detail.pictures)}

        def address_of(cid: str) -> str | None:
            return keys.sign(f"/tray-picture/{numbers[cid]}/{mail}") if cid in numbers else None

        return _mail(with_pictures(detail.html, address_of), look, images)

    @routes.get("/tray-picture/{number}/{mail:path}")
    async def tray_picture(number: int, mail: str) -> Response:
        detail = await asyncio.to_thread(_parse, desk, mail)
        pictures = list(detail.pictures.values())
        if not 0 <= number < len(pictures):
            raise HTTPException(404, "There is no such picture.")
        return _picture(*pictures[number])

    @routes.get("/tray-raw/{mail:path}")
    async def tray_raw(mail: str) -> Response:
        detail = await asyncio.to_thread(_parse, desk, mail)
        return _download(detail.raw, f"{mail.rpartition('/')[2]}.eml")

    @routes.get("/tray-file/{number}/{mail:path}")
    async def tray_file(number: int, mail: str) -> Response:
        detail = await asyncio.to_thread(_parse, desk, mail)
        if not 0 <= number < len(detail.files):
            raise HTTPException(404, "There is no such file.")
        return _download(detail.files[number].content, detail.files[number].name)


def preview_address(
    slug: str, version: str, audience: tuple[str, ...], *, reader: str, look: str, images: bool, revision: int
) -> str:
    """Where the frame finds a version; another `revision` makes it load again."""
    query = (
        f"look={look}&images={int(images)}&to={quote(' '.join(audience))}&reader={quote(reader)}&r={revision}"
    )
    return f"/mail/{quote(slug)}/{quote(version)}?{query}"


def letter_address(slug: str, version: str, *, look: str, images: bool, revision: int) -> str:
    """Where the frame finds a reminder; another `revision` makes it load again."""
    return f"/letter/{quote(slug, safe='')}/{quote(version, safe='')}?look={look}&images={int(images)}&r={revision}"


def _letter(ladders: LadderDesk, slug: str, version: str) -> tuple[Rendition, Mapping[str, str]]:
    """A reminder, with the personal fields of its first reader."""
    look = ladders.letters(slug) if slug in ladders.slugs() else None
    if look is None or look.ladder is None:
        raise HTTPException(404, "There is no such deadline, or it cannot be read.")
    try:
        return look.ladder.letters.rendition(version), look.copies.get(version, {})
    except KeyError:
        raise HTTPException(404, "This deadline has no such letter any more.") from None


def _preview(desk: Desk, keys: Keys, what: tuple[str, str, tuple[str, ...]], reader: str) -> str:
    slug, version, audience = what
    composed = desk.version(slug, audience, version, reader) if slug in desk.slugs() else None
    if composed is None:
        raise HTTPException(404, "There is no such issue, or it cannot be read.")
    try:
        rendition = composed.rendition(version)
    except KeyError:
        raise HTTPException(404, "This issue has no such version any more.") from None
    return preview_html(composed, rendition, reader, keys)


def preview_html(composed: Composed, rendition: Rendition, reader: str, keys: Keys) -> str:
    """A version's html, for a reader where one is named, with addresses for its pictures."""
    known = composed.reader(reader) if reader else None
    return filled(rendition, known.slots if known else {}, keys)


def filled(rendition: Rendition, slots: Mapping[str, str], keys: Keys) -> str:
    """A rendition's html with these personal fields, and with addresses for its pictures."""
    html = fill(rendition.html, slots, rendition.defaults, escape=True)
    return readdressed(html, rendition.pictures, lambda found: keys.sign(f"/picture/{found.sha256}"))


def _mail(html: str, look: str, images: bool) -> Response:
    if look not in LOOKS:
        raise HTTPException(422, "`look` is light, dark or forced.")
    shown = LOOKS[look](html)
    if not images:
        shown = images_off(shown)
    headers = {"Content-Security-Policy": mail_policy(images=images), "Cache-Control": "no-store"}
    return HTMLResponse(framed(shown), headers=headers)


def _parse(desk: Desk, mail: str) -> TrayDetail:
    try:
        return desk.tray_mail(mail)
    except MailerError as error:
        raise HTTPException(404, str(error)) from error


def _picture(media_type: str, content: bytes) -> Response:
    if media_type not in PICTURE_TYPES:
        raise HTTPException(404, "That is not a picture that mail programs show.")
    headers = {"Content-Security-Policy": SHUT, "Cache-Control": "private, max-age=3600"}
    return Response(content, media_type=media_type, headers=headers)


def _download(content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": SHUT,
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)
