"""Compiled messages say exactly what the standard library's say, made anew for each reader from whole texts."""

from __future__ import annotations

import email
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from message_kit import (
    LEAVING,
    WHEN,
    compiled,
    obvious_message,
    picture,
    reader,
    rendition,
    tree,
    wire_faults,
)

from mailer.model.dispatch import Heading, Mailbox
from mailer.model.rendition import Attachment, Rendition, text_slot, url_slot
from mailer.model.slots import BREAKS, CONTROLS

SIGNS = st.characters(exclude_categories=["Cs"])
SHORT_BITS = [
    "",
    ".",
    "..",
    "\n",
    "\n.",
    "\r\n.\r\n",
    "\r",
    " ",
    "  ",
    "\t",
    " \n",
    "=",
    "==",
    "From ",
    "--=_a",
    "<p>",
    "&",
]
LONG_BITS = ["a" * 72, "a" * 75, "b" * 57, "c" * 58, "d" * 59, "." * 80, "=" * 40, "word " * 40, "лист " * 30]
ODD_BITS = ["\U0001f98c" * 20, "\x00", "\u2028", "\xa0"]
BITS = st.one_of(st.sampled_from([*SHORT_BITS, *LONG_BITS, *ODD_BITS]), st.text(SIGNS, max_size=30))
WORDS = ["name", "country", "salutation", "owed", "country_in__en"]
TOKENS = [*map(text_slot, WORDS), url_slot("unsubscribe"), text_slot("no_such_field")]
TEXTS = st.lists(st.one_of(BITS, st.sampled_from(TOKENS)), max_size=9).map("".join)
PLAIN_VALUES = ["", " a ", "a  b", "Kyrgyzstan", "From me", "x" * 75, "ж" * 50, text_slot("name")]
ODD_VALUES = [
    ".",
    "..",
    "\r\n.\r\n",
    "\n.\n",
    "." * 90,
    "=",
    "<b>&",
    "a\x00b",
    "\\;,",
    "=?utf-8?q?=0ABcc:_e@example.com?=",
]
VALUES = st.one_of(st.sampled_from(PLAIN_VALUES + ODD_VALUES), st.text(SIGNS, max_size=90))
SLOTS = st.fixed_dictionaries(
    {"unsubscribe": st.sampled_from([LEAVING[0], LEAVING[1], "https://example.org/ё?a=1&b=" + "2" * 90, ""])},
    optional=dict.fromkeys(WORDS, VALUES),
)
CALENDARS = TEXTS.map(lambda words: f"BEGIN:VCALENDAR\nSUMMARY:{words}\nEND:VCALENDAR")
ATTACHMENTS = st.one_of(
    st.builds(
        lambda content: Attachment(name="d.ics", media_type="text/calendar; method=PUBLISH", content=content),
        CALENDARS,
    ),
    st.builds(lambda content: Attachment(name="n-1.txt", media_type="text/plain", content=content), TEXTS),
)
RENDITIONS = st.builds(
    rendition,
    text=TEXTS,
    html=TEXTS,
    language=st.sampled_from(["en", "ru", "zh-Hant"]),
    pictures=st.lists(st.binary(max_size=120), max_size=2).map(
        lambda contents: tuple(picture(content, f"p{n}@pictures") for n, content in enumerate(contents))
    ),
    attachments=st.lists(ATTACHMENTS, max_size=2).map(tuple),
    images=st.sampled_from(["embedded", "hosted"]),
    defaults=st.fixed_dictionaries({}, optional={"country": st.just("your country"), "owed": VALUES}),
)
FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(made=RENDITIONS, slots=SLOTS, other=SLOTS)
@example(made=rendition(text=text_slot("name"), html=""), slots={"name": "."}, other={})
@example(
    made=rendition(text=f"a\n{text_slot('name')}.\n.", html=""), slots={"name": ""}, other={"name": ".."}
)
@example(
    made=rendition(text=f"{text_slot('name')}{text_slot('owed')}", html=""), slots={"name": "a "}, other={}
)
@example(
    made=rendition(text="ж" * 80 + text_slot("name") + "ж" * 29 + text_slot("owed") + "ж" * 28, html=""),
    slots={"name": "ab", "owed": ""},
    other={"name": "abc", "owed": "ж"},
)
def test_every_part_says_what_the_slow_obvious_way_says(
    made: Rendition, slots: dict[str, str], other: dict[str, str]
) -> None:
    template = compiled(made, notice=True)
    for values in (slots, other, slots):
        message = template.message_for(reader(values))
        assert wire_faults(message) == []
        assert tree(email.message_from_bytes(message.content)) == tree(obvious_message(made, values))
    assert template.message_for(reader(slots)).content == template.message_for(reader(slots)).content


