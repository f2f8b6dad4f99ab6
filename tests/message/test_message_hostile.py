"""Whatever stands in a name, a field or a text: the bytes have the fields that they should, and end once."""

from __future__ import annotations

import email
from collections.abc import Callable

import pytest
from message_kit import SENDER, compiled, head_and_body, picture, reader, rendition, wire_faults

from mailer.errors import MailerError
from mailer.message import HeaderError
from mailer.model.dispatch import Heading, Mailbox
from mailer.model.message import Message
from mailer.model.rendition import Attachment, text_slot

TROUBLE = {
    "LF": "\n",
    "CR": "\r",
    "CRLF": "\r\n",
    "folded": "\r\n ",
    "NUL": "\x00",
    "VT": "\x0b",
    "FF": "\x0c",
    "FS": "\x1c",
    "GS": "\x1d",
    "RS": "\x1e",
    "NEL": "\x85",
    "LS": "\u2028",
    "PS": "\u2029",
}
EVIL = "Bcc: evil@example.com"
HOSTILE = {
    **{name: f"A{sign}{EVIL}" for name, sign in TROUBLE.items()},
    **{f"{name} twice": f"A{sign}{sign}<p>evil" for name, sign in TROUBLE.items()},
    "Q word": "=?utf-8?q?A=0ABcc:_evil@example.com?=",
    "Q word, CRLF": "=?utf-8?q?A=0D=0ABcc:_evil@example.com?=",
    "B word": "=?utf-8?b?QQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
    "quoted": f'A" <evil@example.com>, "{EVIL}',
    "angle": "A <evil@example.com>, B",
}
NAMES = [
    "From",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Content-Language",
    "List-Id",
    "Precedence",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
]
THREAD = Heading(cc=(Mailbox("Kim", "kim@example.org"),), references=("<a@example.org>",))


def sent(template_settings: dict[str, object], reader_settings: dict[str, object], **made: object) -> Message:
    template = compiled(rendition(**{"subject": "News"} | made), **template_settings)  # type: ignore[arg-type]
    return template.message_for(reader(**{"heading": THREAD} | reader_settings))  # type: ignore[arg-type]


FIELDS: dict[str, Callable[[str], Message]] = {
    "subject": lambda evil: sent({}, {}, subject=evil),
    "field in the subject": lambda evil: sent(
        {}, {"slots": {"name": evil}}, subject=f"For {text_slot('name')}"
    ),
    "field in the text": lambda evil: sent(
        {}, {"slots": {"name": evil}}, text=text_slot("name"), html=text_slot("name")
    ),
    "sender's name": lambda evil: sent({"sender": SENDER.model_copy(update={"name": evil})}, {}),
    "sender's address": lambda evil: sent({"sender": SENDER.model_copy(update={"email": evil})}, {}),
    "reply address": lambda evil: sent({"sender": SENDER.model_copy(update={"reply_to": f"a{evil}"})}, {}),
    "list's name": lambda evil: sent({"list_name": evil}, {}),
    "list's id": lambda evil: sent({"list_id": f"cami.example.org{evil}"}, {}),
    "reader's name": lambda evil: sent({}, {"name": evil}),
    "reader's address": lambda evil: sent({}, {"email": f"a@example.org{evil}"}),
    "name in To": lambda evil: sent(
        {}, {"heading": Heading((Mailbox(evil, "a@example.org"),), THREAD.cc, THREAD.references)}
    ),
    "name in Cc": lambda evil: sent(
        {}, {"heading": Heading((), (Mailbox(evil, "a@example.org"),), THREAD.references)}
    ),
    "address in Cc": lambda evil: sent(
        {}, {"heading": Heading((), (Mailbox("", f"a{evil}"),), THREAD.references)}
    ),
    "reference": lambda evil: sent({}, {"heading": Heading((), THREAD.cc, (f"<a@example.org{evil}>",))}),
    "Message-ID": lambda evil: sent({}, {"message_id": f"<a{evil}@example.org>"}),
    "how to leave": lambda evil: sent({}, {"list_unsubscribe": (f"https://example.org/{evil}",)}),
    "attachment's name": lambda evil: sent({}, {}, attachments=(attachment(name=f"{evil}.ics"),)),
    "attachment's kind": lambda evil: sent({}, {}, attachments=(attachment(media_type=f"text/plain{evil}"),)),
    "attachment's words": lambda evil: sent({}, {"slots": {"name": evil}}, attachments=(attachment(),)),
    "picture's file": lambda evil: sent({}, {}, pictures=(picture(src=f"images/{evil}.jpg"),)),
    "picture's id": lambda evil: sent({}, {}, pictures=(picture(cid=f"p1@pictures{evil}"),)),
    "picture's kind": lambda evil: sent(
        {}, {}, pictures=(picture().model_copy(update={"media_type": f"image/jpeg{evil}"}),)
    ),
}


