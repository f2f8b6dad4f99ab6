"""The digest: what is hashed, so that what was approved is what is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel

from mailer.audience.groups import deadline_in, groups_reached, rules_in
from mailer.model.audience import InRegion, PartyTo, RangeStateOf, Rule, Segment
from mailer.model.finding import Finding, Waiver
from mailer.model.issue import Issue, Sender
from mailer.model.proof import Proof
from mailer.model.register import Registers
from mailer.model.rendition import Attachment, Rendition

PHRASES_IN = "personal fields in "
"""Before the language, in the name of a part."""
STATED = ("sender", "authors", "translators", "waivers", "issue", "audience", "archive", "what is corrected")
WHERE_THERE = ("translators", "archive", "what is corrected")
"""Parts of these names are only there where there is something to hash."""
LIBRARIES = ("saiga-mailer", "mjml-python", "premailer", "jinja2", "lxml", "markdown-it-py", "nh3", "pillow")
_installed = cache(version)


def make_proof(
    *,
    slug: str,
    issue: Issue,
    sender: Sender,
    envelope_sender: str,
    list_id: str,
    personal: Mapping[str, object],
    phrases: Mapping[str, Mapping[str, str]],
    segments: tuple[str, ...],
    also: tuple[str, ...] = (),
    except_: tuple[str, ...] = (),
    day: date,
    renditions: tuple[Rendition, ...],
    audience: Mapping[str, str],
    findings: Iterable[Finding] = (),
    waivers: tuple[Waiver, ...] = (),
    heads: Mapping[str, int],
    words: Mapping[str, str],
    made_at: datetime,
    corrects: tuple[str, ...] = (),
    translators: Mapping[str, tuple[str, ...]] | None = None,
) -> Proof:
    """A proof with its digest; heads and findings are not hashed.

    `phrases`, by language, and `personal` are all that readers' own fields are made of; `audience` is what
    `audience_parts` gives.
    """
    parts = dict(audience) | rendition_parts(renditions)
    parts |= {f"{PHRASES_IN}{language}": _hash(dict(said)) for language, said in phrases.items()}
    parts["personal fields"] = _hash(dict(personal))
    proof = Proof(
        digest="",
        parts={},
        slug=slug,
        issue_id=issue.id,
        message_class=issue.message_class,
        segments=segments,
        also=also,
        except_=except_,
        day=day,
        send_from=issue.send_from,
        send_until=issue.send_until,
        authors=issue.authors,
        translators={tag: tuple(sorted(names)) for tag, names in (translators or {}).items() if names},
        sender=sender,
        envelope_sender=envelope_sender,
        list_name=issue.series,
        list_id=list_id,
        renditions=renditions,
        findings=tuple(findings),
        waivers=waivers,
        heads=dict(heads),
        words=dict(words),
        versions={name: _installed(name) for name in LIBRARIES},
        made_at=made_at,
        kept_out=tuple(item.id for item in issue.items if not item.archive),
        corrects=corrects,
    )
    parts |= stated_parts(proof)
    return proof.model_copy(update={"parts": parts, "digest": digest_of(parts)})


def stated_parts(proof: Proof) -> dict[str, str]:
    """Name → SHA-256 of each part that is made of nothing but what the proof itself states."""
    translated = {tag: sorted(names) for tag, names in proof.translators.items() if names}
    when = (proof.day, proof.send_from, proof.send_until)
    stated: dict[str, object] = {
        "sender": [
            proof.sender.model_dump(mode="json"),
            proof.envelope_sender,
            proof.list_name,
            proof.list_id,
        ],
        "authors": sorted(proof.authors),
        "translators": translated,
        "waivers": [_hashed(waiver) for waiver in proof.waivers],
        "issue": [proof.slug, proof.issue_id, proof.message_class, *map(str, when)],
        "audience": [sorted(proof.segments), sorted(proof.also), sorted(proof.except_)],
        "archive": sorted(proof.kept_out),
        "what is corrected": sorted(proof.corrects),
    }
    return {name: _hash(value) for name, value in stated.items() if value or name not in WHERE_THERE}


def _hashed(waiver: Waiver) -> dict[str, Any]:
    # Waivers from before there was `field` were hashed without it.
    return waiver.model_dump(mode="json", exclude=set() if waiver.field else {"field"})


def digest_of(parts: Mapping[str, str]) -> str:
    """The digest over named parts."""
    return _hash(sorted(parts.items()))


def what_differs(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the parts that are not the same in both, sorted."""
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))


def what_changed(old: Proof, new: Proof) -> tuple[str, ...]:
    """Names of the parts that make `old` no longer true, sorted.

    A variant that only one of the two has, because the audience grew or shrank, is no change: its readers are
    left out until there is a new proof. Nor is a language that nobody had when one of the two was made.
    """
    shared = {r.variant.key for r in old.renditions} & {r.variant.key for r in new.renditions}
    left_out = set(rendition_parts((*old.renditions, *new.renditions)))
    left_out |= {name for name in old.parts.keys() ^ new.parts.keys() if name.startswith(PHRASES_IN)}

    def compared(proof: Proof) -> dict[str, str]:
        common = {name: value for name, value in proof.parts.items() if name not in left_out}
        return common | rendition_parts(r for r in proof.renditions if r.variant.key in shared)

    return what_differs(compared(old), compared(new))