@FEW
@given(
    subject=st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=90
    ),
    name=st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=90
    ),
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    thread=st.lists(st.sampled_from(["<a@example.org>", "<b.2@example.org>"]), max_size=3),
    notice=st.booleans(),
)
def test_every_header_says_what_was_meant(
    subject: str, name: str, value: str, thread: list[str], notice: bool
) -> None:
    people = (Mailbox(name, "kim@example.org"), Mailbox("", "c@example.org"))
    heading = Heading(cc=people, references=tuple(thread))
    template = compiled(rendition(subject=subject + text_slot("name")), notice=notice)
    message = template.message_for(reader({"name": value}, name=name, heading=heading))
    assert wire_faults(message) == []
    read = email.message_from_bytes(message.content)
    one_line = CONTROLS.sub("", BREAKS.sub(" ", value)).strip()
    expected = {
        "From": [("CMS Secretariat, CAMI", "news@example.org")],
        "Reply-To": [("", "office@example.org")],
        "To": [(one_spaced(name), "aigul@example.org")],
        "Cc": [(one_spaced(name), "kim@example.org"), ("", "c@example.org")],
        "Subject": one_spaced(subject + one_line),
        "Message-ID": "<abc123@example.org>",
        "Date": WHEN,
        "Content-Language": "en",
        "MIME-Version": "1.0",
    }
    if thread:
        expected |= {"In-Reply-To": thread[-1], "References": " ".join(thread)}
    if notice:
        expected["Auto-Submitted"] = "auto-generated"
    else:
        expected["List-Id"] = "CAMI Newsletter <cami.example.org>"
        expected["Precedence"] = "bulk"
        expected["List-Unsubscribe"] = ", ".join(f"<{url}>" for url in LEAVING)
        expected["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    assert {key: meant(read, key) for key in read if key != "Content-Type"} == expected
    assert len(read.keys()) == len(set(read.keys()))


def meant(read: email.message.Message, name: str) -> object:
    value = read[name].replace("\r\n", "")
    if name in ("From", "Reply-To", "To", "Cc"):
        return [(str(make_header(decode_header(shown))), address) for shown, address in getaddresses([value])]
    if name == "Date":
        return parsedate_to_datetime(value)
    return str(make_header(decode_header(value))) if name == "Subject" else value


def one_spaced(words: str) -> str:
    return " ".join(part for part in words.split(" ") if part)


def test_only_fields_that_occur_are_looked_at() -> None:
    template = compiled(rendition(text=text_slot("name")))
    message = template.message_for(reader({"name": "Aigul", "web_view": "javascript:alert(1)"}))
    assert b"Aigul" in message.content
    assert b"javascript" not in message.content


def test_the_boundary_is_the_same_for_all_readers_and_cannot_occur_in_what_they_give() -> None:
    made = rendition(text=f"Dear {text_slot('name')}", html=f"<p>{text_slot('name')}")
    template = compiled(made)
    first = template.message_for(reader({"name": "Aigul"}))
    boundary = email.message_from_bytes(first.content).get_boundary()
    assert boundary
    hostile = template.message_for(reader({"name": f"\r\n--{boundary}--\r\n"}))
    assert email.message_from_bytes(hostile.content).get_boundary() == boundary
    lines = [line for line in hostile.content.split(b"\r\n") if line.startswith(b"--")]
    mark = b"--" + boundary.encode()
    assert lines == [mark, mark, mark + b"--"]
