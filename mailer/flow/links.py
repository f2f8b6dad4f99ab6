"""Following an issue's links, once a proof's worth of findings is there: these join them, and nothing is hashed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from mailer.check import CheckedIssue
from mailer.check.followed import addresses_of, followed_findings
from mailer.config import Workspace
from mailer.flow.compose import Composed
from mailer.model.finding import Finding, Severity, standing, worst_first
from mailer.model.visit import Found, Visit
from mailer.web import Progress, Web, public_web, recall, remember, visit_all

FILE = "links.json"
SECONDS = 120.0
"""The most that all links of an issue may take."""
SITES_TO_TELL = 2
"""With so many sites out of reach and no other in reach, it is the network here that is missing."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What following the links showed."""

    visits: tuple[Visit, ...]
    findings: tuple[Finding, ...]
    """All of them, worst first."""
    standing: tuple[Finding, ...]
    """Those that no waiver covers."""
    recalled: int
    """Of the visits, those that are from the last hours."""

    @property
    def waived(self) -> tuple[Finding, ...]:
        """Those that a waiver covers."""
        return tuple(finding for finding in self.findings if finding not in self.standing)


def follow_links(
    workspace: Workspace,
    composed: Composed,
    web: Web | None = None,
    *,
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> Followed:
    """Ask for each distinct web address of the issue, its translations and its renditions, but for those asked for
    lately. It ends after so many seconds, and says what was not asked by then."""
    checked = _subject(composed)
    wanted = tuple(addresses_of(checked))
    path = workspace.state / FILE
    known = recall(path, datetime.now(UTC))
    asked = asyncio.run(
        visit_all(
            (address for address in wanted if address not in known),
            web or public_web(),
            seconds=seconds,
            progress=progress,
        )
    )
    is_offline = _is_offline(asked)
    if asked and not is_offline:
        # A workspace that cannot be written to can be checked all the same; the sites are only asked again.
        with suppress(OSError):
            remember(path, asked, datetime.now(UTC))
    new = {visit.url: visit for visit in asked}
    visits = tuple(new.get(address) or known[address] for address in wanted)
    told = [visit for visit in visits if not (is_offline and visit.found is Found.UNREACHED)]
    findings = [*followed_findings(checked, told)]
    if is_offline:
        findings.append(_offline(len(visits) - len(told)))
    found = tuple(worst_first(findings))
    return Followed(visits, found, standing(found, composed.waivers), len(visits) - len(asked))


def lately_found(workspace: Workspace, composed: Composed) -> tuple[Finding, ...]:
    """What is still known of the issue's links from when they were followed, worst first. Nothing is asked."""
    checked = _subject(composed)
    known = recall(workspace.state / FILE, datetime.now(UTC))
    visits = [known[address] for address in addresses_of(checked) if address in known]
    return tuple(worst_first([*followed_findings(checked, visits)]))


def _subject(composed: Composed) -> CheckedIssue:
    file = composed.file
    return CheckedIssue(
        issue=file.issue,
        locate=file.locate,
        day=composed.day,
        renditions=composed.renditions,
        translations=file.translations,
        locate_in={language: file.locate_in(language) for language in file.translations},
        slug=file.slug,
    )


def _is_offline(asked: Sequence[Visit]) -> bool:
    tried = [
        visit for visit in asked if (visit.found is not Found.UNASKED or visit.hops) and _has_name(visit.url)
    ]
    sites = {urlsplit(visit.url).hostname for visit in tried}
    return len(sites) >= SITES_TO_TELL and all(
        visit.found is Found.UNREACHED and not visit.hops for visit in tried
    )


def _has_name(url: str) -> bool:
    """Whether its site has a name. Of an address in numbers it is known without a network that it is not asked."""
    try:
        ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return True
    return False


def _offline(count: int) -> Finding:
    return Finding(
        rule="link.not-checked",
        severity=Severity.WARN,
        message=f"No link was checked: none of the {count} addresses was reached.",
        hint="Is this machine on the network? Sites are asked without a proxy.",
    )
