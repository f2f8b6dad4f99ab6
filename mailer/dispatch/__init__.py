"""From a proof and its readers to deliveries with a known fate.

`plan_dispatch` is pure: who gets it, who is left out and why. `deliver_dispatch` claims, hands over and settles
until nothing is left to do now. `report_dispatch` adds up what the ledger says, and nothing else.
"""

from mailer.dispatch.deliver import deliver_dispatch
from mailer.dispatch.plan import plan_dispatch
from mailer.dispatch.report import report_dispatch, report_rows
from mailer.dispatch.retry import RETRY_MINUTES, next_try
from mailer.dispatch.run import Ended, StillTrue, always

__all__ = [
    "RETRY_MINUTES",
    "Ended",
    "StillTrue",
    "always",
    "deliver_dispatch",
    "next_try",
    "plan_dispatch",
    "report_dispatch",
    "report_rows",
]
