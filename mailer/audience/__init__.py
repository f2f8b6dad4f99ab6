"""Who is written to, and why: people, groups and registers as values, and pure questions about them.

`read_recipients` and `read_registers` read files and give every problem at its line; `resolve`, `belongs`,
`explain` and `count` answer for a `Scene` (registers, groups, a day) and touch nothing; `slot_values` and
`language_for` say what makes one reader's copy theirs.
"""

from mailer.audience.addresses import AddressError, normalise
from mailer.audience.contacts import contact_cells, read_contacts, write_contacts
from mailer.audience.counts import AudienceCounts, count, count_in
from mailer.audience.crowd import Crowd, crowd_of, resolve
from mailer.audience.deadline_findings import check_deadline
from mailer.audience.deadlines import DeadlineFile, read_deadline, read_deadlines
from mailer.audience.explain import Explanation, explain, words
from mailer.audience.reach import address_for
from mailer.audience.recipients import read_recipients
from mailer.audience.registers import read_registers
from mailer.audience.resolve import Scene, belongs, roles_on
from mailer.audience.segments import read_segments
from mailer.audience.slots import language_for, slot_values

__all__ = [
    "AddressError",
    "AudienceCounts",
    "Crowd",
    "DeadlineFile",
    "Explanation",
    "Scene",
    "address_for",
    "belongs",
    "check_deadline",
    "contact_cells",
    "count",
    "count_in",
    "crowd_of",
    "explain",
    "language_for",
    "normalise",
    "read_contacts",
    "read_deadline",
    "read_deadlines",
    "read_recipients",
    "read_registers",
    "read_segments",
    "resolve",
    "roles_on",
    "slot_values",
    "words",
    "write_contacts",
]
