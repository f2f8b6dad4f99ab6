"""The ordered table of all rules."""

from __future__ import annotations

from mailer.check.rule import Rule
from mailer.check.rules import (
    acronyms,
    audience,
    compat,
    consistency,
    dates_in_text,
    days,
    deadline,
    head,
    link_address,
    link_text,
    mailto,
    output,
    pictures,
    public,
    segment,
    size,
    slots,
    stand_ins,
    translation,
    wording,
)

FAMILIES = (
    head.RULES,
    mailto.RULES,
    link_address.RULES,
    link_text.RULES,
    pictures.RULES,
    slots.RULES,
    stand_ins.RULES,
    segment.RULES,
    audience.RULES,
    dates_in_text.RULES,
    days.RULES,
    deadline.RULES,
    consistency.RULES,
    wording.RULES,
    acronyms.RULES,
    translation.RULES,
    size.RULES,
    output.RULES,
    compat.RULES,
    public.RULES,
)
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family)
"""In the order in which the documentation lists them; findings come worst first."""
