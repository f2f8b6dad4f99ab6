"""What the DNS says of the domains that mail comes from: SPF, DKIM, and whether they take mail."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Callable
from dataclasses import dataclass, field

from mailer.flow.doctor_dns import DnsSilentError, Resolver, tags_of
from mailer.flow.doctor_words import Examined, bad, good, unknown
from mailer.message import Signer
from mailer.message.dkim_keys import a_labels, record_name, record_value

MOST_LOOKUPS = 10
"""Questions that an SPF record may cost (RFC 7208 section 4.6.4)."""
SENDS_BY = {
    "m365": "spf.protection.outlook.com",
    "workspace": "_spf.google.com",
    "workspace-relay": "_spf.google.com",
    "ses": "amazonses.com",
}
"""Preset → what its service wants to be named by in SPF."""
OFFLINE = "Check this computer's network, and run it again."


def asked(id_: str, question: Callable[[], Examined]) -> Examined:
    """What the question says; "unknown" where the DNS gave no answer."""
    try:
        return question()
    except DnsSilentError as error:
        return unknown(id_, error.message, OFFLINE)


@dataclass
class _Spf:
    """What following an SPF record has found so far."""

    lookups: int = 0
    included: set[str] = field(default_factory=set)
    lacking: list[str] = field(default_factory=list)
    """Names that it leads to and that have no record."""


def spf(resolver: Resolver, domain: str, preset: str = "") -> Examined:
    """The SPF record of the domain that bounces go to: one, within its limits, with the mail service in it."""
    records = _spf_records(resolver, domain)
    ask = f"Ask whoever looks after the DNS of {domain}"
    service = SENDS_BY.get(preset, "")
    wanted = f"v=spf1 include:{service} -all" if service else "v=spf1 … -all, with your mail service in it"
    if not records:
        return bad("spf", f"{domain} has no SPF record.", f"{ask} for a TXT record there: {wanted}")
    if len(records) > 1:
        return bad(
            "spf", f"{domain} has {len(records)} SPF records, so none counts.", f"{ask} to make one of them."
        )
    found = _Spf()
    _follow(resolver, records[0], found)
    if found.lookups > MOST_LOOKUPS:
        words = f"The SPF record of {domain} costs more than {MOST_LOOKUPS} questions, so it does not count."
        return bad("spf", words, f"{ask} to take out what is not used any more.")
    if found.lacking:
        words = (
            f"The SPF record of {domain} leads to {found.lacking[0]}, which has none, so it does not count."
        )
        return bad("spf", words, f"{ask} to take that out.")
    if "+all" in records[0].lower().split() or "all" in records[0].lower().split():
        words = f"The SPF record of {domain} lets everybody send for it (+all)."
        return bad("spf", words, f"{ask} to end it with -all or ~all.")
    if service and service not in found.included:
        words = f"The SPF record of {domain} does not name the mail service ({service})."
        return bad("spf", words, f"{ask} to put include:{service} into it.")
    return good("spf", f"SPF of {domain}: {records[0]}")


def _spf_records(resolver: Resolver, domain: str) -> list[str]:
    return [text for text in resolver.texts(domain) if text.lower().split(" ", 1)[0] == "v=spf1"]


def _follow(resolver: Resolver, record: str, found: _Spf) -> None:
    """Count the questions that a receiver has to ask, following what is included (RFC 7208 section 4.6.4)."""
    for term in record.lower().split()[1:]:
        name, _, value = term.lstrip("+-~?").replace("=", ":", 1).partition(":")
        mechanism = name.partition("/")[0]
        if mechanism not in ("include", "redirect", "a", "mx", "ptr", "exists"):
            continue
        found.lookups += 1
        if mechanism not in ("include", "redirect") or "%" in value or found.lookups > MOST_LOOKUPS:
            continue
        found.included.add(value)
        inner = _spf_records(resolver, value)
        if not inner:
            found.lacking.append(value)
        for each in inner[:1]:
            _follow(resolver, each, found)


def dkim(resolver: Resolver, signer: Signer) -> Examined:
    """Whether the public key in the DNS is the one that our signatures are verified by."""
    name = record_name(signer.domain, signer.selector)
    records = [text for text in resolver.texts(name) if "p=" in text]
    put = f"`mailer dkim show {signer.selector}` prints the record as it must stand there."
    if not records:
        return bad("dkim", f"There is no DKIM record at {name}: our signatures cannot be verified.", put)
    if len(records) > 1:
        words = f"There are {len(records)} DKIM records at {name}; receivers may take the wrong one."
        return bad("dkim", words, f"Take out all but one. {put}")
    tags = tags_of(records[0])
    if why := _why_not(tags):
        return bad("dkim", f"The DKIM record at {name} {why}.", put)
    if tags["p"] != tags_of(record_value(signer.key))["p"]:
        why = _why_other(tags["p"])
        other = f"Is `selector` in mailer.toml the one of this key? {put}"
        return bad(
            "dkim", f"The DKIM record at {name} {why}: receivers will find our signatures false.", other
        )
    if "y" in tags.get("t", "").split(":"):
        words = f"The DKIM record at {name} is of our key, but says that it is only tried out (t=y)."
        return bad("dkim", words, f"Take t=y out of it, for receivers may treat mail as unsigned. {put}")
    return good("dkim", f"DKIM: the record at {name} is of our key ({signer.key.key_size} bits).")


def _why_not(tags: dict[str, str]) -> str:
    if tags.get("v", "DKIM1") != "DKIM1":
        return f"says v={tags['v']}"
    if not tags.get("p"):
        return "is withdrawn (p= is empty)"
    if tags.get("k", "rsa") != "rsa":
        return f"is for keys of another kind (k={tags['k']})"
    if "sha256" not in tags.get("h", "sha256").split(":"):
        return f"allows no SHA-256 (h={tags['h']})"
    if not {"*", "email"} & set(tags.get("s", "*").split(":")):
        return f"is not for mail (s={tags['s']})"
    return ""


def _why_other(public: str) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        load_der_public_key(b64decode(public, validate=True))
    except (Error, ValueError, UnsupportedAlgorithm):
        return "is damaged, or cut off after 255 signs"
    return "is of another key than ours"


def takes_mail(resolver: Resolver, what: str, domain: str) -> Examined:
    """Whether somebody takes mail for the domain of an address of ours."""
    hosts = resolver.exchanges(domain)
    hint = f"Ask whoever looks after the DNS of {domain} for an MX record, or use another address."
    if hosts and not any(hosts):
        return bad("mx", f"{domain} ({what}) says that it takes no mail.", hint)
    for host in hosts:
        if resolver.has_address(host):
            return good("mx", f"{domain} ({what}) takes mail at {host}.")
    if hosts:
        return bad("mx", f"{domain} ({what}) wants mail at {hosts[0]}, which has no address.", hint)
    if resolver.has_address(domain):
        return good("mx", f"{domain} ({what}) takes mail itself; an MX record would say so.")
    return bad("mx", f"{domain} ({what}) takes no mail: it has neither an MX record nor an address.", hint)


def domain_of(address: str) -> str:
    """The domain of an address, in A-labels."""
    return a_labels(address.rpartition("@")[2])
