"""A mail's parts, read within bounds: whatever the bytes are, parts in order, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from typing import Any, cast

from mailer.contribution.mail_letters import decoded
from mailer.contribution.text import clean_text
from mailer.source.packed import refuse

MAX_PARTS = 300
MAX_DEPTH = 12
MAX_FIELD = 4_000
"""Signs of a header field; what is longer is cut. Long lists of addresses are, and nobody reads them here."""
_DASHES = re.compile(rb"^--(?=[^\s-])", re.MULTILINE)
_MANY_DASHES = 5_000
_MULTIPARTS = 60
_MULTIPART = re.compile(rb"(?im)^(?:content-type|[ \t]*)[^\n]{0,60}multipart/")

PROTECTED = {
    "application/pkcs7-mime": "is encrypted or wrapped in a signature (S/MIME).",
    "application/x-pkcs7-mime": "is encrypted or wrapped in a signature (S/MIME).",
    "application/pgp-encrypted": "is encrypted (PGP).",
    "multipart/encrypted": "is encrypted.",
}
AS_PLAIN = (
    "Ask for it without encryption; or open it in your mail program, and copy its words into a text file."
)
_TROUBLES = (MessageError, RecursionError, ValueError, LookupError, TypeError, AttributeError)
"""What Python's reader of mails raises over heads and parts that nobody writes."""


class _Policy(policy.EmailPolicy):
    """Header fields within bounds, and eight-bit ones read as UTF-8 (RFC 6532) or as what they seem to be."""

    def header_source_parse(self, sourcelines: Any) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if not value.isascii():
            raw = value.encode("ascii", "surrogateescape") if _is_raw(value) else value.encode("utf-8")
            value = decoded(raw, "")[0]
        return name, value[:MAX_FIELD]


def _is_raw(value: str) -> bool:
    return all(sign.isascii() or "\udc80" <= sign <= "\udcff" for sign in value)


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a mail."""

    media_type: str
    content: bytes
    name: str
    """File name as the mail has it; nothing is safe about it."""
    charset: str
    cid: str
    is_attached: bool
    is_flowed: bool
    has_delsp: bool
    is_damaged: bool
    alternative: int
    """Which multipart/alternative it belongs to, from 1; 0: none."""


def read_mail(content: bytes, file: str) -> EmailMessage:
    """The mail. ProblemsError where it has more parts than anybody sends, or is none."""
    if len(_DASHES.findall(content)) > _MANY_DASHES or len(_MULTIPART.findall(content)) > _MULTIPARTS:
        raise _too_many(file)
    try:
        return cast("EmailMessage", message_from_bytes(content, _class=EmailMessage, policy=_Policy()))
    except _TROUBLES as error:
        raise refuse(file, "cannot be read as a mail.", "Save it again, as .eml.") from error


def parts_of(mail: EmailMessage, file: str) -> tuple[Part, ...]:
    """Its leaves in order; a mail in it is one leaf.

    ProblemsError where they are too many, too deep in each other, or encrypted.
    """
    parts: list[Part] = []
    for part in _leaves(mail, file, 0, _Count()):
        parts.append(part)
        if len(parts) > MAX_PARTS:
            raise _too_many(file)
    return tuple(parts)


def field_of(mail: Any, name: str) -> str:
    """A header field as a line of words; "" where it is not there, or cannot be read."""
    try:
        value = str(mail.get(name) or "")
    except _TROUBLES:
        return ""
    return " ".join(clean_text(re.sub("[\ud800-\udfff]", "\ufffd", value)).split())


def sender_of(mail: EmailMessage) -> str:
    """The name of who sent it; "" where only an address is there."""
    try:
        addresses = mail["from"].addresses if mail["from"] else ()
        name = str(addresses[0].display_name) if addresses else ""
    except _TROUBLES:
        return ""
    name = " ".join(clean_text(re.sub("[\ud800-\udfff]", "\ufffd", name)).split()).strip("'\" ")
    return "" if "@" in name else name[:200]


class _Count:
    """Numbers for the alternatives of one mail."""

    last = 0


def _leaves(part: Any, file: str, depth: int, count: _Count, alternative: int = 0) -> Iterator[Part]:
    if depth > MAX_DEPTH:
        raise _too_many(file)
    kind = _type_of(part)
    if kind in PROTECTED:
        raise refuse(file, PROTECTED[kind], AS_PLAIN)
    if kind.startswith("multipart/") and part.is_multipart():
        if kind == "multipart/alternative" and not alternative:
            count.last += 1
            alternative = count.last
        for child in part.get_payload():
            yield from _leaves(child, file, depth + 1, count, alternative)
        return
    yield _leaf(part, kind, alternative)


def _leaf(part: Any, kind: str, alternative: int) -> Part:
    content, is_damaged = _content(part, kind)
    return Part(
        media_type=kind,
        content=content,
        name=_asked(part.get_filename) or "",
        charset=str(_asked(part.get_content_charset) or ""),
        cid=field_of(part, "content-id").strip("<> "),
        is_attached=_asked(part.get_content_disposition) == "attachment",
        is_flowed=str(_asked(part.get_param, "format") or "").lower() == "flowed",
        has_delsp=str(_asked(part.get_param, "delsp") or "").lower() == "yes",
        is_damaged=is_damaged,
        alternative=alternative,
    )


def _content(part: Any, kind: str) -> tuple[bytes, bool]:
    if kind == "message/rfc822" and part.is_multipart():
        try:
            return part.get_payload(0).as_bytes(), False
        except _TROUBLES:
            return b"", True
    try:
        content = part.get_payload(decode=True)
    except _TROUBLES:
        return b"", True
    names = {type(defect).__name__ for defect in part.defects}
    return content or b"", any("Base64" in name for name in names)


def _asked(ask: Any, *given: str) -> Any:
    try:
        return ask(*given)
    except _TROUBLES:
        return None


def _type_of(part: Any) -> str:
    return str(_asked(part.get_content_type) or "application/octet-stream")


def _too_many(file: str) -> Exception:
    return refuse(
        file, "is made of more parts than a mail has.", "Give the text by itself, and the photos with it."
    )
