"""Asking web addresses whether they answer, without ever reaching into a network of one's own.

`visit_all` asks for each address and ends by itself; `Web` says with what it resolves and connects;
`recall` and `remember` keep what was found, so that a site is not asked twice a day.
"""

from mailer.web.addresses import refusal
from mailer.web.asking import Web, public_web
from mailer.web.memory import recall, remember
from mailer.web.visiting import Progress, visit_all

__all__ = ["Progress", "Web", "public_web", "recall", "refusal", "remember", "visit_all"]
