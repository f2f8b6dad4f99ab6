"""What the workbook's sheet "Read me" says."""

from __future__ import annotations

_SAID = (
    (
        "What is where",
        "Contacts: one row a person. Roles: one row a role. Subscriptions: one row a newsletter. The last two are "
        "tied to a person by the address in their first column; where two people share an address, by the name too.",
    ),
    (
        "How to change something",
        "Change the cell. Country, language, role and messages have a list to choose from. Write days as 2016-12-19.",
        "If you change an address in Contacts, roles and subscriptions follow by the name.",
        "Several further addresses of one person stand in one cell, with semicolons between them.",
    ),
    (
        "When somebody new comes",
        "Add a row in Contacts, and a row in Roles for each role. Give the day and the letter of appointment.",
    ),
    (
        "When somebody leaves",
        "Write the last day of their role in Roles, column To, and the letter. Do not delete the person: what was "
        "sent to them stays on record. A row that is missing, struck out or hidden changes nothing by itself: the "
        "import asks.",
    ),
    (
        "Subscriptions",
        "A day in column To ends one. Nobody who has left a newsletter can be put back here: they subscribe again "
        "themselves. Deleting a row changes nothing.",
    ),
    (
        "Then",
        "Save as an Excel workbook (.xlsx), and run: mailer contacts import FILE. It shows what would change, and "
        "asks.",
    ),
)

READ_ME = tuple(("text" if number else "head", text) for part in _SAID for number, text in enumerate(part))
"""Kind of line, and its words."""