def audience_parts(
    names: Iterable[str],
    segments: Mapping[str, Segment],
    registers: Registers,
    issue: Issue,
    fallbacks: Mapping[str, str],
    *,
    obliged: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Name → SHA-256 of each group that the audience or an item reaches, each register row, and the languages.

    A rule about Parties or regions reaches those facts of every country; one about ranges, its species; one about a
    deadline, the group that owes it, which `obliged` names. What the send record and the submissions say is not
    hashed: it changes with every day, and such a group is approved by its rule.
    `languages` is what decides in which language, besides what contacts state: each country's, and `fallbacks`;
    `who reads what`, which item and wording each group gets: two groups that change places change no version.
    """
    first = {code: country.language for code, country in registers.countries.items()}
    parts = {"languages": _hash([first, dict(fallbacks)]), "who reads what": _hash(_choices(issue))}
    wanted = [*names, *(group for item in issue.items for group in item.groups)]
    for name, segment in groups_reached(wanted, segments, obliged or {}).items():
        parts[f"group {name}"] = _hash(segment.rule.model_dump(mode="json") if segment.rule else None)
        for rule in rules_in(segment.rule):
            parts |= _register_parts(rule, registers)
            if deadline := deadline_in(rule):
                parts[f"who owes {deadline}"] = _hash((obliged or {}).get(deadline, ""))
    return parts


def _choices(issue: Issue) -> list[list[object]]:
    return [
        [item.id, item.show_to, item.lead_for, [wording.for_ for wording in item.wording]]
        for item in issue.items
        if item.groups
    ]


def _register_parts(rule: Rule, registers: Registers) -> dict[str, str]:
    match rule:
        case PartyTo(party_to=treaty):
            known = {code: c.parties.get(treaty) for code, c in registers.countries.items()}
            days = {code: [str(day) for day in entry.days] for code, entry in known.items() if entry}
            return {f"Parties to {treaty}": _hash(days)}
        case InRegion(region=region):
            facts = {code: c.region for code, c in registers.countries.items()}
            return {f"region {region}": _hash(facts)}
        case RangeStateOf(range_state_of=choice):
            names = [choice] if isinstance(choice, str) else [*(choice.any or ()), *(choice.all or ())]
            return {f"range of {name}": _hash(_range(name, registers)) for name in names}
        case _:
            # What a contact states, or, of `Reads`, what "languages" holds for every audience.
            return {}


def _range(name: str, registers: Registers) -> list[list[str]]:
    """The States of a species with their days, whatever the day."""
    return sorted(
        [entry.state, *map(str, entry.days)]
        for species in registers.species.values()
        if name in (species.slug, species.tag)
        for entry in species.range_states
    )


def rendition_parts(renditions: Iterable[Rendition]) -> dict[str, str]:
    """Name → SHA-256 of everything that is sent; of a picture, in all the sizes that it is shown in."""
    parts: dict[str, str] = {}
    sizes: dict[str, set[str]] = {}
    for rendition in renditions:
        key = rendition.variant.key
        parts[f"subject {key}"] = _hash([rendition.subject, rendition.preheader])
        parts[f"html {key}"] = _hash(rendition.html)
        parts[f"text {key}"] = _hash(rendition.text)
        parts[f"personal fields {key}"] = _hash(sorted(rendition.defaults.items()))
        parts[f"make-up {key}"] = _hash(_make_up(rendition))
        for name in {attachment.name for attachment in rendition.attachments}:
            parts[f"attachment {name} {key}"] = _hash(
                [[n, *_file(a)] for n, a in enumerate(rendition.attachments) if a.name == name]
            )
        for each in rendition.linked:
            parts[f"calendar {each.name} {key}"] = _hash(_file(each))
        for picture in rendition.pictures:
            sizes.setdefault(f"picture {picture.src}", set()).add(hashlib.sha256(picture.content).hexdigest())
    for name, hashes in sizes.items():
        parts[name] = next(iter(hashes)) if len(hashes) == 1 else _hash(sorted(hashes))
    return parts


def _file(attachment: Attachment) -> list[Any]:
    entry = [attachment.entry.model_dump(mode="json")] if attachment.entry else []
    return [attachment.media_type, attachment.content, *entry]


def _make_up(rendition: Rendition) -> list[Any]:
    """What a message is put together by, besides words and bytes."""
    pictures = sorted({(picture.src, picture.media_type) for picture in rendition.pictures})
    return [rendition.variant.model_dump(mode="json"), rendition.slots, rendition.images, pictures]


def _hash(value: Any) -> str:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
