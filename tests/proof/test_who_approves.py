"""Who may approve what, how it was given, what is missing, and what is new: as values."""

from __future__ import annotations

from time import process_time

import pytest

from mailer.errors import ProofError
from mailer.model.issue import Sender
from mailer.model.proof import Approval, ApprovalKind, ApprovalRules, Proof
from mailer.model.rendition import Rendition, Variant
from mailer.proof import (
    changed_words,
    difference,
    good_approvals,
    languages_of,
    missing_words,
    new_approval,
    require_approved,
    what_changed,
)
from tests.proof.test_proofs import NOW, SENDER, proof, registers, rendition, segments

RUSSIAN = Rendition(
    variant=Variant(language="ru", items=("a",)), subject="С", preheader="П", html="<p>Ж</p>", text="т\r\n"
)


def bilingual(**more: object) -> Proof:
    return proof(
        renditions=(rendition(), RUSSIAN), translators={"ru": ("Irina Translator",), "fr": ("F",)}, **more
    )


def given(made: Proof, by: str, **more: object) -> Approval:
    return Approval(digest=made.digest, by=by, at=NOW, **more)  # type: ignore[arg-type]


def needs(made: Proof, *by: str | Approval, **rules: object) -> str:
    approvals = [one if isinstance(one, Approval) else given(made, one) for one in by]
    return missing_words(made, approvals, ApprovalRules.model_validate(rules))


def test_a_translator_approves_all_but_what_they_translated() -> None:
    made = bilingual()
    approval = new_approval(made, "irina  translator", NOW)
    assert languages_of(approval, made) == ("en",)
    assert needs(made, "Irina Translator") == (
        "approvals missing: 1 for Russian by anybody but its translators"
    )
    assert needs(made, "Irina Translator", "Head") == ""
    with pytest.raises(ProofError, match="translated it into Russian and cannot approve"):
        new_approval(made, "Irina Translator", NOW, languages=["ru"])


def test_a_translator_is_part_of_the_digest_and_none_is_as_it_was_before() -> None:
    before, after = proof(), proof(translators={"ru": ("Irina",)})
    assert what_changed(before, after) == ("translators",)
    assert proof(translators={"ru": ()}).digest == before.digest


def test_a_language_may_need_more_people_and_others_than_the_rest() -> None:
    made = bilingual()
    assert needs(made, "Head", needed={"all": 1, "ru": 2}) == (
        "approvals missing: 1 for Russian by anybody but its translators"
    )
    named = {"all": ["Head", "Ann Author"], "ru": ["Irina Translator", "Oleg"]}
    assert needs(made, approvers=named) == "approvals missing: 1 for English by Head, 1 for Russian by Oleg"
    assert needs(made, "Head", "Oleg", approvers=named) == ""
    with pytest.raises(ProofError, match="not among the approvers"):
        new_approval(made, "Somebody", NOW, rules=ApprovalRules.model_validate({"approvers": named}))


def test_an_approval_for_one_language_counts_for_no_other() -> None:
    made = bilingual()
    russian = new_approval(made, "Oleg", NOW, languages=["ru"])
    assert needs(made, russian) == "approvals missing: 1 for English"
    both = [russian, given(made, "Oleg", languages=("en",))]
    assert len(good_approvals(made, both)) == 2
    assert needs(made, *both) == ""
    with pytest.raises(ProofError, match="nothing in French"):
        new_approval(made, "Oleg", NOW, languages=["fr"])


def test_what_was_only_typed_in_does_not_count_where_a_mail_is_asked_for() -> None:
    made = proof()
    rules = ApprovalRules(kind=ApprovalKind.ATTACHED)
    with pytest.raises(ProofError, match=r"was typed in; mailer\.toml asks for a mail"):
        new_approval(made, "Head", NOW, rules=rules)
    with pytest.raises(ProofError, match=r"has 0 of 1 approval\. The approval of Head was typed in"):
        require_approved(made, [given(made, "Head")], rules, made.day)
    mail = given(made, "Head", how="attached")
    require_approved(made, [given(made, "Head"), mail], rules, made.day)
    assert good_approvals(made, [given(made, "head"), mail]) == (mail,), "the better of one person's two"


@pytest.mark.parametrize(
    ("shared", "count"),
    [
        ({"key": "SHA256:abc", "how": "verified"}, 1),
        ({"mail_from": "Head <h@example.org>", "how": "attached"}, 1),
        ({"sha256": "ab" * 32, "how": "attached"}, 1),
        ({"how": "attached"}, 2),
    ],
)
def test_one_key_one_address_and_one_mail_count_for_one_person_whatever_the_names(
    shared: dict[str, str], count: int
) -> None:
    made = bilingual()
    both = [given(made, "Head", **shared), given(made, "Deputy", **shared)]
    assert len(good_approvals(made, both)) == count
    assert bool(needs(made, *both, needed={"all": 2})) == (count == 1)
    linked = [given(made, "Head", languages=("en",)), *both, given(made, "deputy")]
    assert bool(needs(made, *linked, needed={"all": 2})) == (count == 1)


