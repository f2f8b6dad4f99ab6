"""The spine: the stages in order, and the one place that names concrete relays and ledgers.

    compose_issue   issue file + people → variants, renditions, findings
    prove_issue     … under a digest, frozen
    approve_proof   somebody's word for exactly that digest
    plan_send       proof + audience − suppressed − those who have it → plan
    send_plan       plan → ledger → relay → report
    resume          the last step again, on what the ledger already has

The commands, the studio, rehearsals and real sendings all go through these.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailer.flow.approving import approvals_of, approve_proof
    from mailer.flow.compose import Composed, compose_issue
    from mailer.flow.deliver import Sent, resume
    from mailer.flow.people import People, read_people
    from mailer.flow.prove import prove_issue
    from mailer.flow.records import adopt_ledger, ledger_of
    from mailer.flow.relays import open_relay
    from mailer.flow.send import plan_send, send_plan

__all__ = [
    "Composed",
    "People",
    "Sent",
    "adopt_ledger",
    "approvals_of",
    "approve_proof",
    "compose_issue",
    "ledger_of",
    "open_relay",
    "plan_send",
    "prove_issue",
    "read_people",
    "resume",
    "send_plan",
]

_HOMES = {
    "compose": ("Composed", "compose_issue"),
    "people": ("People", "read_people"),
    "approving": ("approvals_of", "approve_proof"),
    "prove": ("prove_issue",),
    "records": ("adopt_ledger", "ledger_of"),
    "relays": ("open_relay",),
    "deliver": ("Sent", "resume"),
    "send": ("plan_send", "send_plan"),
}


def __getattr__(name: str) -> Any:
    """A stage is imported when it is first asked for (PEP 562): whoever only checks an issue needs no relay."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"mailer.flow.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
