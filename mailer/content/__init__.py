"""Issues as nouns, every problem of their files at its line, and the records kept beside them.

`read_issue` and `read_pictures` give what an issue's folder holds, translations included; `new_issue` begins
one, `start_translation`, `extend_translation` and `stamp_translation` keep its translations; `read_waivers`,
`read_approvals` and `read_receipts` (with their `add_…`) keep the records; `write_schemas` serves editors.
Nothing outside the issue's folder and issues/shared is ever read in its name.
"""

from mailer.content.approvals import add_approval, read_approvals
from mailer.content.issues import ISSUE_FILE, IssueFile, find_issue, list_issues, read_issue
from mailer.content.pictures import read_pictures
from mailer.content.records import (
    Receipt,
    add_receipt,
    add_waiver,
    chain_head,
    read_receipts,
    read_waivers,
)
from mailer.content.schemas import write_schemas
from mailer.content.starter import STARTER, new_issue
from mailer.content.translating import (
    Stamped,
    extend_translation,
    stale_names,
    stamp_translation,
    start_translation,
)

__all__ = [
    "ISSUE_FILE",
    "STARTER",
    "IssueFile",
    "Receipt",
    "Stamped",
    "add_approval",
    "add_receipt",
    "add_waiver",
    "chain_head",
    "extend_translation",
    "find_issue",
    "list_issues",
    "new_issue",
    "read_approvals",
    "read_issue",
    "read_pictures",
    "read_receipts",
    "read_waivers",
    "stale_names",
    "stamp_translation",
    "start_translation",
    "write_schemas",
]
