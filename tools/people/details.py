"""What the file says of a few people beyond name and post: by the address that their name gives."""

from __future__ import annotations

WING = "wildlife.wing@example.org"

DETAILS: dict[str, dict[str, str]] = {
    # One mailbox, two people: the respondent, and the former focal point, who gets nothing any more.
    "arvind.chaturvedi@example.org": {
        "email": WING,
        "since": "2016-09-01",
        "subscriptions": "cami-newsletter 2016-09-05.. {letter 2016/88}",
    },
    "nitin.deshmukh@example.org": {
        "email": WING,
        "subscriptions": "cami-newsletter 2010-05-01..2015-12-31",
        "note": "The successor uses the same mailbox.",
    },
    # One person, two mailboxes.
    "saule.zhumabekova@example.com": {
        "other_emails": "saule.zh@example.org",
        "since": "2010-02-01",
    },
    # Where the consent is known from.
    "laila.ahmadzai@example.org": {"subscriptions": "cami-newsletter 2015-08-01.. {letter 2015/61}"},
    "annegret.wiesholler@example.org": {
        "subscriptions": "cami-newsletter 2014-02-17.. {web form}; cms-bulletin 2015-01-12.. {web form}",
    },
    "solene.marchandeau@example.org": {"subscriptions": "cami-newsletter 2015-11-30.. {COP11 side event}"},
    "aurelien.vauquelin@example.com": {
        "subscriptions": "cami-newsletter 2016-03-01.. {e-mail of 1 March 2016}"
    },
    # Left the newsletter, still told officially.
    "siavash.rostami@example.org": {
        "subscriptions": "cami-newsletter 2009-03-01..2015-12-31",
        "messages": "notice",
    },
    "etienne.kervadec@example.org": {"note": "Reads it on the office's own page."},
}
