"""Messages as bytes: they say what was meant, to every parser, and nothing else."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from mailer.config import PublicMode
from mailer.errors import MailerError
from mailer.message import HeaderError, Recipient, compile_message, unsubscribe_token, unsubscribe_urls
from mailer.model.dispatch import Heading, Mailbox
from mailer.model.issue import Sender
from mailer.model.message import Message
from mailer.model.rendition import Attachment, Picture, Rendition, Variant, text_slot, url_slot

SENDER = Sender(name="CMS Secretariat, CAMI", email="news@example.org", reply_to="office@example.org")
WHEN = datetime(2016, 12, 19, 9, 14, tzinfo=UTC)
NEWSLETTER_HEADERS = [
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Language",
    "List-Id",
    "Precedence",
    "List-Unsubscribe",
    "MIME-Version",
    "Content-Type",
]
TROUBLE = ["\n", "\r", "\r\n", "\x00", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
HIDDEN = ["=?utf-8?q?Hello=0ABcc:_evil@example.com?=", "=?utf-8?b?SGVsbG8KQmNjOiBldmlsQGV4YW1wbGUuY29t?="]
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=120
)


def rendition(
    subject: str = "News", html: str = "<p>Hello</p>", text: str = "Hello", **more: object
) -> Rendition:
    variant = Variant(language="en", items=("a",))
    return Rendition.model_validate(
        {"variant": variant, "subject": subject, "preheader": "", "html": html, "text": text} | more
    )


def written(made: Rendition, name: str = "Aigul", message_class: str = "newsletter", **slots: str) -> Message:
    template = compile_message(
        made,
        sender=SENDER,
        envelope_sender="bounces@example.org",
        message_class="notice" if message_class == "notice" else "newsletter",
        list_name="CAMI Newsletter",
        list_id="cami.example.org",
    )
    recipient = Recipient(
        email="aigul@example.org",
        name=name,
        message_id="<abc123@example.org>",
        dated_at=WHEN,
        slots=slots,
        list_unsubscribe=("mailto:leave@example.org?subject=unsubscribe",),
    )
    return template.message_for(recipient)


def parsed(message: Message) -> EmailMessage:
    made = email.message_from_bytes(message.content, policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


def display_name(message: Message) -> str:
    """The name in To, read by RFC 2047: the modern parser leaves a blank between adjacent encoded words."""
    raw = email.message_from_bytes(message.content)["To"].replace("\r\n", "")
    phrase, _ = parseaddr(raw)
    return str(make_header(decode_header(phrase)))


def names(message: Message) -> list[str]:
    return list(parsed(message).keys())


def assert_fit_for_the_wire(message: Message) -> None:
    content = message.content
    assert max(content) < 128
    assert b"\x00" not in content
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


def one_spaced(words: str) -> str:
    """Lines are folded at plain spaces, so of several one is left; no-break and wide spaces stay."""
    return re.sub(" +", " ", words).strip(" ")


@given(subject=TEXT, name=TEXT)
def test_any_subject_and_name_come_out_as_they_went_in(subject: str, name: str) -> None:
    message = written(rendition(subject=subject), name=name)
    read = parsed(message)
    assert str(read["Subject"]) == one_spaced(subject)
    assert display_name(message) == one_spaced(name)
    assert read["To"].addresses[0].addr_spec == "aigul@example.org"
    assert names(message) == NEWSLETTER_HEADERS
    assert_fit_for_the_wire(message)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_control_character_in_a_name_or_subject_is_refused_and_never_written(trouble: str) -> None:
    for call in (
        lambda: written(rendition(), name=f"A{trouble}Bcc: evil@example.com"),
        lambda: written(rendition(subject=f"A{trouble}Bcc: evil@example.com")),
    ):
        with pytest.raises(HeaderError, match="control character"):
            call()


@pytest.mark.parametrize("hidden", HIDDEN)
def test_an_encoded_word_with_a_line_break_in_it_stays_words(hidden: str) -> None:
    message = written(rendition(subject=hidden), name=hidden)
    assert names(message) == NEWSLETTER_HEADERS
    assert b"\nBcc" not in message.content
    raw = email.message_from_bytes(message.content)
    assert "Bcc" not in raw


@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_personal_field_ever_adds_a_header(value: str) -> None:
    made = rendition(subject=f"For {text_slot('name')}", text=f"Dear {text_slot('name')}")
    try:
        message = written(made, name=value, country=value, salutation=value)
    except MailerError:
        return
    assert names(message) == NEWSLETTER_HEADERS
    assert_fit_for_the_wire(message)


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=400))
@example(text="\n")
@example(text="")
@example(text="a\n\n")
def test_any_text_comes_back_from_the_parts_unchanged(text: str) -> None:
    message = written(rendition(html=f"<p>{text}</p>", text=text))
    assert_fit_for_the_wire(message)
    plain, html = parsed(message).iter_parts()
    assert decoded(plain) == text
    assert decoded(html) == f"<p>{text}</p>"


def decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8").replace("\r\n", "\n")


def test_a_russian_text_travels_as_base64_and_an_english_one_as_quoted_printable() -> None:
    plain, html = parsed(written(rendition(html="<p>Hello</p>", text="Снежный барс и сайгак"))).iter_parts()
    assert plain["Content-Transfer-Encoding"] == "base64"
    assert html["Content-Transfer-Encoding"] == "quoted-printable"


def test_personal_fields_are_filled_and_escaped_and_empty_ones_get_their_default() -> None:
    made = rendition(
        html=f'<p>{text_slot("name")} of {text_slot("country")}</p><a href="{url_slot("unsubscribe")}">x</a>',
        text=f"{text_slot('name')} of {text_slot('country')}",
        defaults={"country": "your country"},
    )
    message = written(made, country="", unsubscribe="https://example.org/u?a=1&b=2")
    plain, html = parsed(message).iter_parts()
    assert "your country" in decoded(plain)
    assert "https://example.org/u?a=1&amp;b=2" in decoded(html)
    hostile = parsed(written(made, country="<img src=x onerror=alert(1)>"))
    assert "&lt;img" in decoded(list(hostile.iter_parts())[1])
    assert message.envelope.recipient == "aigul@example.org"


def test_the_same_reader_at_the_same_time_gets_the_same_bytes() -> None:
    assert written(rendition()).content == written(rendition()).content


def test_a_notice_says_it_was_sent_by_a_machine_and_has_no_list_headers() -> None:
    read = parsed(written(rendition(), message_class="notice"))
    assert read["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in read
    assert "List-Id" not in read


def test_pictures_travel_inside_and_are_found_by_their_content_id() -> None:
    picture = Picture(
        src="images/a b.jpg",
        cid="p1@pictures",
        media_type="image/jpeg",
        sha256="0" * 64,
        width=1,
        height=1,
        content=b"\xff\xd8\x00" * 99,
    )
    message = written(rendition(html='<img src="cid:p1@pictures">', pictures=(picture,)))
    assert_fit_for_the_wire(message)
    _, related = parsed(message).iter_parts()
    assert related.get_content_type() == "multipart/related"
    html, image = related.iter_parts()
    assert html.get_content_type() == "text/html"
    assert image["Content-ID"] == "<p1@pictures>"
    assert image.get_payload(decode=True) == b"\xff\xd8\x00" * 99


def test_only_a_server_that_answers_makes_a_one_click_header() -> None:
    token = unsubscribe_token(b"k" * 32, "news", "a@example.org")
    mail_only = unsubscribe_urls(token, "news", "leave@example.org", PublicMode.NONE, "")
    assert len(mail_only) == 1
    assert mail_only[0].startswith("mailto:leave@example.org?subject=")
    both = unsubscribe_urls(token, "news", "leave@example.org", PublicMode.SERVER, "https://news.example.org")
    assert both[0] == f"https://news.example.org/unsubscribe/news/{token}"
    template = compile_message(
        rendition(),
        sender=SENDER,
        envelope_sender="b@example.org",
        message_class="newsletter",
        list_name="News",
        list_id="news.example.org",
    )
    message = template.message_for(Recipient("a@example.org", "", "<1@example.org>", WHEN, {}, both))
    assert parsed(message)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    lines = [line for line in message.content.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
    assert lines == [f"List-Unsubscribe: <{both[0]}>, <{both[1]}>".encode()]


def test_an_unsubscribe_token_belongs_to_one_address_one_list_and_one_key() -> None:
    tokens = {
        unsubscribe_token(key, name, address)
        for key in (b"a" * 32, b"b" * 32)
        for name in ("news", "other")
        for address in ("a@example.org", "b@example.org")
    }
    assert len(tokens) == 8
    assert all(len(token) == 26 for token in tokens)


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: e@example.com",
        "a b@example.org",
        "a@example.org,b@example.org",
        "<a@example.org>",
        "",
    ],
)
def test_what_is_not_an_address_never_reaches_a_header(address: str) -> None:
    template = compile_message(
        rendition(),
        sender=SENDER,
        envelope_sender="b@example.org",
        message_class="newsletter",
        list_name="News",
        list_id="news.example.org",
    )
    with pytest.raises(HeaderError):
        template.message_for(Recipient(address, "A", "<1@example.org>", WHEN, {}))


KIM = Mailbox("Dr Ж. Ким", "kim@example.org")
ONEIL = Mailbox('Ms "O\'Neil", Deputy', "oneil@example.org")
FIRST, SECOND = "<first.1@example.org>", "<second.2@example.org>"


def addressed(heading: Heading, made: Rendition | None = None, **slots: str) -> Message:
    template = compile_message(
        made or rendition(), sender=SENDER, envelope_sender="b@example.org", message_class="notice"
    )
    return template.message_for(
        Recipient("aigul@example.org", "Aigul", "<abc123@example.org>", WHEN, slots, heading=heading)
    )


def mailboxes(message: Message, name: str) -> list[tuple[str, str]]:
    """Names and addresses in a field, names read by RFC 2047."""
    raw = email.message_from_bytes(message.content).get_all(name, [])
    return [
        (str(make_header(decode_header(display))), address)
        for display, address in getaddresses([one.replace("\r\n", "") for one in raw])
    ]


def test_a_reminder_shows_the_holders_in_to_and_the_others_in_cc_and_goes_to_its_reader_alone() -> None:
    message = addressed(Heading((KIM, ONEIL), (Mailbox("", "c@example.org"), KIM), (FIRST, SECOND)))
    assert message.envelope.recipient == "aigul@example.org"
    assert mailboxes(message, "To") == [(KIM.name, KIM.email), (ONEIL.name, ONEIL.email)]
    assert mailboxes(message, "Cc") == [("", "c@example.org"), (KIM.name, KIM.email)]
    read = parsed(message)
    assert read["In-Reply-To"] == SECOND
    assert read["References"].split() == [FIRST, SECOND]
    expected = ["From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References"]
    assert names(message) == [*expected, "Content-Language", "Auto-Submitted", "MIME-Version", "Content-Type"]
    assert_fit_for_the_wire(message)


def test_without_a_heading_the_message_is_what_it_was() -> None:
    message = addressed(Heading())
    assert mailboxes(message, "To") == [("Aigul", "aigul@example.org")]
    assert not {"Cc", "In-Reply-To", "References"} & set(names(message))


@given(
    shown=st.lists(st.tuples(TEXT, st.sampled_from(["a@example.org", "b.c@sub.example.org"])), max_size=12)
)
def test_any_names_in_to_and_cc_come_out_as_they_went_in(shown: list[tuple[str, str]]) -> None:
    people = tuple(Mailbox(name, address) for name, address in shown)
    message = addressed(Heading(people, people))
    wanted = [(one_spaced(name), address) for name, address in shown]
    assert mailboxes(message, "To") == (wanted or [("Aigul", "aigul@example.org")])
    assert mailboxes(message, "Cc") == wanted
    assert len(names(message)) == len(set(names(message)))
    assert_fit_for_the_wire(message)


@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@example(value="<a@example.org>\r\nBcc: evil@example.com")
@example(value="x@example.org>, <evil@example.com")
@example(value=HIDDEN[0])
def test_nothing_in_a_heading_adds_a_header_or_a_reader(value: str) -> None:
    for heading in (
        Heading(to=(Mailbox(value, "a@example.org"),)),
        Heading(cc=(Mailbox("A", value),)),
        Heading(references=(value,)),
        Heading(references=(FIRST, f"<{value}@example.org>")),
    ):
        try:
            message = addressed(heading)
        except MailerError:
            continue
        allowed = {*NEWSLETTER_HEADERS, "Auto-Submitted", "Cc", "In-Reply-To", "References"}
        assert set(names(message)) <= allowed
        assert len(names(message)) == len(set(names(message)))
        assert len(mailboxes(message, "To")) == 1
        assert message.envelope.recipient == "aigul@example.org"
        assert_fit_for_the_wire(message)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_control_character_in_a_heading_is_refused(trouble: str) -> None:
    for heading in (
        Heading(to=(Mailbox(f"A{trouble}B", "a@example.org"),)),
        Heading(cc=(Mailbox("A", f"a@example.org{trouble}"),)),
        Heading(references=(f"<a{trouble}b@example.org>",)),
    ):
        with pytest.raises(HeaderError):
            addressed(heading)


def test_a_domain_beyond_ascii_is_written_in_ascii_letters() -> None:
    message = addressed(
        Heading((Mailbox("A", "a@пример.example.org"),), (Mailbox("", "b@пример.example.org"),))
    )
    assert mailboxes(message, "To") == [("A", "a@xn--e1afmkfd.example.org")]
    assert mailboxes(message, "Cc") == [("", "b@xn--e1afmkfd.example.org")]


def test_a_long_thread_keeps_its_first_and_its_last_messages() -> None:
    ids = tuple(f"<{'m' * 40}{n}@example.org>" for n in range(60))
    message = addressed(Heading(references=ids))
    kept = parsed(message)["References"].split()
    assert (len(kept), kept[0], kept[-1]) == (20, ids[0], ids[-1])
    assert_fit_for_the_wire(message)


def test_a_crowd_in_cc_is_refused() -> None:
    with pytest.raises(HeaderError, match="Cc would show 51 people; 50 is the most"):
        addressed(Heading(cc=tuple(Mailbox("", f"a{n}@example.org") for n in range(51))))


CALENDAR = "\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Example//Reminder//EN",
        "BEGIN:VEVENT",
        "UID:report@example.org",
        "DTSTAMP:20170124T080000Z",
        "DTSTART;VALUE=DATE:20170424",
        f"SUMMARY:{text_slot('owed')}",
        f"DESCRIPTION:{text_slot('due')}\\n{url_slot('answer_done')}",
        f"URL:{url_slot('answer_done')}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
)


def with_calendar(**slots: str) -> Message:
    entry = Attachment(name="deadline.ics", media_type="text/calendar; method=PUBLISH", content=CALENDAR)
    return addressed(Heading(), rendition(attachments=(entry,)), **slots)


def attached(message: Message) -> tuple[EmailMessage, bytes]:
    (part,) = parsed(message).iter_attachments()
    assert isinstance(part, EmailMessage)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return part, payload


def test_an_attachment_comes_beside_both_forms_of_the_text() -> None:
    message = with_calendar(owed="the report")
    read = parsed(message)
    assert read.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in read.iter_parts()] == [
        "multipart/alternative",
        "text/calendar",
    ]
    part, _ = attached(message)
    assert (part.get_filename(), part.get_content_disposition()) == ("deadline.ics", "attachment")
    assert (part.get_content_charset(), part.get_param("method")) == ("utf-8", "PUBLISH")
    assert part["Content-Transfer-Encoding"] == "base64"
    assert_fit_for_the_wire(message)


@given(owed=TEXT, due=TEXT)
@example(owed="a\\b;c,d\nEND:VCALENDAR", due="Отчёт " * 40)
@example(owed="\r\nATTENDEE:mailto:evil@example.com", due="\U0001f98c" * 60)
def test_a_calendar_entry_says_what_was_meant_whatever_stands_in_a_field(owed: str, due: str) -> None:
    url = "https://answers.example.org/a;b,c?d=1"
    _, payload = attached(with_calendar(owed=owed, due=due, answer_done=url))
    lines = payload.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in payload.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")
    (event,) = Calendar.from_ical(payload).walk("VEVENT")
    plain = [BLANKS.sub(" ", value).strip() for value in (owed, due)]
    written_url = "https://answers.example.org/a%3Bb%2Cc?d=1"
    assert str(event["SUMMARY"]) == plain[0]
    assert str(event["DESCRIPTION"]) == f"{plain[1]}\n{written_url}"
    assert str(event["URL"]) == written_url
    assert "ATTENDEE" not in event


BLANKS = re.compile("[\\r\\n\\t\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]+")


@pytest.mark.parametrize(
    "name", ["../x.ics", "a b.ics", 'x".ics', "x\r\nBcc: e@example.com.ics", "напоминание.ics", ""]
)
def test_a_file_name_that_could_break_a_header_is_refused(name: str) -> None:
    entry = Attachment(name=name, media_type="text/calendar", content=CALENDAR)
    with pytest.raises(HeaderError, match="cannot be the name of an attachment"):
        addressed(Heading(), rendition(attachments=(entry,)))


@pytest.mark.parametrize(
    "kind", ["application/pdf", "text/calendar\r\nBcc: e@example.com", 'text/x; a="b', "text"]
)
def test_only_text_can_be_attached(kind: str) -> None:
    entry = Attachment(name="a.ics", media_type=kind, content=CALENDAR)
    with pytest.raises(HeaderError, match="is not a kind of text"):
        addressed(Heading(), rendition(attachments=(entry,)))


def test_a_text_attachment_keeps_its_lines_and_fills_its_fields() -> None:
    note = Attachment(
        name="note.txt", media_type="text/plain", content=f"Dear {text_slot('name')},\n{'long ' * 40}"
    )
    message = addressed(Heading(), rendition(attachments=(note,)), name="Aigul; Ltd")
    assert attached(message)[1] == f"Dear Aigul; Ltd,\r\n{'long ' * 40}".encode()


def test_the_same_reader_gets_the_same_bytes_with_heading_and_attachment_too() -> None:
    assert with_calendar(owed="x").content == with_calendar(owed="x").content
