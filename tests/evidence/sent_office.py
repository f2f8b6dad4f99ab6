"""The office that told four people of four countries something, for real."""

from __future__ import annotations

import json
from pathlib import Path

from mailer.flow import ledger_of
from mailer.ledger import Ledger
from tests.flow.office import ISSUE, Office

NOTICE = ISSUE.replace("authors:", "message_class: notice\nauthors:")

CONTACTS = """\
email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions
aigerim@example.org,Ms.,Aigerim,Sadykova,,en,KZ,Ministry of Ecology,national-focal-point:cms 2016-02-01..,
enkhjargal@example.org,Ms.,Enkhjargal,Bold,,en,MN,Ministry of Nature,national-focal-point:cms,
rustam@example.org,Mr.,Rustam,Davlatov,,en,TJ,Committee,national-focal-point:cms ..2016-06-30; press,
nodira@example.org,Ms.,=Nodira,Yusupova,,en,UZ,State Committee,partner,
"""


class SentOffice(Office):
    """An office with one finished real sending."""

    @property
    def sending(self) -> str:
        (one,) = json.loads(self.run("dispatches", "--real", "--format", "json"))
        return str(one["id"])

    @property
    def contacts(self) -> Path:
        return self.root / "recipients" / "contacts.csv"

    @property
    def settings(self) -> Path:
        return self.root / "mailer.toml"

    @property
    def receipts(self) -> Path:
        return self.issue.parent / "dispatches.yaml"

    def ledger(self) -> Ledger:
        return ledger_of(self.workspace)
