"""What the checks are told of the finished message is what is sent, costs little, and never fails."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.flow import Composed, compose_issue
from mailer.flow.message_facts import message_facts, relay_facts
from mailer.flow.messages import nobody, recipient_of
from mailer.message import compile_message
from mailer.model.finding import Severity
from tests.flow.office import Office
from tests.flow.test_signed_sendings import with_bad_key, with_key

ROOT = Path(__file__).parents[2]
SAMPLE = "2016-12-cami"
SERVER = '\npublic_url = "https://news.example.org"\n'


def composed(office: Office, slug: str = "test-issue") -> Composed:
    return compose_issue(open_workspace(office.root), slug, secret=b"secret")


def composed_sample(office: Office) -> Composed:
    """The sample issue, which has pictures, for the readers of the office."""
    shutil.copytree(ROOT / "issues" / SAMPLE, office.root / "issues" / SAMPLE)
    return composed(office, SAMPLE)


def rewrite(office: Office, before: str, after: str) -> None:
    path = office.root / "mailer.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_sizes_are_those_of_the_message_that_is_sent_pictures_and_all(office: Office) -> None:
    made = composed_sample(office)
    told = message_facts(office.workspace, made.issue, made.renditions, made.readers, sender=made.sender)
    assert [facts.variant for facts in told] == [rendition.variant.key for rendition in made.renditions]
    assert any(rendition.pictures for rendition in made.renditions)
    config = office.workspace.config
    for rendition, facts in zip(made.renditions, told, strict=True):
        template = compile_message(
            rendition,
            sender=made.sender,
            envelope_sender=config.envelope_sender,
            message_class=made.issue.message_class,
            list_name=made.issue.series,
            list_id=config.newsletter.list_id,
        )
        reader = nobody(made.readers, rendition.variant.key)
        [message_id] = facts.all("Message-ID")
        message = template.message_for(replace(recipient_of(reader), message_id=message_id))
        assert facts.octets == len(message.content)
        assert facts.longest_line == max(map(len, message.content.split(b"\r\n")))


def test_a_signed_newsletter_with_one_click_is_as_receivers_want_it(office: Office) -> None:
    with_key(office)
    rewrite(office, 'public = "none"', f'public = "server"{SERVER}')
    office.use_relay(2525)
    made = composed(office)
    facts, *_ = message_facts(
        open_workspace(office.root), made.issue, made.renditions, made.readers, sender=made.sender
    )
    assert facts.is_signed
    assert facts.all("list-unsubscribe-post") == ("List-Unsubscribe=One-Click",)
    assert facts.all("List-Unsubscribe")[0].startswith("<https://news.example.org/unsubscribe/")
    assert "list-unsubscribe-post" in facts.all("DKIM-Signature")[0]
    assert "list-unsubscribe" not in facts.folded
    families = ("header", "unsubscribe", "relay", "from", "reply")
    assert [finding for finding in made.findings if finding.rule.partition(".")[0] in families] == []


def test_what_nobody_signs_is_told_where_it_goes_out_in_earnest_and_only_there(office: Office) -> None:
    assert "relay.unsigned" not in {finding.rule for finding in composed(office).findings}
    office.use_relay(2525)
    assert "relay.unsigned" in {finding.rule for finding in composed(office).findings}
    [relay] = relay_facts(open_workspace(office.root).config, office.workspace.config.sender)
    assert (relay.name, relay.is_signed, relay.signs_itself) == ("office", False, False)


def test_a_key_that_cannot_be_used_here_keeps_nobody_from_composing(office: Office) -> None:
    with_bad_key(office)
    made = composed(office)
    facts, *_ = message_facts(
        open_workspace(office.root), made.issue, made.renditions, made.readers, sender=made.sender
    )
    assert not facts.is_signed
    assert not facts.trouble


@pytest.mark.parametrize("address", ["x y@example.org", "news@", "<a@example.org>"])
def test_a_message_that_cannot_be_made_is_a_finding(office: Office, address: str) -> None:
    text = office.issue.read_text(encoding="utf-8")
    office.issue.write_text(f"sender: {{name: Office, email: '{address}'}}\n{text}", encoding="utf-8")
    made = composed(office)
    [found] = [finding for finding in made.findings if finding.rule == "header.impossible"]
    assert found.severity is Severity.STOP
    assert address in found.message
