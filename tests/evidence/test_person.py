"""What `mailer person` tells of somebody: "the minister's office got nothing" is answered at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from mailer.model.suppression import Because
from tests.evidence.sent_office import SentOffice


def test_everything_that_was_sent_to_an_address_and_what_became_of_it(sent: SentOffice) -> None:
    printed = sent.run("person", "Aigerim@Example.org")
    for part in (
        "Aigerim Sadykova <aigerim@example.org>",
        "Ms. Aigerim Sadykova, Ministry of Ecology, KZ, writes in en",
        "national focal point (cms): 2016-02-01 to now",
        "1 mail, 1 taken over by the mail service",
        "taken over by office: test-issue",
        f"to aigerim@example.org, in en, sending {sent.sending}",
        "250 2.0.0 kept",
    ):
        assert part in printed
    assert "delivered" not in printed


def test_who_got_nothing_learns_why(sent: SentOffice) -> None:
    printed = sent.run("person", "enkhjargal@example.org")
    assert "1 mail, 0 taken over" in printed
    assert "refused: test-issue" in printed
    assert "550 5.1.1 no such user" in printed
    with sent.ledger() as ledger:
        ledger.suppress("rustam@example.org", Because.BOUNCED, "550 gone", by="Ann")
    printed = sent.run("person", "Davlatov", "--on", "2016-12-19")
    assert (
        f"On the do-not-mail list: rustam@example.org bounced since {datetime.now(UTC):%Y-%m-%d}" in printed
    )
    assert "bounced: 550 gone" in printed
    assert "(cms): … to 2016-06-30; not on 2016-12-19" in printed
    assert "suppressed by Ann: bounced: 550 gone" in printed


def test_a_country_shows_all_its_people_and_the_former_holder_s_mails_stay(sent: SentOffice) -> None:
    former = "aigerim@example.org,Ms.,Aigerim,Sadykova,,en,KZ,Ministry of Ecology,national-focal-point:cms"
    text = sent.contacts.read_text(encoding="utf-8")
    changed = text.replace(former, former.replace("aigerim", "timur").replace("Aigerim", "Timur"))
    assert changed != text
    sent.contacts.write_text(changed, encoding="utf-8")
    for country in ("KZ", "kz", "Kazakhstan", "\u041a\u0430\u0437\u0430\u0445\u0441\u0442\u0430\u043d"):
        printed = sent.run("person", country)
        assert "Timur Sadykova <timur@example.org>: national focal point (cms)" in printed
        assert "Written to before, and not in contacts.csv any more: aigerim@example.org" in printed
        assert "to Aigerim Sadykova <aigerim@example.org>" in printed
    printed = sent.run("person", "aigerim@example.org")
    assert "Not in contacts.csv (any more)." in printed
    assert "taken over by office: test-issue" in printed
    told = json.loads(sent.run("person", "KZ", "--format", "json"))
    assert told["former_addresses"] == ["aigerim@example.org"]
    assert [(mail["person"], mail["state"]) for mail in told["mails"]] == [("Aigerim Sadykova", "accepted")]
    sent.run("evidence", sent.sending)


def test_somebody_forgotten_is_found_by_their_address_and_named_no_more(sent: SentOffice) -> None:
    with sent.ledger() as ledger:
        ledger.forget("nodira@example.org", by="Ann", why="asked to")
    text = sent.contacts.read_text(encoding="utf-8").splitlines(keepends=True)
    sent.contacts.write_text("".join(text[:-1]).replace("press", "press; partner"), encoding="utf-8")
    printed = sent.run("person", "nodira@example.org")
    assert "to forgotten:" in printed
    assert "forgotten by Ann" in printed
    assert "Yusupova" not in printed


def test_rehearsals_do_not_count_as_something_sent(sent: SentOffice) -> None:
    assert len(json.loads(sent.run("person", "KZ", "--format", "json"))["mails"]) == 1


def test_what_nobody_knows_is_said_with_the_nearest(sent: SentOffice) -> None:
    assert 'Did you mean "aigerim@example.org"' in sent.run("person", "aigerin@example.org", code=1)
    assert 'Did you mean "KZ"' in sent.run("person", "Kazahkstan", code=2)
    assert "is not an address" in sent.run("person", "no@body@example.org", code=2)
    assert "Several people are called" in sent.run("person", "i", code=2)
    assert "is no address" in sent.run("person", "", code=2)
    assert "Nothing was really sent there." in sent.run("person", "NO")
