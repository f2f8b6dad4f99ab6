"""DMARC: what the From domain asks of receivers, and whether what we send passes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailer.flow.doctor_dns import Resolver, tags_of
from mailer.flow.doctor_words import Examined, bad, good, unknown

MOST_LABELS = 8
"""Of a name at which the walk for a DMARC record begins (RFC 9989 section 4.10)."""


@dataclass(frozen=True)
class Identities:
    """The domains that DMARC compares."""

    sender: str
    envelope: str
    signing: str = ""
    """d= of our signature; "" where we do not sign."""
    signs_itself: bool = False
    """Whether the mail service signs; by which domain is not known here."""


def dmarc(resolver: Resolver, who: Identities) -> Examined:
    """Whether the From domain has a DMARC record, and what we send passes it."""
    at, record = _dmarc_record(resolver, who.sender)
    if not record:
        hint = f"Ask whoever looks after the DNS for a TXT record at _dmarc.{who.sender}: v=DMARC1; p=none"
        return bad("dmarc", f"{who.sender} has no DMARC record; Gmail, Yahoo and Outlook.com want one.", hint)
    tags = tags_of(record)
    by_dkim = bool(who.signing) and _aligned(resolver, who.sender, who.signing, tags.get("adkim", "r"))
    by_spf = _aligned(resolver, who.sender, who.envelope, tags.get("aspf", "r"))
    policy = f"DMARC of {at}: p={tags.get('p', 'none')}"
    if by_dkim or by_spf:
        by = " and ".join(name for name, is_so in (("DKIM", by_dkim), ("SPF", by_spf)) if is_so)
        return good("dmarc", f"{policy}; the sender's domain is aligned by {by}.")
    if who.signs_itself:
        words = f"{policy}; bounces go to {who.envelope}, so it rests on the mail service's signature."
        return unknown("dmarc", words, f"Check in its administration that it signs as {who.sender} (DKIM).")
    signing = f"the signature is of {who.signing}" if who.signing else "nothing signs"
    words = f"{policy}; but bounces go to {who.envelope} and {signing}: what is sent as {who.sender} fails."
    return bad("dmarc", words, f"Make a key: `mailer dkim new SELECTOR --domain {who.sender}`.")


def _aligned(resolver: Resolver, sender: str, other: str, mode: str) -> bool:
    """Whether DMARC takes the two for one (RFC 9989 section 4.4): the same, or of the same organization."""
    if sender == other:
        return True
    return mode != "s" and _owner(resolver, sender) == _owner(resolver, other)


def _dmarc_record(resolver: Resolver, domain: str) -> tuple[str, str]:
    """Where the record that counts for the domain is, and what it says; "" twice where there is none."""
    own = _dmarc_at(resolver, domain)
    if own:
        return domain, own
    owner = _owner(resolver, domain)
    return owner, _dmarc_at(resolver, owner)


def _owner(resolver: Resolver, domain: str) -> str:
    """The organizational domain, by walking up the tree (RFC 9989 section 4.10.2)."""
    found = domain
    for name in _upwards(domain):
        tags = tags_of(_dmarc_at(resolver, name))
        if not tags:
            continue
        if tags.get("psd") == "n":
            return name
        if tags.get("psd") == "y" and name != domain:
            labels = domain.split(".")
            return ".".join(labels[-len(name.split(".")) - 1 :])
        found = name
    return found


def _upwards(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    yield domain
    labels = labels[1:] if len(labels) <= MOST_LABELS else labels[1 - MOST_LABELS :]
    for at in range(len(labels)):
        yield ".".join(labels[at:])


def _dmarc_at(resolver: Resolver, domain: str) -> str:
    records = [
        text for text in resolver.texts(f"_dmarc.{domain}") if text.replace(" ", "").startswith("v=DMARC1")
    ]
    return records[0] if len(records) == 1 else ""
