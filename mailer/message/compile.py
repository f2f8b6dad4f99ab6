"""Compiling a rendition once, and joining in what belongs to one reader."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from mailer.message import headers, mime
from mailer.message.body import Body, filled_text, lay_out
from mailer.message.dkim import Signer, relaxed
from mailer.model.dispatch import Heading
from mailer.model.issue import MessageClass, Sender
from mailer.model.message import Envelope, Message
from mailer.model.rendition import EXTENSIONS, Picture, Rendition
from mailer.model.slots import Pieces, split_slots

Fields = list[tuple[str, bytes]]
"""Names and values of header fields, encoded and folded, in order."""


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
    """A rendition made ready: what all its readers share is encoded already. Any number of threads may use it."""

    envelope_sender: str
    is_newsletter: bool
    opening: bytes
    """The fields of the head before those of the reader."""
    subject: bytes | Pieces
    defaults: Mapping[str, str]
    middle: bytes
    """Those after the thread, before List-Unsubscribe."""
    closing: bytes
    """The last ones, and the empty line."""
    shared: Mapping[str, bytes]
    """Name, in small letters → field in DKIM's relaxed form, of all fields that never change."""
    body: Body
    signer: Signer | None = None

    @property
    def is_signed(self) -> bool:
        """Whether messages carry a DKIM signature of ours."""
        return self.signer is not None

    def message_for(self, recipient: Recipient) -> Message:
        """The message for that reader, whatever To and Cc show; the same bytes whenever it is asked for.

        HeaderError where a name, an address or a Message-ID cannot stand in a header; ValueError where a personal
        address is none.
        """
        body = self.body.filled(recipient.slots)
        own, leaving = self._own(recipient), self._leaving(recipient)
        signature = b""
        if self.signer:
            signed = dict(self.shared)
            for name, value in (*own, *leaving):
                signed[name.lower()] = relaxed(name, value)
            signature = self.signer.signature(signed, body, recipient.dated_at)
        content = b"".join(
            (
                signature,
                self.opening,
                *[headers.field(*each) for each in own],
                self.middle,
                *[headers.field(*each) for each in leaving],
                self.closing,
                *body,
            )
        )
        # To of a reader who needs SMTPUTF8 is in UTF-8: the relay looks whether that can go.
        is_7_bit = recipient.email.isascii()
        return Message(Envelope(self.envelope_sender, recipient.email), content, is_wire_ready=is_7_bit)

    def _own(self, recipient: Recipient) -> Fields:
        return [
            *_addressees(recipient),
            ("Subject", self._subject(recipient)),
            ("Date", headers.date(recipient.dated_at)),
            ("Message-ID", headers.message_id(recipient.message_id)),
            *_thread(recipient),
        ]

    def _subject(self, recipient: Recipient) -> bytes:
        if isinstance(self.subject, bytes):
            return self.subject
        words = filled_text(self.subject, recipient.slots, self.defaults, "text")
        return headers.unstructured("Subject", words)

    def _leaving(self, recipient: Recipient) -> Fields:
        """How to leave the list (RFC 2369); by one click, where there is something to click (RFC 8058 section 2)."""
        if not self.is_newsletter or not recipient.list_unsubscribe:
            return []
        urls = recipient.list_unsubscribe
        fields = [("List-Unsubscribe", headers.addresses("List-Unsubscribe", urls))]
        if any(url.startswith("https://") for url in urls):
            fields.append(("List-Unsubscribe-Post", b"List-Unsubscribe=One-Click"))
        return fields


def compile_message(
    rendition: Rendition,
    *,
    sender: Sender,
    envelope_sender: str,
    message_class: MessageClass,
    list_name: str = "",
    list_id: str = "",
    signer: Signer | None = None,
) -> MessageTemplate:
    """Make a rendition ready for any number of readers, whose messages `signer` signs.

    HeaderError where what they all share cannot be sent as it is: the subject, the sender, the list, an attachment.
    """
    is_newsletter = message_class == "newsletter"
    opening = [("From", headers.mailbox("From", sender.name, sender.email))]
    if sender.reply_to:
        opening.append(("Reply-To", headers.mailbox("Reply-To", "", sender.reply_to)))
    middle = [("Content-Language", rendition.variant.language.encode("ascii"))]
    if is_newsletter:
        middle += [("List-Id", headers.list_id(list_name, list_id)), ("Precedence", b"bulk")]
    else:
        # RFC 3834 section 5: sent by a machine, so that no vacation reply comes back.
        middle.append(("Auto-Submitted", b"auto-generated"))
    subject = split_slots(rendition.subject)
    is_fixed = all(isinstance(piece, str) for piece in subject)
    content_type, body = _body(rendition)
    closing = [("MIME-Version", b"1.0"), ("Content-Type", content_type)]
    return MessageTemplate(
        envelope_sender=envelope_sender,
        is_newsletter=is_newsletter,
        opening=_joined(opening),
        subject=headers.unstructured("Subject", rendition.subject) if is_fixed else subject,
        defaults=dict(rendition.defaults),
        middle=_joined(middle),
        closing=_joined(closing) + b"\r\n",
        shared={name.lower(): relaxed(name, value) for name, value in (*opening, *middle, *closing)},
        body=body,
        signer=signer,
    )


def _joined(fields: Fields) -> bytes:
    return b"".join([headers.field(*each) for each in fields])


def _body(rendition: Rendition) -> tuple[bytes, Body]:
    """The value of Content-Type, and the parts: text; html with its pictures; attachments beside them."""
    defaults = rendition.defaults
    seed = hashlib.sha256(f"{rendition.text}\x00{rendition.html}".encode()).hexdigest()
    text, html = (
        mime.text_part(rendition.text, "text", defaults),
        mime.text_part(rendition.html, "html", defaults),
    )
    pictures = rendition.pictures if rendition.images == "embedded" else ()
    if pictures:
        made = [[mime.picture_part(p.content, p.media_type, p.cid, _file_name(p))] for p in pictures]
        related = mime.multipart("related", [html, *made], _boundary("r", seed))
        html = mime.nested(related, b';\r\n type="text/html"')
    kind, body = mime.multipart("alternative", [text, html], _boundary("a", seed))
    if rendition.attachments:
        attached = [mime.attachment_part(each, defaults) for each in rendition.attachments]
        both = mime.nested((kind, body))
        kind, body = mime.multipart("mixed", [both, *attached], _boundary("m", seed))
    return kind, lay_out(body)


def _addressees(recipient: Recipient) -> Fields:
    """To, and Cc where somebody is shown there. What they show is no envelope: the mail goes to the reader alone."""
    heading = recipient.heading
    if heading.to:
        fields = [("To", headers.mailboxes("To", [(one.name, one.email) for one in heading.to]))]
    else:
        fields = [("To", headers.mailbox("To", recipient.name, recipient.email, utf8=True))]
    if heading.cc:
        fields.append(("Cc", headers.mailboxes("Cc", [(one.name, one.email) for one in heading.cc])))
    return fields


def _thread(recipient: Recipient) -> Fields:
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
    return f"{PurePosixPath(picture.src).stem}.{EXTENSIONS.get(picture.media_type, 'bin')}"


def _boundary(letter: str, seed: str) -> str:
    """Quoted-printable and base64 never contain `=_`, so this cannot occur in a part (RFC 2045 6.7).

    Of what all readers share: text in holes is encoded like the rest.
    """
    return f"=_{letter}{seed[:24]}"
