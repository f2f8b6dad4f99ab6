"""Signatures: another program's verifier takes them, and takes nothing that was changed."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from message_kit import (
    LEAVING,
    compiled,
    head_and_body,
    picture,
    private_key,
    reader,
    rendition,
    signer,
    wire_faults,
)

from mailer.message.dkim import SIGNED
from mailer.message.dkim_keys import record_strings, record_value
from mailer.model.dispatch import Heading, Mailbox
from mailer.model.message import Message
from mailer.model.rendition import Attachment, text_slot, url_slot

SLOTS = {"name": "Aigul", "country": "Kyrgyzstan", "unsubscribe": LEAVING[0]}
MADE = rendition(
    subject=f"Новости for {text_slot('name')}",
    html=f'<p>Dear {text_slot("name")},</p>\n<a href="{url_slot("unsubscribe")}">leave</a>'
    + "<td></td>" * 99,
    text=f"Уважаемый {text_slot('name')},\n\n..\n" + "Сайга. " * 40,
    pictures=(picture(),),
    attachments=(
        Attachment(
            name="d.ics",
            media_type="text/calendar; method=PUBLISH",
            content=f"SUMMARY:{text_slot('country')}",
        ),
    ),
)
HEADING = Heading(
    cc=(Mailbox("Dr Ж. Ким", "kim@example.org"),), references=("<a@example.org>", "<b@example.org>")
)


def verifies(content: bytes, number: int = 0) -> bool:
    """What dkimpy says, with that key in the DNS."""

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"2026a._domainkey.example.org."
        return record_value(private_key(number)).encode()

    return dkim.verify(content, dnsfunc=dns)


def signed(*, notice: bool = False, **more: object) -> Message:
    return compiled(MADE, notice=notice, signer=signer()).message_for(reader(SLOTS, **more))


def tags_of(content: bytes) -> dict[str, str]:
    head, _ = head_and_body(content)
    value = re.sub(rb"\r\n ", b" ", head).split(b"\r\n")[0].removeprefix(b"DKIM-Signature: ").decode()
    pairs = (tag.strip().partition("=") for tag in value.split(";"))
    return {name: re.sub(r"\s", "", tag) for name, _, tag in pairs}


@pytest.mark.parametrize("notice", [False, True])
@pytest.mark.parametrize("heading", [Heading(), HEADING])
def test_another_verifier_takes_our_signature(notice: bool, heading: Heading) -> None:
    message = signed(notice=notice, heading=heading)
    assert wire_faults(message) == []
    assert message.content.startswith(b"DKIM-Signature: v=1;")
    assert max(map(len, message.content.partition(b"\r\nFrom:")[0].split(b"\r\n"))) <= 76
    assert verifies(message.content)


@settings(max_examples=25, deadline=None)
@given(
    name=st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=90
    ),
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
    body=st.lists(
        st.sampled_from([" ", "  ", "\n", "\t", ".", "ж", "=", "a" * 76, text_slot("name")]), max_size=12
    ),
    thread=st.integers(0, 30),
)
def test_whatever_a_reader_is_called_the_signature_holds(
    name: str, value: str, body: list[str], thread: int
) -> None:
    made = rendition(subject=f"  {text_slot('name')}  x", html="".join(body), text="".join(reversed(body)))
    heading = Heading(references=tuple(f"<{number}@example.org>" for number in range(thread)))
    template = compiled(made, signer=signer())
    message = template.message_for(reader({"name": value}, name=name, heading=heading))
    assert wire_faults(message) == []
    assert verifies(message.content)


def test_a_resend_is_the_same_bytes_and_says_when_it_was_first_dated() -> None:
    first, again = signed().content, signed().content
    assert first == again
    tags = tags_of(first)
    assert tags["t"] == str(int(datetime(2016, 12, 19, 9, 14, tzinfo=UTC).timestamp()))
    assert (tags["v"], tags["a"], tags["c"]) == ("1", "rsa-sha256", "relaxed/relaxed")
    assert (tags["d"], tags["s"]) == ("example.org", "2026a")
    assert not {"l", "x", "z"} & set(tags)


def test_every_name_is_signed_once_more_than_it_occurs() -> None:
    for notice, heading in ((False, Heading()), (True, HEADING)):
        content = signed(notice=notice, heading=heading).content
        named = tags_of(content)["h"].split(":")
        head, _ = head_and_body(content)
        there = [line.split(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1].strip()]
        expected = set(SIGNED) | ({"cc", "in-reply-to", "references"} if heading.cc else set())
        assert set(named) == expected
        assert {name: named.count(name) for name in expected} == {
            name: there.count(name) + 1 for name in expected
        }


def test_how_to_leave_stands_on_one_line_and_is_signed() -> None:
    long = (f"https://news.example.org/unsubscribe/{'x' * 200}", LEAVING[1])
    content = signed(list_unsubscribe=long).content
    assert f"\r\nList-Unsubscribe: <{long[0]}>, <{long[1]}>\r\n".encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
    named = tags_of(content)["h"].split(":")
    assert named.count("list-unsubscribe") == named.count("list-unsubscribe-post") == 2
    assert verifies(content)


FIELDS = [name.title() for name in (*SIGNED, "cc", "in-reply-to", "references")]


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_changed_taken_out_or_added_breaks_the_signature(name: str) -> None:
    content = signed(heading=HEADING).content
    head, body = head_and_body(content)
    fields = re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*", head)
    here = [at for at, field in enumerate(fields) if field.lower().startswith(name.lower().encode() + b":")]
    forged = f"{name}: forged@example.com\r\n".encode()
    ways = [[forged, *fields], [*fields, forged]]
    for at in here:
        ways += [[*fields[:at], forged, *fields[at + 1 :]], [*fields[:at], *fields[at + 1 :]]]
        ways += [[*fields[:at], fields[at].replace(b"\r\n", b"x\r\n", 1), *fields[at + 1 :]]]
    assert len(here) == (0 if name == "Content-Transfer-Encoding" else 1)
    assert verifies(b"".join(fields) + b"\r\n" + body)
    for changed in ways:
        assert not verifies(b"".join(changed) + b"\r\n" + body), changed


def test_a_relay_may_fold_fields_anew_and_add_its_own() -> None:
    content = signed(heading=HEADING).content
    refolded = content.replace(b"To: Aigul", b"TO:   Aigul\r\n\t").replace(b"\r\nDate:", b"\r\ndate :", 1)
    assert refolded != content
    assert verifies(b"Received: from here\r\nX-Kept: yes\r\n" + content)
    assert verifies(refolded.replace(b"date :", b"date:"))


@pytest.mark.parametrize("place", [0.0, 0.1, 0.4, 0.7, 0.99])
def test_one_octet_of_the_body_that_is_changed_breaks_the_signature(place: float) -> None:
    content = signed().content
    begin = content.index(b"\r\n\r\n") + 4
    at = begin + int((len(content) - begin - 1) * place)
    while content[at : at + 1] in b"\r\n ":
        at += 1
    changed = content[:at] + (b"x" if content[at : at + 1] != b"x" else b"y") + content[at + 1 :]
    assert verifies(content)
    assert not verifies(changed)
    assert not verifies(content + b"Appended.\r\n")


def test_another_key_in_the_dns_does_not_verify_it() -> None:
    content = signed().content
    assert verifies(content)
    assert not verifies(content, number=1)


def test_many_threads_make_what_one_makes() -> None:
    template = compiled(MADE, signer=signer())
    people = [
        reader({**SLOTS, "name": f"Reader {n % 40}"}, email=f"r{n}@example.org", name=f"Читатель {n}")
        for n in range(200)
    ]
    alone = [template.message_for(one).content for one in people]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda one: template.message_for(one).content, people))
    assert together == alone
    assert len(set(alone)) == 200


def test_without_a_signer_there_is_no_signature() -> None:
    template = compiled(MADE)
    assert not template.is_signed
    assert compiled(MADE, signer=signer()).is_signed
    content = template.message_for(reader(SLOTS)).content
    assert content.startswith(b"From:")
    assert signed().content.endswith(content)


def test_long_names_of_key_and_domain_still_make_whole_lines() -> None:
    long = replace(signer(), domain=".".join(["d" * 60] * 4), selector="s" * 63)
    content = compiled(MADE, signer=long).message_for(reader(SLOTS)).content
    assert (tags_of(content)["d"], tags_of(content)["s"]) == (long.domain, long.selector)
    lines = content.partition(b"\r\nFrom:")[0].split(b"\r\n")
    assert all(len(line) <= 76 or line.startswith(b" d=") for line in lines)


def test_the_record_is_what_zone_files_can_hold() -> None:
    value = record_value(private_key())
    strings = record_strings(value)
    assert "".join(strings) == value
    assert len(strings) == 2
    assert all(len(string) <= 255 for string in strings)
