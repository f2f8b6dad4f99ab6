"""The messages of an issue as the checks see them: made as for sending, for a reader of whom nothing is known."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import NamedTuple

from mailer.check import MessageFacts, RelayFacts
from mailer.config import Config, SmtpRelay, Workspace
from mailer.errors import MailerError, ProblemsError
from mailer.flow.messages import nobody, recipient_of
from mailer.flow.stamps import stamp_of
from mailer.message import HeaderError, Signer, Signers, compile_message, load_signers
from mailer.message.dkim_keys import a_labels
from mailer.model.audience import Reader
from mailer.model.issue import Issue, Sender
from mailer.model.rendition import Rendition
from mailer.render.memory import Memory

MOST_OCTETS: Mapping[str, int] = {
    "m365": 35_000_000,
    "workspace": 25_000_000,
    "workspace-relay": 25_000_000,
    "ses": 40_000_000,
    "postfix": 10_240_000,
}
"""Of one message, that a mail service takes where its owner has changed nothing; as of November 2026."""

_facts: Memory[str, MessageFacts] = Memory(256)
_keys: Memory[str, Signers] = Memory(8)


def message_facts(
    workspace: Workspace,
    issue: Issue,
    renditions: Iterable[Rendition],
    readers: Iterable[Reader],
    *,
    sender: Sender,
) -> tuple[MessageFacts, ...]:
    """What each rendition's message is like, in the same order. Never fails: what cannot be made says why.

    Each is made anew only where something that it is made from has changed.
    """
    shared = _Shared(workspace.config, issue, sender, _signer(workspace, sender))
    examples = {reader.variant: reader for reader in readers}
    made = []
    for rendition in renditions:
        example = examples.get(rendition.variant.key)
        reader = nobody([example] if example else [], rendition.variant.key)
        key = _key(rendition, reader, shared)
        facts = _facts.recall(key)
        if facts is None:
            facts = _made(rendition, reader, shared)
            _facts.keep(key, facts)
        made.append(facts)
    return tuple(made)


def relay_facts(config: Config, sender: Sender) -> tuple[RelayFacts, ...]:
    """The mail services of mailer.toml that take mails out in earnest; the one that is used by itself comes first."""
    domain = a_labels(sender.email.rpartition("@")[2])
    has_key = any(f".{domain}".endswith(f".{a_labels(key.domain)}") for key in config.dkim)
    found = [
        RelayFacts(
            name=name,
            host=settings.host,
            is_signed=has_key if settings.dkim else True,
            signs_itself=not settings.dkim,
            most_octets=MOST_OCTETS.get(settings.preset or "", 0),
        )
        for name, settings in config.relays.items()
        if isinstance(settings, SmtpRelay)
    ]
    return tuple(sorted(found, key=lambda each: each.name != config.relay))


class _Shared(NamedTuple):
    """What all messages of an issue have in common."""

    config: Config
    issue: Issue
    sender: Sender
    signer: Signer | None


def _made(rendition: Rendition, reader: Reader, shared: _Shared) -> MessageFacts:
    config, issue, sender, signer = shared
    try:
        template = compile_message(
            _without_contents(rendition),
            sender=sender,
            envelope_sender=config.envelope_sender,
            message_class=issue.message_class,
            list_name=issue.series,
            list_id=config.newsletter.list_id,
            signer=signer,
        )
        recipient = replace(recipient_of(reader), message_id=f"<check@{_domain(sender)}>")
        message = template.message_for(recipient)
    except (MailerError, ValueError) as error:
        told = error.message if isinstance(error, MailerError) else str(error)
        hint = error.hint if isinstance(error, HeaderError) else ""
        return MessageFacts(rendition.variant.key, (), 0, 0, is_signed=False, trouble=told, way_out=hint)
    head = message.content.partition(b"\r\n\r\n")[0]
    fields = [line.partition(":") for line in _unfolded(head)]
    return MessageFacts(
        variant=rendition.variant.key,
        fields=tuple((name, _decoded(value.strip())) for name, _, value in fields),
        octets=len(message.content) + _octets_of_pictures(rendition),
        longest_line=max(map(len, message.content.split(b"\r\n"))),
        is_signed=template.is_signed,
        folded=frozenset(name.lower() for name, _, value in fields if "\r\n" in value),
    )


def _without_contents(rendition: Rendition) -> Rendition:
    """The same, its pictures empty: encoding them takes longer than all the rest, and their size is known."""
    pictures = tuple(picture.model_copy(update={"content": b""}) for picture in rendition.pictures)
    return rendition.model_copy(update={"pictures": pictures})


def _octets_of_pictures(rendition: Rendition) -> int:
    """What the pictures take in base64, on lines of 76 octets and their ends (RFC 2045 section 6.8)."""
    pictures = rendition.pictures if rendition.images == "embedded" else ()
    signs = [-(-len(picture.content) // 3) * 4 for picture in pictures]
    return sum(each + -(-each // 76) * 2 for each in signs)


def _domain(sender: Sender) -> str:
    return a_labels(sender.email.rpartition("@")[2])


def _unfolded(head: bytes) -> list[str]:
    """Fields, each with the line ends inside it."""
    lines: list[str] = []
    for line in head.decode("utf-8", "replace").split("\r\n"):
        if line.startswith((" ", "\t")) and lines:
            lines[-1] += f"\r\n{line}"
        else:
            lines.append(line)
    return lines


def _decoded(value: str) -> str:
    value = value.replace("\r\n", "")
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
        return value


def _signer(workspace: Workspace, sender: Sender) -> Signer | None:
    """The key for that sender; None where there is none, or it cannot be used here: a sending says why."""
    keys = workspace.config.dkim
    if not keys:
        return None
    stamp = stamp_of(*(workspace.root / key.key_file for key in keys if key.key_file))
    values = [os.environ.get(key.key_env, "") for key in keys if key.key_env]
    name = _digest(str(workspace.root), keys, stamp, values)
    signers = _keys.recall(name)
    if signers is None:
        try:
            signers = load_signers(keys, workspace.root)
        except ProblemsError:
            signers = Signers({})
        _keys.keep(name, signers)
    return signers.signer_for(_domain(sender))


def _key(rendition: Rendition, reader: Reader, shared: _Shared) -> str:
    config, issue, sender, signer = shared
    return _digest(
        *(rendition.variant, rendition.subject, rendition.html, rendition.text, rendition.images),
        sorted(rendition.defaults.items()),
        [(picture.cid, picture.sha256, picture.src) for picture in rendition.pictures],
        [(each.name, each.media_type, each.content) for each in rendition.attachments],
        *(sender, config.envelope_sender, config.newsletter, issue.message_class, issue.series),
        sorted(reader.slots.items()),
        (signer.domain, signer.selector, signer.key.public_key().public_numbers()) if signer else (),
    )


def _digest(*parts: object) -> str:
    """The same for the same parts."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode("utf-8", "replace")).hexdigest()
