"""Messages to try things on, what may stand on the wire, and the slow obvious way to make the same message."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message as Parsed
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from dkim.canonicalization import Relaxed

from mailer.message import MessageTemplate, Recipient, Signer, compile_message
from mailer.message.mime import fold_calendar
from mailer.model.issue import Sender
from mailer.model.message import Message
from mailer.model.rendition import Picture, Rendition, Variant
from mailer.model.slots import Kind, fill_slots, split_slots

SENDER = Sender(name="CMS Secretariat, CAMI", email="news@example.org", reply_to="office@example.org")
WHEN = datetime(2016, 12, 19, 9, 14, tzinfo=UTC)
LEAVING = ("https://news.example.org/u/abc", "mailto:leave@example.org?subject=unsubscribe%20abc")


def rendition(
    subject: str = "News",
    html: str = "<p>Hello</p>",
    text: str = "Hello",
    language: str = "en",
    **more: object,
) -> Rendition:
    variant = Variant(language=language, items=("a",))
    return Rendition.model_validate(
        {"variant": variant, "subject": subject, "preheader": "", "html": html, "text": text} | more
    )


def picture(
    content: bytes = b"\xff\xd8\x00" * 99, cid: str = "p1@pictures", src: str = "images/a b.jpg"
) -> Picture:
    return Picture(
        src=src, cid=cid, media_type="image/jpeg", sha256="0" * 64, width=1, height=1, content=content
    )


def compiled(
    made: Rendition, *, notice: bool = False, signer: Signer | None = None, **more: object
) -> MessageTemplate:
    settings: dict[str, object] = {
        "sender": SENDER,
        "envelope_sender": "bounces@example.org",
        "message_class": "notice" if notice else "newsletter",
        "list_name": "CAMI Newsletter",
        "list_id": "cami.example.org",
        "signer": signer,
    }
    return compile_message(made, **settings | more)  # type: ignore[arg-type]


def reader(slots: Mapping[str, str] | None = None, **more: object) -> Recipient:
    settings: dict[str, object] = {
        "email": "aigul@example.org",
        "name": "Aigul",
        "message_id": "<abc123@example.org>",
        "dated_at": WHEN,
        "slots": slots or {},
        "list_unsubscribe": LEAVING,
    }
    return Recipient(**settings | more)  # type: ignore[arg-type]


@cache
def private_key(number: int = 0) -> rsa.RSAPrivateKey:
    """A key, made once a run; another number, another key."""
    del number
    return rsa.generate_private_key(65537, 2048)


def signer(number: int = 0) -> Signer:
    return Signer("example.org", "2026a", private_key(number))


def head_and_body(content: bytes) -> tuple[bytes, bytes]:
    head, _, body = content.partition(b"\r\n\r\n")
    return head + b"\r\n", body


def wire_faults(message: Message) -> list[str]:
    """All that must not be in a message that goes out as it is."""
    content = message.content
    head, body = head_and_body(content)
    lines = content.split(b"\r\n")
    faults = {
        "a CR or LF on its own": content.count(b"\n") != content.count(b"\r\n")
        or content.count(b"\r") != content.count(b"\r\n"),
        "8-bit or NUL": not content.isascii() or b"\x00" in content,
        "a line that begins with a dot": any(line.startswith(b".") for line in lines),
        "a line that begins a mail in a mailbox": any(line.startswith(b"From ") for line in lines),
        "no CRLF at the end, or several": not content.endswith(b"--\r\n"),
        "a line of the body over 76": max(map(len, body.split(b"\r\n"))) > 76,
        "a line of the head over 998": max(map(len, head.split(b"\r\n"))) > 998,
        "blanks at a line's end": any(line.endswith((b" ", b"\t")) for line in body.split(b"\r\n")),
        "blanks side by side in the body": b"  " in body or b"\t" in body,
        "a body that is not in relaxed form": Relaxed.canonicalize_body(body) != body,
        "not said to be ready": not message.is_wire_ready,
    }
    return [name for name, is_so in faults.items() if is_so]


def filled(text: str, made: Rendition, slots: Mapping[str, str], kind: Kind) -> str:
    """The text as it must come out: lines ended by LF, fields filled."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return fill_slots(split_slots(plain), slots, made.defaults, kind=kind)


def obvious_message(made: Rendition, slots: Mapping[str, str]) -> Parsed:
    """The same parts by the standard library, from whole filled texts; without the head."""
    text = MIMEText(filled(made.text, made, slots, "text"), "plain", "utf-8")
    html: Parsed = MIMEText(filled(made.html, made, slots, "html"), "html", "utf-8")
    if made.pictures and made.images == "embedded":
        related = MIMEMultipart("related", type="text/html")
        related.attach(html)
        for one in made.pictures:
            image = MIMEImage(one.content, "jpeg", name="a_b.jpg")
            image["Content-ID"] = f"<{one.cid}>"
            image.add_header("Content-Disposition", "inline", filename="a_b.jpg")
            related.attach(image)
        html = related
    whole = MIMEMultipart("alternative")
    whole.attach(text)
    whole.attach(html)
    if not made.attachments:
        return reread(whole.as_bytes(policy=email.policy.SMTP))
    mixed = MIMEMultipart("mixed")
    mixed.attach(whole)
    for each in made.attachments:
        is_calendar = each.media_type.startswith("text/calendar")
        content = filled(each.content, made, slots, "calendar" if is_calendar else "text")
        if is_calendar:
            content = fold_calendar(content)
        part = MIMEBase("text", each.media_type.partition(";")[0].removeprefix("text/"))
        for parameter in each.media_type.split(";")[1:]:
            key, _, value = parameter.strip().partition("=")
            part.set_param(key, value)
        part.set_param("charset", "utf-8")
        part.set_param("name", each.name)
        part.set_payload(content.encode("utf-8"))
        email.encoders.encode_base64(part)
        part.add_header("Content-Disposition", "attachment", filename=each.name)
        mixed.attach(part)
    return reread(mixed.as_bytes(policy=email.policy.SMTP))


def reread(content: bytes) -> Parsed:
    return email.message_from_bytes(content)


def tree(part: Parsed) -> object:
    """What a mail program makes of a message: kinds, ids, names, and decoded contents, part by part."""
    own = (
        part.get_content_type(),
        part.get_param("type"),
        part.get_param("method"),
        part.get_content_charset(),
        part.get_filename(),
        part.get_content_disposition(),
        part["Content-ID"],
    )
    if part.is_multipart():
        return own, [tree(inner) for inner in part.get_payload()]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    if part.get_content_maintype() == "text":
        return own, content.decode("utf-8").replace("\r\n", "\n")
    return own, content
