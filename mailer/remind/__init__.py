"""Ladders: which reminder is due on a day, to whom, and why.

Everything here is a value in and a value out: a deadline, what has come in, who holds which office, and what the
send record says, give the day's plan. Nothing is sent and nothing is written.
"""

from mailer.remind.day import plan_day
from mailer.remind.ladder import end_of, steps_of, today_in
from mailer.remind.obligations import obligations_of, obligations_on
from mailer.remind.owing import owing_countries
from mailer.remind.record import history_after
from mailer.remind.simulate import simulate

__all__ = [
    "end_of",
    "history_after",
    "obligations_of",
    "obligations_on",
    "owing_countries",
    "plan_day",
    "simulate",
    "steps_of",
    "today_in",
]
