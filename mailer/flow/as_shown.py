"""What was shown before a question must still hold after the answer: a question may stand for long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mailer.config import Workspace, open_workspace
from mailer.errors import MailerError
from mailer.model.dispatch import Plan, PlannedDelivery
from mailer.model.proof import Proof
from mailer.proof import changed_text, in_words, what_changed

HINT = "Run it again, and look at the plan."
NAMED = 3
"""So many addresses are named; of more, only the number is said."""


def require_settings_as_shown(workspace: Workspace) -> None:
    """MailerError where mailer.toml has changed: who must approve, and through which mail service, stands there."""
    if open_workspace(workspace.root).config != workspace.config:
        raise MailerError("mailer.toml has changed since the plan was shown: nothing was sent.", HINT)


def require_proofs_as_shown(shown: Sequence[Proof], now: Sequence[Proof]) -> None:
    """MailerError, with what has changed, where one of the two halves of a correction is another."""
    fresh = {bool(proof.corrects): proof for proof in now}
    for proof in shown:
        other = fresh.get(bool(proof.corrects))
        if other and (changed := what_changed(proof, other)):
            raise _changed([f"{in_words(changed, changed_text(proof, other))} (proof {proof.seal})"])


def require_as_shown(shown: Iterable[Plan], now: Iterable[Plan]) -> None:
    """MailerError, in words, where it would go to others, in other words, or for another occasion than was shown."""
    before = {plan.dispatch.occasion: plan for plan in shown}
    after = {plan.dispatch.occasion: plan for plan in now}
    said = [f"{name} is not to go any more" for name in before if name not in after]
    said += [f"{name} is to go too" for name in after if name not in before]
    said += [words for name in before if name in after for words in _differences(before[name], after[name])]
    if said:
        raise _changed(said)


def _differences(shown: Plan, now: Plan) -> Iterator[str]:
    if shown.dispatch.digest != now.dispatch.digest:
        yield f"it is proof {now.dispatch.digest[:6]} now, not {shown.dispatch.digest[:6]}"
    before, after = _by_address(shown), _by_address(now)
    if new := [address for address in after if address not in before]:
        yield f"{len(new)} more would get it{_named(new)}"
    if gone := [address for address in before if address not in after]:
        yield f"{len(gone)} would not get it any more{_named(gone)}"
    if others := [one for one, mails in before.items() if one in after and after[one] != mails]:
        yield f"{len(others)} would get it in other words{_named(others)}"


def _by_address(plan: Plan) -> dict[str, list[PlannedDelivery]]:
    found: dict[str, list[PlannedDelivery]] = {}
    for one in plan.deliveries:
        found.setdefault(one.address, []).append(one)
    return found


def _named(addresses: list[str]) -> str:
    return f" ({', '.join(addresses)})" if len(addresses) <= NAMED else ""


def _changed(said: list[str]) -> MailerError:
    words = "; ".join(said)
    return MailerError(f"Something has changed since the plan was shown, so nothing was sent: {words}.", HINT)
