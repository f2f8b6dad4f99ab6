"""The sample issue for thousands of readers, proved and approved, and a mail service to send it to."""

from __future__ import annotations

import csv
import re
import secrets
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML

from mailer.config import Workspace, open_workspace
from mailer.flow import Composed, compose_issue, ledger_of, plan_send, prove_issue
from mailer.flow.approving import approve_proof
from mailer.flow.messages import compile_proof, nobody, recipient_of
from mailer.flow.records import adopt_ledger, unsubscribe_secret
from mailer.flow.starter import SAMPLE, make_workspace
from mailer.ledger import Ledger
from mailer.model.dispatch import Plan
from mailer.model.proof import Proof

KEPT = ("deadline", "greeting", "heading", "contact", "social", "article")
"""Kinds of item that stay, so that a mail has about 75 KB; with all of them it has 430 KB."""
WAIVER = """
  - rule: unsubscribe.no-one-click
    severity: stop
    by: Head of Office
    because: A small list; unsubscribing by mail is enough.
"""
RELAY = """
[relays.office]
kind = "smtp"
host = "127.0.0.1"
port = {port}
security = "{security}"
connections = {connections}
timeout = 30
dot_timeout = 60
"""


@dataclass
class MadeSending:
    """A workspace of which the issue is approved; each `plan` is one more sending to all its readers."""

    workspace: Workspace
    composed: Composed
    proof: Proof

    @property
    def root(self) -> Path:
        """Its folder."""
        return self.workspace.root

    @property
    def size(self) -> int:
        """Bytes of a mail, as its readers get it on average."""
        total = 0
        templates = compile_proof(self.proof)
        for key, template in templates.items():
            readers = sum(reader.variant == key for reader in self.composed.readers)
            message = template.message_for(recipient_of(nobody(self.composed.readers, key)))
            total += readers * len(message.content)
        return total // len(self.composed.readers)

    def use_relay(self, port: int, connections: int, more: str = "", security: str = "plaintext") -> None:
        """Send through a mail service on this port from now on. `more` stands at the end of its settings."""
        path = self.root / "mailer.toml"
        text = re.sub(r"\n\[relays\.office\].*", "\n", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        added = RELAY.format(port=port, connections=connections, security=security) + more
        path.write_text(text + added, encoding="utf-8")
        self.workspace = open_workspace(self.root)

    def plan(self, readers: int | None = None) -> str:
        """Write one more sending into the record, to the first so many readers; its id. Nothing goes yet."""
        with ledger_of(self.workspace) as ledger:
            return ledger.open_dispatch(self._plan(ledger, self._first(readers))).dispatch.id

    def plan_for_all(self) -> Plan:
        """The plan of one more sending to all readers; not written down."""
        with ledger_of(self.workspace) as ledger:
            return self._plan(ledger, self.composed)

    def _plan(self, ledger: Ledger, composed: Composed) -> Plan:
        repeat = f"r{secrets.token_hex(4)}"
        return plan_send(self.workspace, ledger, self.proof, composed, "office", repeat=repeat)

    def _first(self, readers: int | None) -> Composed:
        if readers is None:
            return self.composed
        return replace(self.composed, readers=self.composed.readers[:readers])

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Rows of the send record, by plain SQL."""
        path = self.root / ".mailer" / "ledger.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query, values).fetchall()

    def counts(self, dispatch_id: str) -> dict[str, int]:
        """How many mails stand where."""
        query = "SELECT state, count(*) FROM deliveries WHERE dispatch_id = ? GROUP BY state"
        return {str(state): int(str(count)) for state, count in self.rows(query, dispatch_id)}

    def times(self, *dispatch_ids: str) -> list[float]:
        """When each mail was answered, in seconds, in order."""
        marks = ",".join("?" * len(dispatch_ids))
        query = (
            "SELECT a.at / 1e6 FROM attempts a JOIN deliveries d ON d.id = a.delivery_id "
            f"WHERE d.dispatch_id IN ({marks}) ORDER BY a.at"
        )
        return [float(str(row[0])) for row in self.rows(query, *dispatch_ids)]


def made_sending(folder: Path, readers: int, *, trimmed: bool = True) -> MadeSending:
    """The sample workspace with so many readers, its issue cut to about 75 KB a mail where `trimmed`, approved."""
    root = make_workspace(folder, sample=True).root
    _prepare(root / "issues" / SAMPLE, KEPT if trimmed else ())
    if trimmed:
        settings = root / "mailer.toml"
        settings.write_text("image_bytes = 5000\n" + settings.read_text(encoding="utf-8"), encoding="utf-8")
    _multiply(root / "recipients" / "contacts.csv", readers)
    waivers = root / "issues" / SAMPLE / "waivers.yaml"
    waivers.write_text(waivers.read_text(encoding="utf-8").rstrip() + WAIVER, encoding="utf-8")
    made = MadeSending(open_workspace(root), None, None)  # type: ignore[arg-type]
    made.use_relay(25, 1)
    with ledger_of(made.workspace) as ledger:
        adopt_ledger(made.workspace, ledger)
        secret = unsubscribe_secret(ledger)
    made.workspace = open_workspace(root)
    made.composed = compose_issue(made.workspace, SAMPLE, ("everyone",), secret=secret)
    made.proof = prove_issue(made.workspace, made.composed)
    approve_proof(made.workspace, made.proof.digest, "Head of Unit")
    return made


def _prepare(folder: Path, kept: tuple[str, ...]) -> None:
    """Let it be sent today, and keep only these kinds of item, or all where none are named."""
    yaml = YAML()
    path = folder / "issue.yaml"
    issue = yaml.load(path)
    issue["send_until"] = date(2100, 1, 1)
    gone = {item["id"] for item in issue["items"] if kept and item["kind"] not in kept}
    issue["items"] = [item for item in issue["items"] if item["id"] not in gone]
    yaml.dump(issue, path)
    for translation in folder.glob("issue.*.yaml"):
        words = yaml.load(translation)
        for item in gone:
            words["items"].pop(item, None)
        yaml.dump(words, translation)


def _multiply(path: Path, readers: int) -> None:
    """The sample's people over and over, each with a name and an address of their own."""
    with path.open(encoding="utf-8", newline="") as file:
        sample = [row for row in csv.DictReader(file) if "cami-newsletter" in row["subscriptions"]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(sample[0]))
        writer.writeheader()
        writer.writerows(_people(sample, readers))


def _people(sample: list[dict[str, str]], readers: int) -> Iterable[dict[str, str]]:
    for number in range(readers):
        row = dict(sample[number % len(sample)])
        local, domain = row["email"].split("@")
        row |= {"email": f"{local}.{number}@{domain}", "other_emails": ""}
        row["family_name"] += f" {number}"
        yield row
