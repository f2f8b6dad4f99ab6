"""Reading the practice tray: what the outbox kept, newest first, whatever state the files are in."""

from __future__ import annotations

import email
import email.header
import email.message
import email.parser
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mailer.errors import MailerError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TIME = re.compile(r"(\d{8}T\d{6})-(\d{6})?")
HEAD_LIMIT = 65_536
PART_LIMIT = 1000
NESTING_LIMIT = 50


@dataclass(frozen=True, slots=True)
class TrayMessage:
    """One message in the tray, as a list shows it. Its headers are decoded and on one line each."""

    id: str
    """`name` or `group/name`; what `Tray.read` takes."""
    group: str
    """The dispatch it belongs to, or ""."""
    received_at: datetime
    delivered_to: str
    sender: str
    """The From header."""
    subject: str
    size: int
    """Octets in the file."""


@dataclass(frozen=True, slots=True)
class TrayFile:
    """A part of a message that is meant to be saved, such as a calendar entry."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TrayDetail:
    """One message taken apart for looking at."""

    message: TrayMessage
    headers: tuple[tuple[str, str], ...]
    """In their order, decoded."""
    html: str
    text: str
    pictures: Mapping[str, tuple[str, bytes]]
    """By Content-ID without brackets: media type and bytes."""
    files: tuple[TrayFile, ...]
    raw: bytes
    trouble: str = ""
    """Why the message could not be taken apart whole, or ""."""


@dataclass(slots=True)
class _Found:
    html: str = ""
    text: str = ""
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    files: list[TrayFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tray:
    """The folder where the outbox keeps messages; groups are folders in it."""

    folder: Path

    def list(self, group: str | None = None) -> list[TrayMessage]:
        """Every message, or those of one group ("" for those in none), newest first; broken ones too."""
        found = []
        for path in self._paths(group):
            try:
                found.append(self._summary(path))
            except OSError:
                # Cleared in the meantime by another process.
                continue
        return sorted(found, key=lambda message: (message.received_at, message.id), reverse=True)

    def read(self, id: str) -> bytes:  # noqa: A002
        """The message as it is kept, trace lines included. MailerError where there is none of that id."""
        path = self._path(id)
        try:
            return path.read_bytes()
        except OSError as error:
            raise _no_message(id) from error

    def parse(self, id: str) -> TrayDetail:  # noqa: A002
        """The message taken apart; what cannot be read is named in `trouble`. MailerError where there is none."""
        raw = self.read(id)
        try:
            summary = self._summary(self._path(id))
        except OSError as error:
            raise _no_message(id) from error
        found = _Found()
        headers: tuple[tuple[str, str], ...] = ()
        trouble = ""
        try:
            _require_shallow(raw)
            parsed = email.message_from_bytes(raw)
            headers = tuple((name, _decoded(value)) for name, value in parsed.items())
            _collect(parsed, found)
        except Exception as error:
            # Anything may lie in this folder, and the standard library's parser fails in many ways on hostile input.
            trouble = f"not a readable message ({type(error).__name__})"
        return TrayDetail(
            summary, headers, found.html, found.text, found.pictures, tuple(found.files), raw, trouble
        )

    def clear(self, group: str | None = None) -> int:
        """Delete the messages, or those of one group; returns how many. Other files are left alone."""
        paths = list(self._paths(group))
        for path in paths:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in paths} - {self.folder}:
            if not any(folder.iterdir()):
                folder.rmdir()
        return len(paths)

    def _folders(self, group: str | None) -> Iterator[Path]:
        if group is None:
            yield self.folder
            if self.folder.is_dir():
                yield from (
                    child
                    for child in sorted(self.folder.iterdir())
                    if is_group(child.name) and child.is_dir() and not child.is_symlink()
                )
        elif not group or is_group(group):
            folder = self.folder / group
            if folder.is_dir() and (not group or not folder.is_symlink()):
                yield folder

    def _paths(self, group: str | None) -> Iterator[Path]:
        for folder in self._folders(group):
            if folder.is_dir():
                for path in folder.glob("*.eml"):
                    if _NAME.fullmatch(path.stem) and path.is_file() and not path.is_symlink():
                        yield path

    def _path(self, id: str) -> Path:  # noqa: A002
        """The file of an id. The id may come from a URL: only names, no dots alone, no links."""
        *groups, name = id.split("/")
        if len(groups) > 1 or not _NAME.fullmatch(name) or not all(is_group(part) for part in groups):
            raise _no_message(id)
        folder = self.folder.joinpath(*groups)
        path = folder / f"{name}.eml"
        if path.is_symlink() or (groups and folder.is_symlink()) or not path.is_file():
            raise _no_message(id)
        return path

    def _summary(self, path: Path) -> TrayMessage:
        status = path.stat()
        with path.open("rb") as file:
            head = file.read(HEAD_LIMIT)
        try:
            headers = email.parser.BytesHeaderParser().parsebytes(head)
        except Exception:
            headers = email.message.Message()
        group = "" if path.parent == self.folder else path.parent.name
        return TrayMessage(
            id=f"{group}/{path.stem}" if group else path.stem,
            group=group,
            received_at=_received_at(path.stem, status.st_mtime),
            delivered_to=_decoded(headers.get("Delivered-To", "")),
            sender=_decoded(headers.get("From", "")),
            subject=_decoded(headers.get("Subject", "")),
            size=status.st_size,
        )


def is_group(name: str) -> bool:
    """Whether the name can be a folder of the tray: letters, digits, and . _ - after the first."""
    return _NAME.fullmatch(name) is not None


def _no_message(id: str) -> MailerError:  # noqa: A002
    shown = "".join(sign if sign.isprintable() else "?" for sign in id[:80])
    return MailerError(f'There is no message "{shown}" in the practice tray.', "See `mailer outbox list`.")


def _received_at(stem: str, modified: float) -> datetime:
    found = _TIME.match(stem)
    if found:
        try:
            whole = datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            return whole.replace(microsecond=int(found[2] or 0))
        except ValueError:
            pass
    return datetime.fromtimestamp(modified, UTC)


def _decoded(value: object) -> str:
    """A header's text: encoded words read (RFC 2047), on one line, without control characters."""
    raw = str(value)
    try:
        text = str(email.header.make_header(email.header.decode_header(raw)))
    except Exception:
        text = raw
    text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _require_shallow(raw: bytes) -> None:
    """Raise ValueError where parts may lie so deep in parts that the parser takes seconds or runs out of stack."""
    folded = raw.lower()
    if folded.count(b"multipart/") + folded.count(b"message/") > NESTING_LIMIT:
        raise ValueError("too many parts within parts")


def _collect(message: email.message.Message, found: _Found) -> None:
    for number, part in enumerate(message.walk()):
        if number > PART_LIMIT:
            raise ValueError("too many parts")
        if part.is_multipart():
            continue
        media_type = part.get_content_type()
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        content_id = str(part.get("Content-ID", "")).strip().strip("<>")
        is_saved = part.get_content_disposition() == "attachment" or part.get_filename() is not None
        if content_id and media_type.startswith("image/"):
            found.pictures[content_id] = (media_type, content)
        elif media_type == "text/html" and not is_saved and not found.html:
            found.html = _text(part, content)
        elif media_type == "text/plain" and not is_saved and not found.text:
            found.text = _text(part, content)
        else:
            name = _decoded(part.get_filename() or "") or f"part-{number}"
            found.files.append(TrayFile(name, media_type, content))


def _text(part: email.message.Message, content: bytes) -> str:
    charset = part.get_content_charset("utf-8")
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