def test_thousands_of_approvals_are_counted_at_once() -> None:
    made = bilingual()
    shared = {"how": "attached", "mail_from": "h@example.org"}
    many = [given(made, f"Person {n}") for n in range(2_000)]
    many += [given(made, f"Person {n}", **shared) for n in range(0, 2_000, 2)]
    begun = process_time()
    assert len(good_approvals(made, many)) == 1_001
    assert needs(made, *many, needed={"all": 1_001}) == ""
    assert needs(made, *many, needed={"all": 1_002})
    assert process_time() - begun < 10


def test_what_to_use_names_every_way_to_sign() -> None:
    made, rules = proof(), ApprovalRules(kind=ApprovalKind.VERIFIED)
    with pytest.raises(ProofError, match=r"--signed FILE\.sig`, or with `--commit NAME` or `--tag NAME`\.$"):
        new_approval(made, "Head", NOW, rules=rules)
    with pytest.raises(ProofError, match=r"or with `--commit NAME` or `--tag NAME`\.$"):
        require_approved(made, [], rules, made.day)


@pytest.mark.parametrize("name", ["ann author", " Ann\tAuthor ", "ＡＮＮ Author"])
def test_an_author_is_known_however_the_name_is_written(name: str) -> None:
    with pytest.raises(ProofError, match="is an author"):
        new_approval(proof(), name, NOW)


def test_without_a_version_nothing_is_approved_by_itself() -> None:
    assert needs(proof(renditions=())) == "0 of 1 approval"


def test_what_changed_is_said_in_words() -> None:
    parts = ("html zh-Hant-12ab34", "html en-12ab34", "attachment a.ics en-12ab34", "personal fields in ru")
    assert changed_words(parts, count_versions=True) == (
        "the mail in 2 versions",
        "what is attached in 1 version",
        "personal fields in Russian",
    )
    assert changed_words(("range of saiga", "who reads what", "authors", "group press", "strange")) == (
        "the register: range of saiga",
        "who reads which item",
        "the authors",
        "group press",
        "strange",
    )


def text_of(made: Rendition, text: str, **more: object) -> Rendition:
    return made.model_copy(update={"text": text, **more})


def test_the_difference_is_the_words_that_are_others_once_for_all_versions_alike() -> None:
    one, two = rendition("a"), rendition("a", "b")
    words = {one.variant.key: "English, press", two.variant.key: "English, all others"}
    old = proof(
        renditions=tuple(text_of(r, "Dear %%slot:name%%,\n\nOne\nTwo\n") for r in (one, two)), words=words
    )
    new = proof(
        renditions=tuple(text_of(r, "Dear %%slot:name%%,\n\nOne,\nTwo\n") for r in (one, two)), words=words
    )
    found = difference(old, new)
    (change,) = found.words
    assert change.versions == ("English, press", "English, all others")
    assert change.lines == ("@@ -2,3 +2,3 @@", " ", "-One", "+One,", " Two")
    assert (found.looks, found.added, found.gone, found.pictures, found.others) == ((), (), (), (), ())
    assert difference(old, old).is_empty


def test_the_difference_names_pictures_sender_readers_groups_and_registers() -> None:
    old = proof()
    new = proof(
        renditions=(rendition(content=b"one pixel less"),),
        sender=Sender(name="Ofice", email=SENDER.email),
        segments=("everyone", "press"),
        groups=segments() | {"parties": segments()["everyone"]},
        issue={"authors": ["Ben Author"]},
    )
    found = difference(old, new)
    assert [(picture.name, picture.how) for picture in found.pictures] == [("images/a.jpg", "changed")]
    assert found.others[:4] == (
        "Sender's name: Ofice, was Office.",
        "Groups asked for: now also press.",
        "Authors: now also Ben Author.",
        "Authors: no longer Ann Author.",
    )
    assert "Changed: group parties." in found.others
    facts = difference(proof(), proof(facts=registers(language="en")))
    assert facts.others == ("Changed: who gets which language.",)


def test_the_difference_tells_looks_from_words_and_new_versions_from_changed_ones() -> None:
    old = proof(renditions=(rendition("a", html="<p style='color:red'>One</p>"),))
    looks = difference(old, proof(renditions=(rendition("a", html="<p style='color:blue'>One</p>"),)))
    assert len(looks.looks) == 1
    assert looks.words == ()
    grown = difference(old, proof(renditions=(text_of(rendition("a", "b"), "more\n"), RUSSIAN)))
    assert [change.part for change in grown.words] == ["text"]
    assert grown.added == (RUSSIAN.variant.key,)


def test_a_hostile_text_is_compared_within_bounds() -> None:
    old = proof(renditions=(text_of(rendition(), "a\nb\n" * 250_000),))
    new = proof(renditions=(text_of(rendition(), "b\na\n" * 250_000, html="<" * 1_000_000),))
    (change,) = difference(old, new).words
    assert change.lines == ("too long to be compared: read it whole",)
