"""Compiling a rendition once, and joining in what belongs to one reader."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from mailer.message import headers, mime
from mailer.message.headers import HeaderError
from mailer.model.dispatch import Heading
from mailer.model.issue import MessageClass, Sender
from mailer.model.message import Envelope, Message
from mailer.model.rendition import EXTENSIONS, Attachment, Picture, Rendition
from mailer.model.slots import Kind, Pieces, fill_slots, split_slots

CALENDAR = "text/calendar"
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,79}")
TEXT_TYPE = re.compile(r"text/[a-z0-9.+-]+(?:; ?[a-z-]+=[A-Za-z0-9.-]+)*")


@dataclass(frozen=True, slots=True)
class Recipient:
    """What makes a message one reader's own. `slots` holds every personal field, addresses included."""

    email: str
    name: str
    message_id: str
    dated_at: datetime
    slots: Mapping[str, str]
    list_unsubscribe: tuple[str, ...] = ()
    heading: Heading = field(default_factory=Heading)


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
    attachments: tuple[tuple[Attachment, Pieces], ...] = ()

    def message_for(self, recipient: Recipient) -> Message:
        """The message for that reader, whatever To and Cc show.

        HeaderError where a name, an address or a Message-ID cannot stand in a header.
        """
        defaults = self.rendition.defaults
        text = fill_slots(self.text, recipient.slots, defaults, kind="text")
        html = fill_slots(self.html, recipient.slots, defaults, kind="html")
        attached = tuple(self._attached(*each, recipient) for each in self.attachments)
        content = self._head(recipient) + self._body(text, html, attached)
        return Message(Envelope(self.envelope_sender, recipient.email), content)

    def _head(self, recipient: Recipient) -> bytes:
        subject = fill_slots(self.subject, recipient.slots, self.rendition.defaults, kind="text")
        sender = self.sender
        fields = [
            ("From", headers.mailbox("From", sender.name, sender.email)),
            *_addressees(recipient),
            ("Subject", headers.unstructured("Subject", subject)),
            ("Date", headers.date(recipient.dated_at)),
            ("Message-ID", headers.one_line("Message-ID", recipient.message_id)),
            *_thread(recipient),
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

    def _attached(self, attachment: Attachment, pieces: Pieces, recipient: Recipient) -> bytes:
        is_calendar = attachment.media_type.partition(";")[0] == CALENDAR
        kind: Kind = "calendar" if is_calendar else "text"
        content = fill_slots(pieces, recipient.slots, self.rendition.defaults, kind=kind)
        content = mime.fold_calendar(content) if is_calendar else content
        return mime.attachment_part(content, attachment.media_type, attachment.name)

    def _body(self, text: str, html: str, attached: tuple[bytes, ...]) -> bytes:
        seed = hashlib.sha256(f"{text}\x00{html}".encode()).hexdigest()
        html_part = mime.text_part(html, "html", base64=self.html_base64)
        if self.pictures:
            parts = (html_part, *self.pictures)
            html_part = mime.multipart("related", parts, _boundary("r", seed), '; type="text/html"')
        text_part = mime.text_part(text, "plain", base64=self.text_base64)
        body = mime.multipart("alternative", (text_part, html_part), _boundary("a", seed))
        return mime.multipart("mixed", (body, *attached), _boundary("m", seed)) if attached else body


def compile_message(
    rendition: Rendition,
    *,
    sender: Sender,
    envelope_sender: str,
    message_class: MessageClass,
    list_name: str = "",
    list_id: str = "",
) -> MessageTemplate:
    """Make a rendition ready for any number of readers. HeaderError where an attachment cannot be sent as it is."""
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
        attachments=tuple((checked(each), split_slots(each.content)) for each in rendition.attachments),
    )


def checked(attachment: Attachment) -> Attachment:
    """The attachment as it is. HeaderError where its name or kind could break a header, or where it is no text."""
    if not FILE_NAME.fullmatch(attachment.name):
        raise HeaderError(f"{attachment.name!r} cannot be the name of an attachment.", "Use ASCII letters.")
    if not TEXT_TYPE.fullmatch(attachment.media_type):
        raise HeaderError(f"{attachment.media_type!r} is not a kind of text that can be attached.")
    return attachment


def _addressees(recipient: Recipient) -> list[tuple[str, bytes]]:
    """To, and Cc where somebody is shown there. What they show is no envelope: the mail goes to the reader alone."""
    heading = recipient.heading
    if heading.to:
        fields = [("To", headers.mailboxes("To", [(one.name, one.email) for one in heading.to]))]
    else:
        fields = [("To", headers.mailbox("To", recipient.name, recipient.email))]
    if heading.cc:
        fields.append(("Cc", headers.mailboxes("Cc", [(one.name, one.email) for one in heading.cc])))
    return fields


def _thread(recipient: Recipient) -> list[tuple[str, bytes]]:
    """In-Reply-To and References, where the message follows others (RFC 5322 3.6.4)."""
    ids = recipient.heading.references
    if not ids:
        return []
    return [
        ("In-Reply-To", headers.message_ids("In-Reply-To", ids[-1:])),
        ("References", headers.message_ids("References", ids)),
    ]


def _file_name(picture: Picture) -> str:
    """The author's name for it, with the ending of what it was made into."""
    ending = EXTENSIONS.get(picture.media_type, "bin")
    return re.sub(r"[^A-Za-z0-9._-]", "_", f"{PurePosixPath(picture.src).stem}.{ending}")


def _boundary(letter: str, seed: str) -> str:
    """Quoted-printable and base64 never contain `=_`, so this cannot occur in a part (RFC 2045 6.7)."""
    return f"=_{letter}{seed[:24]}"