def attachment(name: str = "d.ics", media_type: str = "text/calendar") -> Attachment:
    return Attachment(name=name, media_type=media_type, content=f"SUMMARY:{text_slot('name')}")


@pytest.mark.parametrize("evil", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_a_hostile_value_is_words_or_is_refused(field: Callable[[str], Message], evil: str) -> None:
    try:
        message = field(evil)
    except HeaderError:
        return
    assert wire_faults(message) == []
    read = email.message_from_bytes(message.content)
    expected = [name for name in NAMES if name != "List-Unsubscribe-Post" or name in read]
    assert read.keys() == expected
    assert not read.defects
    for part in read.walk():
        assert set(part.keys()) <= {
            *expected,
            "Content-Transfer-Encoding",
            "Content-ID",
            "Content-Disposition",
        }
    head, _ = head_and_body(message.content)
    fields = [line for line in head.split(b"\r\n") if line and not line.startswith(b" ")]
    assert [line.partition(b":")[0].decode() for line in fields] == expected


def test_a_value_that_may_stand_there_is_not_refused() -> None:
    for name in ("subject", "reader's name", "field in the subject", "attachment's words", "picture's file"):
        assert FIELDS[name](HOSTILE["Q word"]).content


ENDINGS = [
    "\n.\n",
    "\r.\r",
    "\r\n.\n",
    "\n.\r\n",
    "\r\n.\r\n",
    "\r\n\x00.\r\n",
    "\r.\n",
    "\n.\r",
    "\r\n.\r",
    "\r\r\n.\r\r\n",
    "\n\n.\n\n",
    "\u2028.\u2028",
    "\x85.\x85",
    ".\r\n",
    "..\r\n.",
]
SMUGGLED = "MAIL FROM:<evil@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: x\r\n\r\nevil"


@pytest.mark.parametrize("ending", ENDINGS, ids=[ascii(ending) for ending in ENDINGS])
@pytest.mark.parametrize(
    "place", ["text", "html", "value", "value after a line", "attachment", "Russian", "value in Russian"]
)
def test_no_ending_that_servers_have_fallen_for_is_ever_on_the_wire(place: str, ending: str) -> None:
    name = text_slot("name")
    evil = f"Hello{ending}{SMUGGLED}{ending}"
    russian = "Сайгаки вернулись в степь. " * 9
    made = {
        "text": rendition(text=evil),
        "html": rendition(html=evil),
        "value": rendition(text=f"Dear {name}.", html=name),
        "value after a line": rendition(text=f"Dear\n{name}\n.", html=f"\n{name}"),
        "attachment": rendition(
            attachments=(Attachment(name="a.txt", media_type="text/plain", content=evil + name),)
        ),
        "Russian": rendition(text=russian + evil, html=russian),
        "value in Russian": rendition(text=f"{russian}\n{name}\n{russian}", html=f"{name}{russian}{name}"),
    }[place]
    message = compiled(made).message_for(reader({"name": evil}))
    assert wire_faults(message) == []
    assert message.content.count(b"\r\n.") == 0


@pytest.mark.parametrize("value", [".", "..", ".\n", "\n.", ". ", "", "x" * 76 + ".", "." * 300])
def test_a_dot_is_never_first_on_a_line_wherever_a_field_stands(value: str) -> None:
    name = text_slot("name")
    for text in (
        name,
        f"\n{name}",
        f"{name}\n",
        f".{name}",
        f"{name}.",
        f"{name}{name}",
        f"{name}.\n.{name}",
        "x" * 75 + name,
    ):
        message = compiled(rendition(text=text, html=text)).message_for(reader({"name": value}))
        assert wire_faults(message) == []
        plain = email.message_from_bytes(message.content).get_payload()[0].get_payload(decode=True)
        assert plain.decode().replace("\r\n", "\n") == text.replace(name, value.replace("\n", " ").strip())


def test_an_address_that_is_none_is_refused_in_words() -> None:
    with pytest.raises((MailerError, ValueError), match="must begin with https"):
        compiled(rendition(html="https://slot.invalid/unsubscribe")).message_for(
            reader({"unsubscribe": "javascript:x"})
        )
