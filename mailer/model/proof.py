"""A proof: what a reviewer sees and what is sent, under one digest."""

from __future__ import annotations

from datetime import date as Date  # noqa: N812
from datetime import datetime

from mailer.model.base import Noun, Slug
from mailer.model.finding import Finding, Waiver, standing
from mailer.model.issue import MessageClass, Sender
from mailer.model.rendition import Rendition


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

    def rendition(self, key: str) -> Rendition | None:
        """The rendition of that variant, if the proof has it."""
        return next((r for r in self.renditions if r.variant.key == key), None)


class Approval(Noun):
    """Somebody's word that exactly these bytes may go."""

    digest: str
    by: str
    at: datetime
    how: str = "stated"
    words: str = ""
