"""Issues as nouns, every problem of their files at its line, and the records kept beside them.

`read_issue` and `read_pictures` give what an issue's folder holds; `new_issue` begins one; `read_waivers`,
`read_approvals` and `read_receipts` (with their `add_…`) keep the records; `write_schemas` serves editors.
Nothing outside the issue's folder is ever read in its name.
"""

from mailer.content.issues import ISSUE_FILE, IssueFile, find_issue, list_issues, read_issue
from mailer.content.pictures import read_pictures
from mailer.content.records import (
    Receipt,
    add_approval,
    add_receipt,
    add_waiver,
    chain_head,
    read_approvals,
    read_receipts,
    read_waivers,
)
from mailer.content.schemas import write_schemas
from mailer.content.starter import new_issue

__all__ = [
    "ISSUE_FILE",
    "IssueFile",
    "Receipt",
    "add_approval",
    "add_receipt",
    "add_waiver",
    "chain_head",
    "find_issue",
    "list_issues",
    "new_issue",
    "read_approvals",
    "read_issue",
    "read_pictures",
    "read_receipts",
    "read_waivers",
    "write_schemas",
]
