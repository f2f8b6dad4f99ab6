"""What may be shown to the world: only what was really sent, without anybody's personal data."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from mailer.config import Workspace
from mailer.errors import LedgerError
from mailer.flow import ledger_of
from mailer.flow.answering import Asked, asked_by
from mailer.flow.build import public_page
from mailer.flow.records import unsubscribe_secret
from mailer.message import unsubscribe_token
from mailer.model.dispatch import State
from mailer.model.proof import Proof
from mailer.model.rendition import Attachment, Picture
from mailer.model.suppression import Because
from mailer.proof import load_proof
from mailer.remind.answers import WAYS

Found = TypeVar("Found")
BY_READER = "the reader"
REFRESH = 5.0
"""Seconds between looks into the ledger for what is not known yet: a flood of wrong tokens costs no more."""
GONE_OUT = frozenset({State.HANDED, State.ACCEPTED, State.UNKNOWN})
"""One mail in one of these, and a reader may have it: the state is on record before the mail is taken over."""


class Answers:
    """Answers for one workspace, from its ledger and its frozen proofs."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.series = workspace.config.sender.name
        self._lock = threading.Lock()
        self._tokens: dict[str, str] = {}
        self._proofs: dict[str, Proof] = {}
        self._latest: tuple[Proof, ...] = ()
        self._looked_at = -REFRESH

    def address(self, list_slug: str, token: str) -> str | None:
        """Whose token it is; None for a wrong token or another list."""
        if list_slug != self.workspace.config.newsletter.list:
            return None
        if token not in self._tokens:
            self._look()
        return self._tokens.get(token)

    def unsubscribe(self, list_slug: str, token: str) -> bool:
        """Put the token's address on the do-not-mail list for newsletters; False for a wrong token."""
        address = self.address(list_slug, token)
        if address is None:
            return False
        with ledger_of(self.workspace) as ledger:
            ledger.suppress(address, Because.UNSUBSCRIBED, "one click")
        return True

    def asked(self, code: str, way: str) -> Asked | None:
        """What the reader with that code is asked; None for a wrong code or way. Nothing is recorded."""
        if way not in WAYS:
            return None
        with ledger_of(self.workspace) as ledger:
            return asked_by(self.workspace, ledger, code)

    def answer(self, code: str, way: str, words: str) -> Asked | None:
        """Record the reader's own answer; None, and nothing on record, where `asked` would be None."""
        asked = self.asked(code, way)
        if asked is None:
            return None
        with ledger_of(self.workspace) as ledger:
            try:
                ledger.acknowledge(asked.code, WAYS[way], words, BY_READER)
            except LedgerError:
                return None
        return asked

    def web_view(self, issue_id: str, variant: str) -> str | None:
        """A version of an issue as somebody sees it for whom nothing personal is known."""
        rendition = self._first(
            lambda proof: (
                one for one in proof.renditions if proof.issue_id == issue_id and one.variant.key == variant
            )
        )
        return public_page(rendition, self.workspace.config) if rendition else None

    def calendar(self, issue_id: str, name: str) -> Attachment | None:
        """A calendar file that mails of an issue link to: after a correction the one of the later proof."""
        found = [
            (file.entry.sequence if file.entry else 0, proof.made_at, file)
            for proof in self._sent()
            if proof.issue_id == issue_id
            for rendition in proof.renditions
            for file in rendition.linked
            if file.name == name
        ]
        return max(found, key=lambda one: one[:2])[2] if found else None

    def picture(self, name: str) -> Picture | None:
        """A picture of something that was sent."""
        return self._first(
            lambda proof: (
                picture for one in proof.renditions for picture in one.pictures if picture.file_name == name
            )
        )

    def _first(self, in_proof: Callable[[Proof], Iterator[Found]]) -> Found | None:
        """What is found in the latest proof of what is known to be sent; else the ledger is asked what is by now."""
        for is_known in (True, False):
            for proof in self._latest if is_known else self._sent():
                for found in in_proof(proof):
                    return found
        return None

    def _sent(self) -> tuple[Proof, ...]:
        """Proofs of which at least one mail may have reached somebody by now, the latest first."""
        with self._lock, ledger_of(self.workspace) as ledger:
            for dispatch in ledger.dispatches(include_rehearsals=False):
                if dispatch.digest in self._proofs:
                    continue
                if GONE_OUT & ledger.progress(dispatch.id).counts.keys():
                    self._proofs[dispatch.digest] = load_proof(dispatch.digest, self.workspace.proofs)
            self._latest = tuple(sorted(self._proofs.values(), key=lambda one: one.made_at, reverse=True))
            return self._latest

    def _look(self) -> None:
        with self._lock:
            if time.monotonic() - self._looked_at < REFRESH:
                return
            with ledger_of(self.workspace) as ledger:
                secret = unsubscribe_secret(ledger)
                name = self.workspace.config.newsletter.list
                for dispatch in ledger.dispatches(include_rehearsals=False):
                    for delivery in ledger.deliveries(dispatch.id):
                        self._tokens[unsubscribe_token(secret, name, delivery.address)] = delivery.address
            self._looked_at = time.monotonic()
