"""Whether what is sent carries a signature of ours, and whose."""

from __future__ import annotations

from mailer.config import SmtpRelay, Workspace
from mailer.errors import MailerError
from mailer.flow.relays import relay_settings
from mailer.message import Signer, load_signers
from mailer.model.issue import Sender


def signer_of(workspace: Workspace, relay: str, sender: Sender) -> Signer | None:
    """The DKIM key for what that sender sends through that relay; None where mailer.toml has no key at all, or
    where the relay signs itself (`dkim = false`).

    ProblemsError where a key cannot be used; MailerError where there are keys, but none for the sender's domain:
    unsigned, much of it would be refused. Through the practice tray these stop nothing: keys need not be on every
    machine that rehearses.
    """
    settings = relay_settings(workspace, relay)
    if not workspace.config.dkim:
        return None
    if isinstance(settings, SmtpRelay):
        return _needed(workspace, relay, sender) if settings.dkim else None
    try:
        return _needed(workspace, relay, sender)
    except MailerError:
        return None


def _needed(workspace: Workspace, relay: str, sender: Sender) -> Signer:
    domain = sender.email.rpartition("@")[2]
    signer = load_signers(workspace.config.dkim, workspace.root).signer_for(domain)
    if signer is None:
        known = ", ".join(key.domain for key in workspace.config.dkim)
        raise MailerError(
            f"mailer.toml has no DKIM key for {domain}, from which this goes; it has one for {known}.",
            f"Make one: `mailer dkim new SELECTOR --domain {domain}`. "
            f"Or, if the mail service signs itself, write `dkim = false` under [relays.{relay}].",
        )
    return signer
