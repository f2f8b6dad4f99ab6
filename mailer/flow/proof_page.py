"""A proof as one page to look at or pass round: `build/<slug>/proof/index.html`, with its mails beside it.

It has no script, asks for nothing from elsewhere, and opens from disk.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from wcwidth import iter_graphemes

from mailer.config import Workspace
from mailer.flow.archive_editions import archive_words
from mailer.flow.compose import Composed
from mailer.flow.proof_page_changes import asides, since_last
from mailer.flow.proof_page_mails import LOOKS, MADE_UP, file_of, leading, specimens, write_mails
from mailer.flow.proof_page_people import who_gets_it
from mailer.flow.proof_page_shots import DESKTOP, PHONE, Shots, take_shots
from mailer.model.dispatch import Plan
from mailer.model.finding import Finding, counts_of
from mailer.model.proof import Approval, Proof
from mailer.proof import how_given, missing_words, warning_of_window, why_not_yet, window_in_words
from mailer.proof.approval import OPTIONS
from mailer.render.dates import direction
from mailer.source import language_name

FOLDER = "proof"
PAGE = "index.html"
_CODE = re.compile(r"`([^`\n]+)`")
CUTS = (("On a phone", 24, 35), ("On a desktop", 40, 70))
"""Where, and how many signs of the sender, and of the subject and the preheader, an inbox shows about."""


@dataclass(frozen=True, slots=True)
class ProofPage:
    """Where the page is, and what to say about it."""

    index: Path
    note: str
    """Why there are no screenshots, or not all; "" where they are there or were not asked for."""


def write_proof_page(
    workspace: Workspace,
    composed: Composed,
    proof: Proof,
    plan: Plan,
    approvals: tuple[Approval, ...],
    *,
    made_by: str,
    screenshots: bool = True,
) -> ProofPage:
    """Write the page in the place of the last one, whole or not at all. `plan`: who would get it now."""
    mails = specimens(workspace, composed, proof)
    led = leading(mails)
    home = workspace.build / proof.slug
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".proof-", dir=home))
    try:
        # A temporary folder is its maker's alone; this one is to be passed round.
        draft.chmod(0o755)
        write_mails(mails, led.values(), draft)
        shots = Shots(note="Screenshots were not asked for.")
        if screenshots:
            shots = take_shots({one.key: draft / file_of(one) for one in led.values()}, draft / "shots")
        facts = _facts(workspace, composed, proof, plan, approvals)
        drawn = {"mails": mails, "led": led, "asides": asides(mails, composed.issue), "shots": shots}
        (draft / PAGE).write_text(_page(facts | drawn | {"made_by": made_by}), encoding="utf-8", newline="")
        return ProofPage(_put(draft, home / FOLDER) / PAGE, shots.note if screenshots else "")
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, folder: Path) -> Path:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    return draft.rename(folder)


def _facts(
    workspace: Workspace, composed: Composed, proof: Proof, plan: Plan, approvals: tuple[Approval, ...]
) -> dict[str, Any]:
    """What the page says of the proof besides its mails."""
    office, rules = workspace.config.office, workspace.config.approval_rules
    today = office.day_of(datetime.now(UTC))
    return {
        "workspace": workspace,
        "composed": composed,
        "proof": proof,
        "approvals": approvals,
        "today": today,
        "since": since_last(proof, workspace.proofs),
        "who": who_gets_it(composed, plan),
        "waived": proof.waived,
        "options": OPTIONS[rules.kind],
        "missing": missing_words(proof, approvals, rules),
        "not_yet": why_not_yet(proof),
        "counts": counts_of(proof.standing) or "nothing found",
        "window": window_in_words(proof),
        "zone": office.timezone,
        "archive": archive_words(workspace, composed.file).removeprefix("Archive: "),
        "warning": warning_of_window(proof, today),
    }


def _page(facts: dict[str, Any]) -> str:
    return (
        _environment()
        .get_template("proof_page.html.j2")
        .render(
            facts,
            style=_style(),
            style_hash=base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode(),
            looks=LOOKS,
            cuts=CUTS,
            phone=PHONE,
            desktop=DESKTOP,
            made_up=MADE_UP,
            unchecked=_unchecked(facts["composed"], facts["shots"]),
        )
    )


def _unchecked(composed: Composed, shots: Shots) -> list[str]:
    """What nobody looked at: neither a rule nor, where there are no screenshots, a browser."""
    told = [one.words for one in composed.not_checked]
    return [words[:1].upper() + words[1:] for words in (*told, shots.note) if words]


def coded(words: str) -> Markup:
    """Words in which commands and files, between backticks, are code."""
    parts = _CODE.split(words)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )


def quoted(finding: Finding) -> str:
    """The words of a text that a finding is about, where its message does not have them; "" where it does."""
    words = finding.words or ""
    return words if finding.field and words not in finding.message else ""


def cut(words: str, most: int) -> tuple[str, str]:
    """So many signs of it as people count them, and the rest."""
    signs = list(iter_graphemes(words))
    return "".join(signs[:most]), "".join(signs[most:])


@cache
def _style() -> str:
    return (Path(__file__).parent / "proof_page.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "language": language_name,
        "direction": direction,
        "cut": cut,
        "number": "{:,}".format,
        "how": how_given,
        "coded": coded,
        "quoted": quoted,
    }
    made.globals |= {"file_of": file_of}
    return made
