"""Proofs: one digest for one content, frozen whole, approved by somebody else."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailer.errors import ProofError
from mailer.model.audience import Segment
from mailer.model.finding import Finding, Severity, Waiver
from mailer.model.issue import Issue, Sender
from mailer.model.proof import Approval, ApprovalRules, Proof
from mailer.model.register import Country, Registers, Species
from mailer.model.rendition import Picture, Rendition, Variant, content_id
from mailer.proof import (
    audience_parts,
    freeze_proof,
    good_approvals,
    list_proofs,
    load_proof,
    make_proof,
    new_approval,
    require_approved,
    what_changed,
    what_differs,
)

NOW = datetime(2016, 12, 19, 9, tzinfo=UTC)
SENDER = Sender(name="Office", email="news@example.org")
ITEM = {"kind": "article", "id": "a", "title": "A", "show_to": "parties"}


def picture(content: bytes = b"jpeg bytes") -> Picture:
    sha256 = hashlib.sha256(content).hexdigest()
    return Picture(
        src="images/a.jpg",
        cid=content_id(sha256),
        media_type="image/jpeg",
        sha256=sha256,
        width=2,
        height=1,
        content=content,
    )


def rendition(*items: str, html: str = "<p>Сайгак, 1</p>", content: bytes = b"jpeg bytes") -> Rendition:
    variant = Variant(language="en", items=items or ("a",))
    return Rendition(
        variant=variant, subject="S", preheader="P", html=html, text="t\r\n", pictures=(picture(content),)
    )


def issue(**more: object) -> Issue:
    head = {
        "id": "one",
        "series": "News",
        "date": date(2016, 12, 19),
        "items": [ITEM],
        "authors": ["Ann Author"],
    }
    return Issue.model_validate(head | more)


def registers(since: date = date(2006, 5, 1), language: str | None = "ru") -> Registers:
    kz = Country(
        iso2="KZ",
        iso3="KAZ",
        names={"en": "Kazakhstan"},
        parties={"cms": since},
        region="Asia",
        language=language,
    )
    saiga = Species(
        slug="saiga", scientific_name="Saiga tatarica", names={"en": "Saiga"}, range_states=("KZ",)
    )
    return Registers({"KZ": kz}, {"saiga": saiga})


def segments(role: str = "press") -> dict[str, Segment]:
    rules = {
        "everyone": None,
        "parties": {"all": [{"party_to": "cms"}, {"segment": "saiga-states"}]},
        "saiga-states": {"range_state_of": "saiga"},
        "unrelated": {"role": role},
    }
    return {name: Segment.model_validate({"name": name, "rule": rule}) for name, rule in rules.items()}


def proof(**change: object) -> Proof:
    made_of = issue(**(change.pop("issue", {})))  # type: ignore[arg-type]
    audience = audience_parts(
        ("everyone",),
        change.pop("groups", segments()),
        change.pop("facts", registers()),
        made_of,
        change.pop("fallbacks", {"kk": "ru"}),  # type: ignore[arg-type]
    )
    arguments = {
        "slug": "2016-12",
        "issue": made_of,
        "sender": SENDER,
        "envelope_sender": "bounces@example.org",
        "list_id": "news.example.org",
        "personal": {"public": "none"},
        "phrases": {"en": {"salutation.neutral": "Dear colleague"}},
        "segments": ("everyone",),
        "day": date(2016, 12, 19),
        "renditions": (rendition(),),
        "audience": audience,
        "heads": {},
        "words": {},
        "made_at": NOW,
    }
    return make_proof(**(arguments | change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"renditions": (rendition(html="<p>Сайгак, 2</p>"),)}, "html en-"),
        ({"renditions": (rendition(content=b"jpeg bytez"),)}, "picture images/a.jpg"),
        ({"sender": SENDER.model_copy(update={"name": "Ofice"})}, "sender"),
        ({"envelope_sender": "other@example.org"}, "sender"),
        ({"list_id": "other.example.org"}, "sender"),
        ({"personal": {"public": "static"}}, "personal fields"),
        ({"phrases": {"en": {"salutation.neutral": "Dear friend"}}}, "personal fields in en"),
        ({"facts": registers(language="en")}, "languages"),
        ({"facts": registers(language=None)}, "languages"),
        ({"fallbacks": {"kk": "en"}}, "languages"),
        ({"fallbacks": {}}, "languages"),
        ({"issue": {"authors": ["Ben Author"]}}, "authors"),
        ({"issue": {"send_until": date(2017, 1, 1)}}, "issue"),
        ({"issue": {"message_class": "notice"}}, "issue"),
        ({"waivers": (Waiver(rule="x", by="B", because="so"),)}, "waivers"),
        ({"also": ("a@example.org",)}, "audience"),
        ({"facts": registers(since=date(2007, 5, 1))}, "Parties to cms"),
        ({"day": date(2016, 12, 20)}, "issue"),
        ({"issue": {"items": [{**ITEM, "archive": "no"}]}}, "archive"),
    ],
)
def test_whatever_is_changed_the_digest_changes_and_the_part_is_named(
    change: dict[str, object], part: str
) -> None:
    before, after = proof(), proof(**change)
    assert before.digest != after.digest
    (named,) = what_differs(before.parts, after.parts)
    assert named.startswith(part)
    assert what_changed(before, after) == (named,)


def test_what_is_only_shown_does_not_change_the_digest() -> None:
    finding = Finding(rule="x", severity=Severity.NOTE, message="m")
    later = datetime(2017, 1, 1, tzinfo=UTC)
    assert proof().digest == proof(findings=[finding], heads={"en-1": 5}, made_at=later).digest


def test_a_group_that_nothing_reaches_does_not_matter() -> None:
    assert proof().digest == proof(groups=segments(role="donor")).digest


def test_a_variant_that_only_one_proof_has_is_no_change() -> None:
    small = proof(renditions=(rendition("a"),))
    grown = proof(renditions=(rendition("a"), rendition("a", "b")))
    assert small.digest != grown.digest
    assert what_changed(small, grown) == ()
    assert what_changed(grown, small) == ()
    assert what_changed(grown, proof(renditions=(rendition("a", html="<p>new</p>"),)))


def test_a_reader_in_a_language_that_nobody_had_is_no_change() -> None:
    english, russian = {"salutation.neutral": "Dear"}, {"salutation.neutral": "Уважаемые коллеги"}
    small, grown = proof(phrases={"en": english}), proof(phrases={"en": english, "ru": russian})
    assert small.digest != grown.digest
    assert what_changed(small, grown) == what_changed(grown, small) == ()
    other = proof(phrases={"en": english, "ru": {"salutation.neutral": "Коллеги"}})
    assert what_changed(grown, other) == ("personal fields in ru",)
    assert what_changed(proof(phrases={"en": {}}), grown) == ("personal fields in en",)


def test_a_group_by_language_rests_on_the_language_that_a_state_is_offered_first() -> None:
    groups = {"everyone": Segment.model_validate({"name": "everyone", "rule": {"language": "ru"}})}
    before, after = proof(groups=groups), proof(groups=groups, facts=registers(language="en"))
    assert what_changed(before, after) == ("languages",)


def test_a_frozen_proof_comes_back_the_same_byte_for_byte(tmp_path: Path) -> None:
    made = proof()
    freeze_proof(made, tmp_path)
    freeze_proof(made, tmp_path)
    for digest in (made.digest, made.seal):
        back = load_proof(digest, tmp_path)
        assert back.digest == made.digest
        assert [r.html for r in back.renditions] == [r.html for r in made.renditions]
        assert [r.text for r in back.renditions] == [r.text for r in made.renditions]
        assert back.renditions[0].pictures[0].content == b"jpeg bytes"
    assert list_proofs(tmp_path) == [made.digest]


@pytest.mark.parametrize("spoilt", ["html", "txt", "picture", "json", "digest", "gone"])
def test_a_proof_that_was_touched_is_refused(tmp_path: Path, spoilt: str) -> None:
    made = proof()
    folder = freeze_proof(made, tmp_path)
    key = made.renditions[0].variant.key
    match spoilt:
        case "html" | "txt":
            file = folder / f"{key}.{spoilt}"
            file.write_bytes(file.read_bytes() + b" ")
        case "picture":
            (folder / made.renditions[0].pictures[0].sha256).write_bytes(b"another")
        case "json":
            (folder / "proof.json").write_text("{", encoding="utf-8")
        case "digest":
            file = folder / "proof.json"
            file.write_text(
                file.read_text(encoding="utf-8").replace('"subject":"S"', '"subject":"T"'), encoding="utf-8"
            )
            file.write_text(
                file.read_text(encoding="utf-8").replace('"subject": "S"', '"subject": "T"'), encoding="utf-8"
            )
        case "gone":
            (folder / f"{key}.html").unlink()
    with pytest.raises(ProofError, match=r"changed on disk|damaged"):
        load_proof(made.digest, tmp_path)


SHOWN = {"findings", "heads", "words", "versions", "made_at", "width", "height", "frame", "origin", "notes"}
"""What is shown and not sent, of a proof and of its pictures."""


def leaves(value: object, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """The places of all plain values, and of all lists."""
    if isinstance(value, dict):
        for key in value.keys() - SHOWN:
            yield from leaves(value[key], *path, key)
    else:
        yield path
        if isinstance(value, list):
            for place, each in enumerate(value):
                yield from leaves(each, *path, place)


def test_whatever_is_changed_in_the_file_of_a_frozen_proof_is_seen(tmp_path: Path) -> None:
    made = proof(
        corrects=("ab" * 32,),
        translators={"ru": ("Interpreter",)},
        waivers=(Waiver(rule="x.y", by="Head", because="so"),),
        issue={"items": [ITEM, {"kind": "article", "id": "b", "archive": "no"}]},
    )
    file = freeze_proof(made, tmp_path) / "proof.json"
    whole = json.loads(file.read_text(encoding="utf-8"))
    unseen = []
    for path in leaves(whole):
        changed = deepcopy(whole)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        old = holder[path[-1]]
        other = {str: f"{old}x", int: 7, bool: not old, type(None): "2016-12-24", float: 7.5}
        holder[path[-1]] = (old[:-1] or ["x"]) if isinstance(old, list) else other[type(old)]
        file.write_text(json.dumps(changed), encoding="utf-8")
        try:
            read = load_proof(made.digest, tmp_path)
        except ProofError:
            continue
        if read != made:
            unseen.append(path)
    assert not unseen, unseen


def test_what_a_killed_program_left_is_no_proof_and_goes_after_a_while(tmp_path: Path) -> None:
    made = proof()
    folder = freeze_proof(made, tmp_path)
    fresh, stale = tmp_path / ".new-fresh", tmp_path / ".new-stale"
    for copy in (fresh, stale, tmp_path / f"{made.digest}.bak"):
        shutil.copytree(folder, copy)
    os.utime(stale, (0, 0))
    assert list_proofs(tmp_path) == [made.digest]
    freeze_proof(proof(day=date(2016, 12, 20)), tmp_path)
    assert fresh.exists()
    assert not stale.exists()


def test_the_same_proof_can_be_made_by_two_programs_at_once(tmp_path: Path) -> None:
    made = proof()
    with ThreadPoolExecutor(4) as threads:
        for kept in threads.map(lambda _: freeze_proof(made, tmp_path), range(80)):
            assert kept == tmp_path / made.digest
    assert load_proof(made.digest, tmp_path) == made
    assert [each.name for each in tmp_path.iterdir()] == [made.digest]


def test_an_unknown_digest_says_how_to_make_a_proof(tmp_path: Path) -> None:
    with pytest.raises(ProofError, match="mailer proof"):
        load_proof("abc", tmp_path)
    with pytest.raises(ProofError):
        load_proof("", tmp_path)


@pytest.mark.parametrize("name", ["Ann Author", "ann author", "  Ann   Author "])
def test_an_author_cannot_approve_under_any_spelling(name: str) -> None:
    with pytest.raises(ProofError, match="cannot approve"):
        new_approval(proof(), name, NOW)
    forged = Approval(digest=proof().digest, by=name, at=NOW)
    assert good_approvals(proof(), [forged]) == ()


def test_approvals_count_for_their_own_digest_and_each_person_once() -> None:
    made = proof()
    good = new_approval(made, "Head of Unit", NOW)
    again = new_approval(made, "head of unit", NOW)
    other = Approval(digest="0" * 64, by="Somebody", at=NOW)
    assert len(good_approvals(made, [good, again, other])) == 1
    require_approved(made, [good], ApprovalRules(needed={"all": 1}), date(2016, 12, 19))
    with pytest.raises(ProofError, match="1 of 2"):
        require_approved(made, [good, again, other], ApprovalRules(needed={"all": 2}), date(2016, 12, 19))


@pytest.mark.parametrize(
    ("today", "holds"), [("2016-12-18", False), ("2016-12-19", True), ("2017-01-02", False)]
)
def test_an_approval_holds_within_its_window(today: str, holds: bool) -> None:
    made = proof(issue={"send_from": date(2016, 12, 19), "send_until": date(2017, 1, 1)})
    approval = new_approval(made, "Head", NOW)
    if holds:
        require_approved(made, [approval], ApprovalRules(needed={"all": 1}), date.fromisoformat(today))
    else:
        with pytest.raises(ProofError, match="holds from"):
            require_approved(made, [approval], ApprovalRules(needed={"all": 1}), date.fromisoformat(today))


def test_a_stop_finding_keeps_a_proof_from_approval_unless_it_is_waived() -> None:
    stop = Finding(
        rule="mailto.differs", severity=Severity.STOP, message="wrong", item="a", words="x@example.org"
    )
    with pytest.raises(ProofError, match="1 finding"):
        new_approval(proof(findings=[stop]), "Head", NOW)
    waiver = Waiver(
        rule="mailto.differs",
        severity=Severity.STOP,
        item="a",
        words="x@example.org",
        by="B",
        because="so",
    )
    new_approval(proof(findings=[stop], waivers=(waiver,)), "Head", NOW)
    other_words = waiver.model_copy(update={"words": "y@example.org"})
    with pytest.raises(ProofError):
        new_approval(proof(findings=[stop], waivers=(other_words,)), "Head", NOW)
