"""`mailer doctor`: what of the surroundings would keep a sending from arriving, before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mailer.config import SmtpRelay as SmtpSettings
from mailer.config import Workspace, open_workspace
from mailer.errors import MailerError, ProblemsError
from mailer.flow import doctor_dmarc, doctor_links, doctor_names, doctor_place
from mailer.flow.doctor_dns import DnsResolver, Resolver
from mailer.flow.doctor_links import Connect, Fetch, fetch_status
from mailer.flow.doctor_words import Examined, bad, good
from mailer.flow.relays import open_relay, relay_settings
from mailer.message import Signer, Signers, load_signers


@dataclass(frozen=True)
class Instruments:
    """What reaches beyond this machine."""

    resolver: Resolver = field(default_factory=DnsResolver)
    connect: Connect = open_relay
    fetch: Fetch = fetch_status


def examine(start: Path, relay: str = "", instruments: Instruments | None = None) -> Iterator[Examined]:
    """Everything that is looked at, one after the other; the relay of mailer.toml where none is named.

    UsageError where there is no such relay, MailerError where there is no workspace. Nothing is sent or written.
    """
    tools = instruments or Instruments()
    try:
        workspace = open_workspace(start)
    except ProblemsError as error:
        for problem in error.problems:
            yield bad("settings", f"mailer.toml: {problem}", "Mend it; then all the rest is looked at.")
        return
    name = relay or workspace.config.relay
    chosen = relay_settings(workspace, name)
    yield doctor_place.settings(workspace.config, name)
    yield from asyncio.run(doctor_links.mail_service(workspace, name, tools.connect))
    yield from _domains(workspace, chosen if isinstance(chosen, SmtpSettings) else None, tools.resolver)
    yield doctor_place.ledger_place(workspace)
    yield doctor_place.clock(datetime.now(UTC), doctor_place.moments(workspace))
    yield doctor_links.web_address(workspace.config, tools.fetch)


def _domains(workspace: Workspace, relay: SmtpSettings | None, resolver: Resolver) -> Iterator[Examined]:
    """What the DNS says of our domains."""
    config = workspace.config
    sender = doctor_names.domain_of(config.sender.email)
    envelope = doctor_names.domain_of(config.envelope_sender)
    ask = doctor_names.asked
    preset = (relay.preset or "") if relay else ""
    yield ask("spf", lambda: doctor_names.spf(resolver, envelope, preset))
    signs_itself = relay is not None and not relay.dkim
    signer: Signer | None = None
    if signs_itself:
        words = "The mail service signs by itself (`dkim = false`); its administration shows by which domain."
        yield good("dkim", words)
    else:
        try:
            signers = load_signers(config.dkim, workspace.root)
        except MailerError as error:
            yield from _bad_keys(error)
        else:
            signer = signers.signer_for(sender)
            yield from _keys(signers, signer, sender, resolver)
    who = doctor_dmarc.Identities(sender, envelope, signer.domain if signer else "", signs_itself)
    yield ask("dmarc", lambda: doctor_dmarc.dmarc(resolver, who))
    for domain, what in _addresses(workspace).items():
        yield ask("mx", partial(doctor_names.takes_mail, resolver, what, domain))


def _keys(signers: Signers, signer: Signer | None, sender: str, resolver: Resolver) -> Iterator[Examined]:
    if signer is None:
        words = f"Nothing signs for {sender} (DKIM); Gmail, Yahoo and Outlook.com refuse unsigned bulk mail."
        hint = f"`mailer dkim new SELECTOR --domain {sender}`; or, if the mail service signs itself, `dkim = false`."
        yield bad("dkim", words, hint)
    for each in signers.by_domain.values():
        yield doctor_names.asked("dkim", partial(doctor_names.dkim, resolver, each))


def _bad_keys(error: MailerError) -> Iterator[Examined]:
    problems = error.problems if isinstance(error, ProblemsError) else ()
    for problem in problems:
        yield bad("dkim", f"A DKIM key cannot be used: {problem.file}: {problem.message}", problem.hint)
    if not problems:
        yield bad("dkim", error.message, error.hint)


def _addresses(workspace: Workspace) -> dict[str, str]:
    """Domain → the addresses of ours at which it must take mail, for people."""
    config = workspace.config
    wanted = (
        ("sender", config.sender.email),
        ("answers", config.sender.reply_to),
        ("bounces", config.envelope_sender),
        ("unsubscribing", config.newsletter.unsubscribe),
    )
    found: dict[str, list[str]] = {}
    for what, address in wanted:
        if address:
            found.setdefault(doctor_names.domain_of(address), []).append(what)
    return {domain: ", ".join(names) for domain, names in found.items()}
