"""What mailer.toml may say. Secrets never stand in it: only where they are found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date as Date  # noqa: N812
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from mailer.config.mail_services import RelaySettings
from mailer.model.base import Language, Noun, Slug
from mailer.model.issue import Sender
from mailer.model.proof import ApprovalKind, ApprovalRules
from mailer.source import is_zone, nearest_zone


class PublicMode(StrEnum):
    """Whether anything answers on the web for this workspace."""

    NONE = "none"
    """Unsubscribe by mail, pictures embedded, no web view."""
    STATIC = "static"
    """Pages and pictures are handed to whoever runs the web site."""
    SERVER = "server"
    """Our public app answers: one-click unsubscribe and web view."""


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Office(Noun):
    """Who publishes, as the footer of every message says it, and on which days it works."""

    name: str
    postal_address: str
    website: str = ""
    weekend: tuple[Weekday, ...] = ("sat", "sun")
    """The days of the week on which nobody works."""
    holidays: tuple[Date, ...] = ()
    """Further days on which nobody works."""
    timezone: str = "UTC"
    """Where it is: its days decide between which days an issue may be sent."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if not is_zone(zone):
            raise ValueError(f'there is no time zone "{zone[:80]}". {nearest_zone(zone)}')
        return zone

    @model_validator(mode="after")
    def _works_at_all(self) -> Office:
        if set(self.weekend) >= set(WEEK):
            raise ValueError("`weekend` has all seven days: leave out those on which the office works")
        return self

    def day_of(self, moment: datetime) -> Date:
        """The day that it is there at that moment."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def is_working_day(self, day: Date) -> bool:
        """Whether the office works on that day."""
        return WEEK[day.weekday()] not in self.weekend and day not in self.holidays


class Newsletter(Noun):
    """The subscription that newsletter mail needs, and how to end it."""

    list: Slug
    """Subscription slug in the contacts file."""
    list_id: str
    """List-Id (RFC 2919), such as cami-newsletter.example.org."""
    unsubscribe: str
    """Mail address that takes unsubscriptions."""


class Profile(StrEnum):
    """Which rules are asked."""

    STANDARD = "standard"
    STRICT = "strict"


class DkimKey(Noun):
    """A key that signs what is sent from a domain (RFC 6376)."""

    domain: str
    """Of the From address: a key for example.org also signs for news.example.org where that has none of its own."""
    selector: str
    key_file: str = ""
    """PEM file of an RSA key, readable by its owner only."""
    key_env: str = ""
    """Name of the environment variable that holds the PEM."""

    @model_validator(mode="after")
    def _one_key(self) -> DkimKey:
        if bool(self.key_file) == bool(self.key_env):
            raise ValueError("a key is either in `key_file` or in `key_env`")
        return self


class LedgerSettings(Noun):
    """Where the send record is, and which one counts."""

    path: str = ".mailer/ledger.db"
    record: str = ""
    """Id of the ledger of record; a real send from any other is refused."""
    evidence_key: str = ""
    """Public key of the records of notice that the ledger of record signs: ed25519:…"""
    former_evidence_keys: tuple[str, ...] = ()
    """Those of ledgers of record before it: what they signed can still be verified."""


SAID_IN_THE_FILE = frozenset({"approvals", "approvers", "approval_kind", "allowed_signers", "gpg_keys"})
"""Keys that no environment variable sets: whoever sends must not be able to say who has to approve."""
FINGERPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}")
People = Annotated[int, Field(ge=1, le=9)]


class Config(Noun):
    """All of mailer.toml."""

    office: Office
    sender: Sender
    bounces: str = ""
    """Envelope sender; the sender's address where left out."""
    newsletter: Newsletter
    languages: tuple[Language, ...] = ("en",)
    fallbacks: dict[Language, Language] = {}
    """Language → the one to read instead where there is nothing in it, such as kk → ru."""
    public: PublicMode = PublicMode.NONE
    public_url: str = ""
    """https://… under which `public` answers."""
    relay: Slug = "outbox"
    """The relay that `send` uses when none is named."""
    relays: dict[Slug, RelaySettings] = {}
    ledger: LedgerSettings = LedgerSettings()
    dkim: tuple[DkimKey, ...] = ()
    workers: Annotated[int, Field(ge=1, le=2)] = 1
    """Programs that send one dispatch at once; SQLite takes two at the most."""
    stop_at_bounces: Annotated[float, Field(gt=0, le=1)] = 0.05
    """Share of addresses refused as unknown, of those answered, at which a sending is paused."""
    recipients_dir: str = "recipients"
    profile: Profile = Profile.STANDARD
    """Which rules are asked: those that are nearly always right, or all."""
    approvals: People | dict[Language, People] = 1
    """How many people must approve; or language → how many for that one, and `all` for each of the others."""
    approvers: tuple[str, ...] | dict[Language, tuple[str, ...]] = ()
    """The only ones who may; or language → who may for that one, and `all` for the others. Anybody else than its
    authors where left out."""
    approval_kind: ApprovalKind = ApprovalKind.STATED
    """The least by which an approval is given: typed in, by a mail that is kept, or signed."""
    allowed_signers: str = ""
    """File of the keys that sign approvals, in the form of ssh-keygen(1): `"NAME" ssh-ed25519 …`."""
    gpg_keys: dict[str, str] = {}
    """Name → fingerprint of the OpenPGP key with which they sign commits that approve."""
    lifetime_hours: Annotated[int, Field(ge=1, le=240)] = 72
    """How long a dispatch goes on trying."""
    max_versions: Annotated[int, Field(ge=1, le=1000)] = 60
    """In how many versions an issue may be made; more are refused before anything is rendered."""
    clip_bytes: Annotated[int, Field(ge=10_000)] = 102_000
    """Bytes of HTML after which Gmail clips."""
    clients: tuple[str, ...] = ()
    """Mail programs in which every issue must work, such as outlook.windows or gmail; all where left out."""
    image_bytes: Annotated[int, Field(ge=5_000, le=2_000_000)] = 150_000
    """Bytes that one picture in a mail should not exceed; it is made smaller until it does not."""

    @model_validator(mode="before")
    @classmethod
    def _always_an_outbox(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("relays", {}), dict):
            return data | {"relays": {"outbox": {"kind": "outbox"}} | data.get("relays", {})}
        return data

    @field_validator("approvers")
    @classmethod
    def _name_somebody(
        cls, approvers: tuple[str, ...] | dict[str, tuple[str, ...]]
    ) -> tuple[str, ...] | dict[str, tuple[str, ...]]:
        lists = approvers.values() if isinstance(approvers, dict) else [approvers]
        if any(not name.strip() for names in lists for name in names):
            raise ValueError("a name of an approver is empty")
        if isinstance(approvers, dict) and not all(approvers.values()):
            raise ValueError("a list of approvers is empty: name somebody, or take it out")
        return approvers

    @field_validator("gpg_keys")
    @classmethod
    def _whole_fingerprints(cls, keys: dict[str, str]) -> dict[str, str]:
        plain = {name: "".join(key.split()).upper() for name, key in keys.items()}
        if short := [name for name, key in plain.items() if not FINGERPRINT.fullmatch(key)]:
            raise ValueError(
                f"the key of {short[0]} is not a whole fingerprint, of 40 or 64 hexadecimal digits"
            )
        return plain

    @model_validator(mode="after")
    def _can_be_signed(self) -> Config:
        if self.approval_kind is ApprovalKind.VERIFIED and not (self.allowed_signers or self.gpg_keys):
            raise ValueError(
                'approval_kind = "verified" needs `allowed_signers`, a file of keys, or `gpg_keys`'
            )
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Config:
        if circle := _circle(self.fallbacks):
            raise ValueError(f"`fallbacks` go round in a circle: {' → '.join(circle)}")
        if self.relay not in self.relays:
            raise ValueError(f'relay "{self.relay}" is not among [relays.…]')
        if self.public is not PublicMode.NONE and not self.public_url.startswith("https://"):
            raise ValueError(f'public = "{self.public}" needs a `public_url` that starts with https://')
        return self

    @property
    def approval_rules(self) -> ApprovalRules:
        """How many must approve, who may, and how."""
        needed, who = self.approvals, self.approvers
        return ApprovalRules(
            needed={"all": 1} | needed if isinstance(needed, dict) else {"all": needed},
            approvers=who if isinstance(who, dict) else {"all": who},
            kind=self.approval_kind,
        )

    @property
    def envelope_sender(self) -> str:
        """Where bounces go."""
        return self.bounces or self.sender.email


def _circle(fallbacks: Mapping[Language, Language]) -> list[Language]:
    """The languages of a circle in which nothing would ever be found; none where there is no circle."""
    for start in fallbacks:
        trail = [start]
        while (following := fallbacks.get(trail[-1])) is not None:
            if following in trail:
                return [*trail[trail.index(following) :], following]
            trail.append(following)
    return []
