"""Proofs of issues in a workspace: made and frozen."""

from __future__ import annotations

from datetime import UTC, datetime

from mailer.audience.recipients import obliged_groups
from mailer.config import Workspace
from mailer.flow.compose import Composed
from mailer.flow.people import People
from mailer.model.proof import Proof
from mailer.proof import audience_parts, freeze_proof, make_proof


def prove_issue(workspace: Workspace, composed: Composed) -> Proof:
    """Put a composed issue under its digest and keep the pieces that will be sent."""
    proof = draft_proof(workspace, composed)
    freeze_proof(proof, workspace.proofs)
    return proof


def draft_proof(workspace: Workspace, composed: Composed) -> Proof:
    """The proof of a composed issue, not kept anywhere."""
    people = composed.people
    return make_proof(
        slug=composed.file.slug,
        issue=composed.issue,
        sender=composed.sender,
        envelope_sender=workspace.config.envelope_sender,
        list_id=workspace.config.newsletter.list_id,
        personal=personal_facts(workspace, people),
        phrases=composed.phrases,
        segments=composed.segments,
        also=composed.also,
        except_=composed.except_,
        day=composed.day,
        renditions=composed.renditions,
        audience=audience_parts(
            composed.segments,
            people.recipients.segments,
            people.registers,
            composed.issue,
            workspace.config.fallbacks,
            obliged=obliged_groups(workspace.recipients, workspace.root),
        ),
        findings=composed.findings,
        waivers=composed.waivers,
        heads=composed.heads,
        words=composed.words,
        made_at=datetime.now(UTC).replace(microsecond=0),
        corrects=composed.corrects,
        translators={
            language: translation.translators for language, translation in composed.file.translations.items()
        },
    )


def personal_facts(workspace: Workspace, people: People) -> dict[str, object]:
    """Everything that readers' own fields are made of, but for phrases and the readers themselves."""
    config = workspace.config
    register = people.registers.countries
    return {
        "countries": {
            code: c.model_dump(include={"names", "in_text", "of", "in_"}) for code, c in register.items()
        },
        "newsletter": config.newsletter.model_dump(),
        "public": [config.public.value, config.public_url],
    }
