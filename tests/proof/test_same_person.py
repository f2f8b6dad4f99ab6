"""When two names are one person's, and which names nobody can be known by."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import ProofError
from mailer.flow.waivers import why_void
from mailer.model.finding import Waiver
from mailer.model.proof import Approval
from mailer.model.same_person import is_among, name_key, why_no_name, word_keys
from mailer.proof import good_approvals, new_approval
from tests.proof.test_proofs import NOW, proof

AUTHOR = "Editorial desk"
UNSEEN = (
    "\ufe0f",
    "\u034f",
    "\u3164",
    "\u2800",
    "\u115f",
    "\u200b",
    "\u00ad",
    "\U000e0101",
    "\u180e",
    "\uffa0",
)


@pytest.mark.parametrize("sign", UNSEEN)
def test_a_name_with_a_sign_that_cannot_be_seen_is_refused_and_is_still_the_same_name(sign: str) -> None:
    for name in (AUTHOR + sign, AUTHOR.replace(" ", sign), sign + AUTHOR):
        assert why_no_name(name) == "has a sign that cannot be seen", ascii(name)
        assert is_among(name, [AUTHOR]), ascii(name)
        made = proof(issue={"authors": [AUTHOR]})
        with pytest.raises(ProofError, match="cannot be seen"):
            new_approval(made, name, NOW)
        assert good_approvals(made, [Approval(digest=made.digest, by=name, at=NOW)]) == ()


@pytest.mark.parametrize(
    "name",
    [
        "editorial\u00a0DESK",
        "Editorial\u2011desk",
        "Editorial \u2013 desk.",
        "Editorial desk!",
        "Édìtorial desk",
        "Editоrial desk",
        "Editorial desк",
        "Εditorial desk",
        "Editorial\ndesk\t",
        "\uff25ditorial desk",
        "EditoriaI desk",
        "Editorial\u02bc desk",
    ],
)
def test_an_author_approves_under_no_look_alike_of_the_name(name: str) -> None:
    with pytest.raises(ProofError, match=r"is an author|mixes \w+ and \w+ letters in one word"):
        new_approval(proof(issue={"authors": [AUTHOR]}), name, NOW)


def test_a_word_wholly_in_another_alphabet_is_still_the_name_that_it_looks_like() -> None:
    assert name_key("СОРЕ") == name_key("Cope") == name_key("соре")
    assert name_key("ΑΝΝΑ Cope") == name_key("anna cope")
    assert why_no_name("ΑΝΝΑ Cope") == ""


@pytest.mark.parametrize(
    "name",
    [
        "Ирина Петрова",
        "José O\u2019Brien",
        "山田ABC太郎",
        "Kühl-Штейн",
        "عمر",
        "Γιώργος",
        "क्षितिज",
        "Irina (Ирина)",
        "7B",
    ],
)
def test_a_name_in_any_one_script_a_word_is_a_name(name: str) -> None:
    assert why_no_name(name) == ""
    assert is_among(f" {name.upper()}.", [name])


@pytest.mark.parametrize("name", ["...", "\u2013", "\u200b", "☺"])
def test_a_name_without_a_letter_is_none(name: str) -> None:
    assert why_no_name(name)


def test_other_people_have_other_names() -> None:
    names = (
        "Head of Unit",
        "Deputy Head of Unit",
        "Irina Petrova",
        "Irina Petrov",
        "कि",
        "का",
        "Ли",
        "Ян",
        "山田",
        "山口",
    )
    assert len({name_key(name) for name in names}) == len(names)
    assert word_keys("Petrova, Irina") == word_keys("irina petrova") != word_keys("Irina")


@given(st.text())
def test_a_name_is_the_same_however_it_is_spaced_cased_and_composed(name: str) -> None:
    for other in (f" {name} ", name.casefold(), unicodedata.normalize("NFD", name), name + "\u2800."):
        assert name_key(other) == name_key(name)
    why_no_name(name)


@pytest.mark.parametrize(
    ("by", "because", "why"),
    [
        (f"{AUTHOR}\ufe0f", "So.", "wrote this issue"),
        ("Head", "\u2800", "cannot be seen"),
        ("Head", "—", "no reason"),
        ("\u3164", "So.", "cannot be seen"),
        ("Hеad", "So.", "mixes Cyrillic and Latin"),
        ("Head", "So.", ""),
    ],
)
def test_a_waiver_holds_by_the_same_names(by: str, because: str, why: str) -> None:
    found = why_void(Waiver(rule="size.mail", by=by, because=because), (AUTHOR,))[0]
    assert why in found
    assert bool(found) == bool(why)
