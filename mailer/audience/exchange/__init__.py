"""Lists of people in and out: our contacts as a workbook or CSV, and strangers' CSV and XLSX files read with care.

`contacts_workbook` and `contacts_csv` give bytes and text to be edited; `read_list` reads what comes back, or a
stranger's list, within bounds, and says of every row what became of it; `compare` lays it beside the standing file;
`with_ending` ends the roles of somebody who has left. Nothing here writes our contacts, and nothing deletes anybody.
"""

from mailer.audience.exchange.comparison import Terms, compare
from mailer.audience.exchange.days import read_day
from mailer.audience.exchange.differences import Added, Change, Changed, Comparison, Gone
from mailer.audience.exchange.endings import Ending, gone_template, make_ending, read_endings, with_ending
from mailer.audience.exchange.found import Incoming, Refused
from mailer.audience.exchange.grid import Told
from mailer.audience.exchange.headings import FIELDS, IGNORE, unknown_fields
from mailer.audience.exchange.listing import Choices, Listing, read_list
from mailer.audience.exchange.meanings import Meanings
from mailer.audience.exchange.memory import MAPS_FILE, read_maps, remember
from mailer.audience.exchange.plainly import UnclearError
from mailer.audience.exchange.workbook import contacts_csv, contacts_workbook

__all__ = [
    "FIELDS",
    "IGNORE",
    "MAPS_FILE",
    "Added",
    "Change",
    "Changed",
    "Choices",
    "Comparison",
    "Ending",
    "Gone",
    "Incoming",
    "Listing",
    "Meanings",
    "Refused",
    "Terms",
    "Told",
    "UnclearError",
    "compare",
    "contacts_csv",
    "contacts_workbook",
    "gone_template",
    "make_ending",
    "read_day",
    "read_endings",
    "read_list",
    "read_maps",
    "remember",
    "unknown_fields",
    "with_ending",
]
