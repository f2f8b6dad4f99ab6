"""Compiling a rendition once, and joining in what belongs to one reader."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from mailer.message import headers, mime
from mailer.model.issue import MessageClass, Sender
from mailer.model.message import Envelope, Message
from mailer.model.rendition import EXTENSIONS, Picture, Rendition
from mailer.model.slots import Pieces, fill_slots, split_slots


@dataclass(frozen=True, slots=True)
class Recipient:
    """What makes a message one reader's own. `slots` holds every personal field, addresses included."""

    email: str
    name: str
    message_id: str
    dated_at: datetime
    slots: Mapping[str, str]
    list_unsubscribe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A rendition made ready: what all its readers share is encoded already."""

    rendition: Rendition
    sender: Sender
    envelope_sender: str
    message_class: MessageClass
    list_header: bytes
    subject: Pieces
    text: Pieces
    html: Pieces
    text_base64: bool
    html_base64: bool
    pictures: tuple[bytes, ...]

    def message_for(self, recipient: Recipient) -> Message:
        """The message for that reader. HeaderError where their name or address cannot stand in a header."""
        defaults = self.rendition.defaults
        text = fill_slots(self.text, recipient.slots, defaults, kind="text")
        html = fill_slots(self.html, recipient.slots, defaults, kind="html")
        content = self._head(recipient) + self._body(text, html)
        return Message(Envelope(self.envelope_sender, recipient.email), content)

    def _head(self, recipient: Recipient) -> bytes:
        subject = fill_slots(self.subject, recipient.slots, self.rendition.defaults, kind="text")
        sender = self.sender
        fields = [
            ("From", headers.mailbox("From", sender.name, sender.email)),
            ("To", headers.mailbox("To", recipient.name, recipient.email)),
            ("Subject", headers.unstructured("Subject", subject)),
            ("Date", headers.date(recipient.dated_at)),
            ("Message-ID", headers.one_line("Message-ID", recipient.message_id)),
            ("Content-Language", self.rendition.variant.language.encode("ascii")),
        ]
        if sender.reply_to:
            fields.insert(1, ("Reply-To", headers.mailbox("Reply-To", "", sender.reply_to)))
        fields += self._list_fields(recipient)
        fields.append(("MIME-Version", b"1.0"))
        return b"".join(headers.field(name, value) for name, value in fields)

    def _list_fields(self, recipient: Recipient) -> list[tuple[str, bytes]]:
        if self.message_class == "notice":
            # RFC 3834 section 5: sent by a machine, so that no vacation reply comes back.
            return [("Auto-Submitted", b"auto-generated")]
        fields = [("List-Id", self.list_header), ("Precedence", b"bulk")]
        if recipient.list_unsubscribe:
            urls = ", ".join(f"<{url}>" for url in recipient.list_unsubscribe)
            fields.append(("List-Unsubscribe", headers.one_line("List-Unsubscribe", urls)))
            if any(url.startswith("https://") for url in recipient.list_unsubscribe):
                # RFC 8058 section 2: one click, where there is something to click.
                fields.append(("List-Unsubscribe-Post", b"List-Unsubscribe=One-Click"))
        return fields

    def _body(self, text: str, html: str) -> bytes:
        seed = hashlib.sha256(f"{text}\x00{html}".encode()).hexdigest()
        html_part = mime.text_part(html, "html", base64=self.html_base64)
        if self.pictures:
            parts = (html_part, *self.pictures)
            html_part = mime.multipart("related", parts, _boundary("r", seed), '; type="text/html"')
        text_part = mime.text_part(text, "plain", base64=self.text_base64)
        return mime.multipart("alternative", (text_part, html_part), _boundary("a", seed))


def compile_message(
    rendition: Rendition,
    *,
    sender: Sender,
    envelope_sender: str,
    message_class: MessageClass,
    list_name: str = "",
    list_id: str = "",
) -> MessageTemplate:
    """Make a rendition ready for any number of readers."""
    pictures = rendition.pictures if rendition.images == "embedded" else ()
    return MessageTemplate(
        rendition=rendition,
        sender=sender,
        envelope_sender=envelope_sender,
        message_class=message_class,
        list_header=headers.list_id(list_name, list_id) if message_class == "newsletter" else b"",
        subject=split_slots(rendition.subject),
        text=split_slots(rendition.text),
        html=split_slots(rendition.html),
        text_base64=mime.is_base64_smaller(rendition.text),
        html_base64=mime.is_base64_smaller(rendition.html),
        pictures=tuple(mime.picture_part(p.content, p.media_type, p.cid, _file_name(p)) for p in pictures),
    )


def _file_name(picture: Picture) -> str:
    """The author's name for it, with the ending of what it was made into."""
    ending = EXTENSIONS.get(picture.media_type, "bin")
    return re.sub(r"[^A-Za-z0-9._-]", "_", f"{PurePosixPath(picture.src).stem}.{ending}")


def _boundary(letter: str, seed: str) -> str:
    """Quoted-printable and base64 never contain `=_`, so this cannot occur in a part (RFC 2045 6.7)."""
    return f"=_{letter}{seed[:24]}"
