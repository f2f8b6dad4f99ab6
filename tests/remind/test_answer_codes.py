"""Codes to answer with: how they are made, typed, pasted, mistyped; and the addresses that carry them."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_words_days import LANGUAGES, phrases

from mailer.config import PublicMode
from mailer.errors import UsageError
from mailer.remind.answers import SIGNS, answer_code, answer_urls, read_code

SECRET = b"s" * 32
CODE = answer_code(SECRET, "one message")
keys = st.text(max_size=40)


@given(keys, keys)
@settings(max_examples=60)
def test_a_code_is_the_same_for_the_same_message_and_another_for_any_other(one: str, other: str) -> None:
    code = answer_code(SECRET, one)
    assert code == answer_code(SECRET, one)
    assert (code == answer_code(SECRET, other)) == (one == other)
    assert code != answer_code(b"t" * 32, one)
    assert [len(group) for group in code.split("-")] == [4] * 5
    assert set(code) <= {*SIGNS, "-"}


@given(keys, st.sampled_from(["", " ", "-", " - ", "\u2011", "\n", "\u00a0"]), st.booleans())
@settings(max_examples=60)
def test_blanks_hyphens_and_small_letters_do_not_matter(key: str, between: str, small: bool) -> None:
    code = answer_code(SECRET, key)
    typed = code.replace("-", between)
    assert read_code(typed.lower() if small else typed) == code


@pytest.mark.parametrize(
    "subject",
    [
        "Handed in [{}]",
        "Re: Re: National report to COP12: due in 14 days – {} – thanks",
        "AW: Отправлено [{}]",
        "code {}.",
        "hand edin {} good",
    ],
)
def test_a_pasted_subject_will_do(subject: str) -> None:
    assert read_code(subject.format(CODE)) == CODE


def test_signs_that_look_alike_are_read_as_the_one_that_we_use() -> None:
    code = next(code for n in range(500) if {"0", "1"} <= set(code := answer_code(SECRET, str(n))))
    assert read_code(code.replace("0", "O").replace("1", "I")) == code
    assert read_code(code.replace("0", "o").replace("1", "l")) == code


def test_any_one_wrong_sign_is_noticed() -> None:
    bare = CODE.replace("-", "")
    for place, right in enumerate(bare):
        for wrong in SIGNS.replace(right, ""):
            with pytest.raises(UsageError, match="slip"):
                read_code(bare[:place] + wrong + bare[place + 1 :])


def test_any_two_signs_that_changed_places_are_noticed() -> None:
    bare = CODE.replace("-", "")
    for one in range(len(bare)):
        for other in range(one + 1, len(bare)):
            if bare[one] == bare[other]:
                continue
            signs = list(bare)
            signs[one], signs[other] = signs[other], signs[one]
            with pytest.raises(UsageError, match="slip"):
                read_code("".join(signs))


@pytest.mark.parametrize(
    "text", ["", "yes", "7f3c", CODE[:-1], CODE[5:], f"{CODE}X", "é" * 20, "A" * 100_000]
)
def test_what_has_no_code_is_told(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_code(text)
    assert "five groups" in caught.value.hint


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_reading_never_fails_in_another_way(text: str) -> None:
    with suppress(UsageError):
        assert len(read_code(text)) == 24


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_server_an_answer_is_a_mail_that_only_wants_sending(language: str) -> None:
    urls = answer_urls(CODE, "office@example.org", phrases(language), PublicMode.NONE, "")
    assert list(urls) == ["answer_done", "answer_later", "answer_not_me"]
    for name, url in urls.items():
        assert url.isascii()
        parts = urlsplit(url)
        assert (parts.scheme, unquote(parts.path)) == ("mailto", "office@example.org")
        fields = parse_qs(parts.query)
        way = name.removeprefix("answer_")
        assert fields["subject"] == [f"{phrases(language)[f'answer.{way}.subject']} [{CODE}]"]
        assert read_code(fields["subject"][0]) == CODE
        assert fields["body"][0].startswith(phrases(language)[f"answer.{way}.words"])


def test_with_a_server_it_is_an_address_that_names_nobody() -> None:
    urls = answer_urls(CODE, "office@example.org", phrases("en"), PublicMode.SERVER, "https://x.example.org/")
    assert urls["answer_not_me"] == f"https://x.example.org/answer/{CODE}/not_me"
    assert not any("@" in url for url in urls.values())


def test_an_office_address_cannot_add_fields_to_the_mail() -> None:
    urls = answer_urls(CODE, "a?bcc=x@example.org&b=", phrases("en"), PublicMode.NONE, "")
    assert list(parse_qs(urlsplit(urls["answer_done"]).query)) == ["subject", "body"]
