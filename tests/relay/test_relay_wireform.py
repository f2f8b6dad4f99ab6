"""What may go over the wire at all: addresses and content."""

from __future__ import annotations

import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.relay import wireform
from mailer.relay.wireform import UnsendableAddressError, dot_stuffed, why_unsendable, wire_address


@pytest.mark.parametrize(
    ("given_form", "wire_form"),
    [
        ("reader@example.org", "reader@example.org"),
        ("Reader.One+cami@EXAMPLE.org", "Reader.One+cami@example.org"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("reader@büro.example.org", "reader@xn--bro-hoa.example.org"),
        ("reader@пример.example.org", "reader@xn--e1afmkfd.example.org"),
    ],
)
def test_a_plain_address_passes_with_its_domain_in_ascii(given_form, wire_form):
    assert wire_address(given_form) == wire_form


HOSTILE = [
    "",
    "@",
    "reader",
    "reader@",
    "@example.org",
    "a@example.org, b@example.org",
    "a@example.org;b@example.org",
    "Reader <reader@example.org>",
    "<reader@example.org>",
    "reader@example.org> SIZE=1",
    "reader@example.org>\r\nRCPT TO:<evil@example.com",
    "reader@example.org\nDATA",
    "reader@example.org\r",
    "reader @example.org",
    " reader@example.org",
    "reader@example.org ",
    '"a b"@example.org',
    '"a\r\nDATA"@example.org',
    "reader(comment)@example.org",
    "@relay.example.com:reader@example.org",
    "reader@[127.0.0.1]",
    "reader@example..org",
    ".reader@example.org",
    "reader\0@example.org",
    "reader@exam\u200bple.org",
    "a@b@example.org",
    "r" * 65 + "@example.org",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_anything_but_a_bare_address_is_refused(address):
    with pytest.raises(UnsendableAddressError):
        wire_address(address)


def test_a_local_part_outside_ascii_is_refused_by_name():
    with pytest.raises(UnsendableAddressError, match="SMTPUTF8"):
        wire_address("чтец@example.org")


@pytest.mark.parametrize(
    ("given_form", "wire_form"),
    [
        ("чтец@example.org", "чтец@example.org"),
        ("чтец@пример.example.org", "чтец@xn--e1afmkfd.example.org"),
        ("读者@example.org", "读者@example.org"),
        ("jürgen.müller@büro.example.org", "jürgen.müller@xn--bro-hoa.example.org"),
        ("reader@example.org", "reader@example.org"),
    ],
)
def test_with_smtputf8_a_local_part_is_left_as_it_is_and_the_domain_is_in_ascii(given_form, wire_form):
    assert wire_address(given_form, utf8=True) == wire_form


@pytest.mark.parametrize(
    "address",
    [
        *HOSTILE,
        "чтец> SIZE=1@example.org",
        "чтец\r\nDATA@example.org",
        "чт\u2028ец@example.org",
        "чт\u00a0ец@example.org",
        "чт\u200bец@example.org",
        "чт\u202eец@example.org",
        "\ud800чтец@example.org",
        '"чтец"@example.org',
        "чт ец@example.org",
        "чтец,evil@example.org",
        "ч@т@example.org",
        "я" * 40 + "@example.org",
    ],
)
def test_smtputf8_opens_no_door(address):
    with pytest.raises(UnsendableAddressError):
        wire_address(address, utf8=True)


LABELS = st.text(alphabet="abcdefz0129-", min_size=1, max_size=8)
LOCALS = st.text(alphabet="abzABZ019.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=12)


@given(LOCALS, st.lists(LABELS, min_size=1, max_size=4).map(".".join))
def test_the_quick_look_says_what_the_thorough_one_says(local, domain):
    address = f"{local}@{domain}"
    try:
        quick = wire_address(address)
    except UnsendableAddressError:
        return
    assert wireform._looked_at(address, False) == quick


@given(st.one_of(st.text(), st.text().map(lambda text: f"{text}@example.org"), st.emails()))
def test_what_passes_is_one_bare_ascii_address(address):
    try:
        wire = wire_address(address)
    except UnsendableAddressError:
        return
    assert wire.isascii()
    assert not set(wire) & set('<> \r\n\t\0,;()"\\')
    assert email.utils.parseaddr(wire) == ("", wire)
    assert wire.rpartition("@")[0] == address.rpartition("@")[0]


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b"", "CRLF"),
        (b"Subject: x\r\n\r\nno end", "CRLF"),
        (b"a\nb\r\n", "CR or LF"),
        (b"a\rb\r\n", "CR or LF"),
        (b"a\r\n\r", "CRLF"),
        (b"a\r\r\n", "CR or LF"),
        (b"a\n\r\n", "CR or LF"),
        ("Grüße\r\n".encode(), "8-bit"),
        (b"a\0b\r\n", "NUL"),
        (b"x" * 999 + b"\r\n", "999 octets"),
    ],
)
def test_content_that_smtp_cannot_carry_is_named(content, because):
    assert because in why_unsendable(content)


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\r", b"\r\n\0.\r\n", b"\n\n.\r\r"]
)
def test_every_smuggled_ending_is_refused(end):
    assert why_unsendable(b"Subject: x\r\n\r\nbody" + end + b"MAIL FROM:<evil@example.com>\r\n")


def test_a_line_of_998_octets_and_the_announced_size_are_allowed():
    line = b"x" * 998 + b"\r\n"
    assert why_unsendable(line, size_limit=1000) == ""
    assert "the mail service takes 999" in why_unsendable(line, size_limit=999)


LINES = st.lists(st.text(alphabet=st.sampled_from(". \tab=-"), max_size=12), min_size=1)


@given(LINES)
def test_stuffing_leaves_no_dot_line_and_unstuffs_to_the_same(lines):
    content = "".join(f"{line}\r\n" for line in lines).encode()
    stuffed = dot_stuffed(content)
    wire_lines = stuffed.split(b"\r\n")
    assert b"." not in wire_lines
    assert b"\r\n".join(line[1:] if line.startswith(b".") else line for line in wire_lines) == content


@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("To: чтец@example.org\r\n\r\nbody\r\n".encode(), ""),
        ("To: x\r\n\r\nГрюсс\r\n".encode(), "8-bit"),
        (b"To: \xff\r\n\r\nbody\r\n", "8-bit"),
        ("To: чтец@example.org\n\r\nbody\r\n".encode(), "CR or LF"),
        ("To: " + "я" * 500 + "\r\n\r\nbody\r\n", "octets"),
    ],
)
def test_with_smtputf8_only_the_head_may_be_in_utf8(content, because):
    raw = content.encode() if isinstance(content, str) else content
    why = why_unsendable(raw, utf8=True)
    assert (because in why) if because else why == ""
    assert why_unsendable(raw) != ""
