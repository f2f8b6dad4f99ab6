"""A reply mail by which somebody approves: whom it is from, when it was written, and whether it names the proof."""

from __future__ import annotations

import email
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime

from mailer.errors import ProofError
from mailer.flow.approval_words import own_words, reads_as_refusal
from mailer.model.proof import Proof
from mailer.model.same_person import is_among, name_key, word_keys

AS_EML = "Save the reply itself as a file (.eml), with its headers, and name that file."
LEAST = 6
"""Signs of a digest that name it: the seal."""
MOST_SHOWN = 6
"""Lines of it that are shown."""
MOST_HEADER = 4_000
"""Signs of a header that are read: what decodes headers takes the square of their length."""
AHEAD = timedelta(days=1)
"""By how much the clock of a sender may be fast."""
BAD_ZONE = re.compile(r":\d\d\s*[-+](?!(?:[01]\d|2[0-3])[0-5]\d(?!\S))")
"""No hours and minutes: a parser makes minutes of `+01`, and UTC of `+01:00` (RFC 5322, section 3.3)."""
SIX_OR_MORE = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Fa-f]{{{LEAST},64}}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class ApprovalMail:
    """What the record says of a reply mail."""

    name: str
    """Of the sender, as the mail says itself; "" where it has none."""
    address: str
    dated: datetime
    words: tuple[str, ...]
    """The lines that its sender wrote; not what is quoted."""
    refusal: str = ""
    """What of it reads as a refusal."""

    @property
    def sender(self) -> str:
        """`Name <address>`."""
        return f"{self.name} <{self.address}>" if self.name else self.address

    @property
    def begins(self) -> tuple[str, ...]:
        """Its first lines, as they may be printed."""
        return tuple(_visible(line)[:120] for line in self.words[:MOST_SHOWN])

    def doubts(self, by: str, authors: Iterable[str] = ()) -> tuple[str, ...]:
        """What speaks against its being that person's approval, in sentences."""
        found = []
        if not is_from(self, by):
            found.append(f"It is from {self.sender}, not from {by}.")
        of_mail = set(word_keys(self.name))
        found += [
            f"Its sender may be {author}, an author of this issue."
            for author in authors
            if (keys := set(word_keys(author))) and keys <= of_mail
        ]
        if self.refusal:
            found.append(f'It may be a refusal: it says "{_visible(self.refusal)}".')
        return tuple(found)


def is_from(mail: ApprovalMail, name: str) -> bool:
    """Whether the mail says that it is from that person: by the name, or, without one, by the address."""
    if mail.name:
        return word_keys(mail.name) == word_keys(name)
    local = mail.address.partition("@")[0]
    return name_key(mail.address) == name_key(name) or word_keys(local) == word_keys(name)


def read_approval_mail(content: bytes, proof: Proof, shown: str) -> ApprovalMail:
    """Look through a mail.

    ProofError where it is none, has several senders, is an author's, or does not name the seal or the digest of that
    proof in its subject or in what its sender wrote.
    """
    try:
        mail = email.message_from_bytes(content, policy=_Bounded())
        name, address = _from(mail, shown)
        dated = _date(mail, shown)
        subject = _header(mail, "Subject")
        own = own_words(mail)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ProofError(f"{shown} cannot be read as a mail.", AS_EML) from error
    if is_among(name, proof.authors) or is_among(address, proof.authors):
        raise ProofError(
            f"The mail is from {name or address}, an author of this issue, who cannot approve it.",
            "Ask somebody else for a mail of their own.",
        )
    if not _names([subject, *own], proof):
        raise ProofError(
            f"{shown} does not name the proof: neither the seal {proof.seal} nor the digest stands in it. What is "
            "quoted does not count.",
            f"Ask for a reply that says {proof.seal}: nobody else can know what it is about.",
        )
    return ApprovalMail(name, address, dated, tuple(own), reads_as_refusal([subject], own))


def require_written_after(mail: ApprovalMail, proof: Proof, shown: str) -> None:
    """ProofError where the mail is older than the proof that it names, or of a day that is still to come."""
    if mail.dated > datetime.now(UTC) + AHEAD:
        raise ProofError(
            f"{shown} is of {mail.dated:%Y-%m-%d %H:%M %z}, which has not come yet.",
            "Ask for another reply, from a machine whose clock is right.",
        )
    if mail.dated < proof.made_at.replace(microsecond=0):
        raise ProofError(
            f"{shown} is of {mail.dated:%Y-%m-%d %H:%M %z}, and proof {proof.seal} was made later, on "
            f"{proof.made_at:%Y-%m-%d %H:%M} UTC.",
            "Ask for a reply to this proof.",
        )


class _Bounded(Compat32):
    """Cuts every header of a mail and of its parts, one sign after the last that is read."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: MOST_HEADER + 1]


def _from(mail: Message, shown: str) -> tuple[str, str]:
    """The sender's name and address: read first, and decoded then, so that a name cannot pass for an address."""
    headers = mail.get_all("From", [])
    if not headers:
        raise ProofError(f"{shown} is not a mail: it has no From.", AS_EML)
    found = getaddresses([" ".join(str(header).split()) for header in headers[:2]])
    written = " ".join(str(headers[0]).split())
    # Where a parser and a reader could see two different addresses, neither is taken.
    if (
        len(headers) > 1
        or len(str(headers[0])) > MOST_HEADER
        or len(found) > 1
        or not (written.endswith(f"<{found[0][1]}>") or written == found[0][1])
    ):
        raise ProofError(f"{shown} is not plainly from one person.", "Ask for a mail with one sender.")
    name, address = found[0]
    if "@" not in address or not address.isprintable() or re.search(r"[\s<>]", address):
        raise ProofError(f"{shown} is not a mail: its From has no address.", AS_EML)
    return _visible(re.sub("[<>]", "", _decoded(name)))[:150], address


def _date(mail: Message, shown: str) -> datetime:
    written = " ".join(str(mail.get("Date", "")).split())
    if not written:
        raise ProofError(f"{shown} is not a mail: it has no Date.", AS_EML)
    try:
        if BAD_ZONE.search(written):
            raise ValueError(written)
        # A leap second is a second of a mail, and none of Python's.
        dated = parsedate_to_datetime(re.sub(r"(:\d\d):60\b", r"\1:59", written))
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise ProofError(
            f'{shown} has no day and time: its Date cannot be read, "{_visible(written)[:60]}".',
            "Ask for another reply, or save it anew (.eml).",
        ) from error
    return dated if dated.tzinfo else dated.replace(tzinfo=UTC)


def _names(texts: Iterable[str], proof: Proof) -> bool:
    words = (found[0].lower() for text in texts for found in SIX_OR_MORE.finditer(text))
    return any(proof.digest.startswith(word) for word in words)


def _visible(text: str) -> str:
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def _header(mail: Message, name: str) -> str:
    return _decoded(str(mail.get(name, "")))


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value
