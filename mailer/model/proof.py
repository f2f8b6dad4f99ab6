"""A proof: what a reviewer sees and what is sent, under one digest."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mailer.model.base import Language, Noun, Slug, primary
from mailer.model.finding import Finding, Severity, Waiver, standing
from mailer.model.issue import MessageClass, Sender
from mailer.model.rendition import Rendition
from mailer.model.same_person import name_key


class Proof(Noun):
    """Every rendition of an issue for an audience rule, frozen. The digest covers `parts`."""

    digest: str
    """SHA-256 over `parts`, 64 hex digits."""
    parts: dict[str, str]
    """Name of each part (`html en-3f2a91`, `picture images/argali.jpg`, `sender`, …) → its SHA-256."""
    slug: str
    issue_id: Slug
    """The occasion: nobody gets it twice."""
    message_class: MessageClass
    segments: tuple[Slug, ...]
    also: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()
    day: Date
    """The day that content, groups and checks were resolved for."""
    send_from: Date | None = None
    send_until: Date | None = None
    authors: tuple[str, ...] = ()
    translators: dict[Language, tuple[str, ...]] = {}
    """Language → those who translated it, and may not approve it in that language."""
    sender: Sender
    envelope_sender: str
    """Where bounces go."""
    list_name: str = ""
    list_id: str = ""
    """List-Id of newsletter mail (RFC 2919)."""
    renditions: tuple[Rendition, ...]
    findings: tuple[Finding, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    heads: dict[str, int] = {}
    """Variant key → number of readers when the proof was made; shown, not hashed."""
    words: dict[str, str] = {}
    """Variant key → what to call it on screen."""
    versions: dict[str, str] = {}
    """Library → version that made it; shown, not hashed."""
    made_at: datetime
    kept_out: tuple[Slug, ...] = ()
    """Items that `archive: no` keeps out of the archive on the web; everybody finds all others there."""
    corrects: tuple[str, ...] = ()
    """Of a correction: the digests that it puts right, for those and only those who got one of them."""

    @property
    def seal(self) -> str:
        """The first six signs of the digest."""
        return self.digest[:6]

    @property
    def standing(self) -> tuple[Finding, ...]:
        """Findings that no waiver covers."""
        return standing(self.findings, self.waivers)

    @property
    def stops(self) -> tuple[Finding, ...]:
        """Those of them that keep it from being approved."""
        return tuple(finding for finding in self.standing if finding.severity is Severity.STOP)

    @property
    def waived(self) -> tuple[tuple[Finding, Waiver], ...]:
        """Findings that a waiver covers, each with the first that does."""
        covering = ((f, next((w for w in self.waivers if w.covers(f)), None)) for f in self.findings)
        return tuple((finding, waiver) for finding, waiver in covering if waiver is not None)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages of its versions, each once, in their order."""
        return tuple(dict.fromkeys(rendition.variant.language for rendition in self.renditions))

    def rendition(self, key: str) -> Rendition | None:
        """The rendition of that variant, if the proof has it."""
        return next((r for r in self.renditions if r.variant.key == key), None)


class ApprovalKind(StrEnum):
    """How an approval was given, from the least that shows it to the most."""

    STATED = "stated"
    """Typed in under somebody's name."""
    ATTACHED = "attached"
    """By mail, which is kept beside the issue."""
    VERIFIED = "verified"
    """Signed with a key that is known to be theirs."""

    @property
    def rank(self) -> int:
        """0 for the least."""
        return tuple(ApprovalKind).index(self)


class Approval(Noun):
    """Somebody's word that exactly these bytes may go."""

    digest: str
    by: str
    at: datetime
    how: ApprovalKind = ApprovalKind.STATED
    words: str = ""
    languages: tuple[Language, ...] = ()
    """The only ones that they have looked at; all where left out."""
    evidence: str = ""
    """Path below the issue's folder of the mail or the signature: approvals/3f2a91-….eml."""
    sha256: str = ""
    """Of that file."""
    key: str = ""
    """Fingerprint of the key that signed it."""
    signed_in: Annotated[str, Field(pattern=r"^((commit|tag) ([0-9a-f]{40}|[0-9a-f]{64}))?$")] = ""
    """`commit 3f2a91…` or `tag 3f2a91…`, where it is one of git's."""
    mail_from: str = ""
    """Whom the mail is from, as it says itself."""
    mail_date: datetime | None = None
    """When it was written, as it says itself."""

    @property
    def mail_address(self) -> str:
        """The address that the mail is from."""
        return self.mail_from.rpartition("<")[2].rstrip(">").casefold()

    @property
    def marks(self) -> frozenset[str]:
        """What shows whose it is: two approvals that share one of them are one person's."""
        by = {"name": name_key(self.by), "key": self.key, "mail": self.mail_address, "file": self.sha256}
        return frozenset(f"{what} {value}" for what, value in by.items() if value)

    def is_for(self, language: Language) -> bool:
        """Whether it is about what is written in that language."""
        return not self.languages or language in self.languages


class ApprovalRules(Noun):
    """How many must approve, who may, and how it must have been given, as mailer.toml has it."""

    needed: dict[str, int] = {"all": 1}
    """Language, or `all` → how many people."""
    approvers: dict[str, tuple[str, ...]] = {}
    """Language, or `all` → the only ones who may; anybody where left out."""
    kind: ApprovalKind = ApprovalKind.STATED
    """The least."""

    def needed_for(self, language: Language) -> int:
        """How many people must have approved what is written in that language."""
        return max(self.needed.get(key, 0) for key in ("all", primary(language), language))

    def approvers_for(self, language: Language) -> tuple[str, ...]:
        """The only ones who may approve it; anybody where there are none."""
        keys = (language, primary(language), "all")
        return next((self.approvers[key] for key in keys if self.approvers.get(key)), ())
