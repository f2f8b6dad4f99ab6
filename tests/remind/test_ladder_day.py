"""One day of a ladder: who is reminded, as what, of what; what lapses; and who cannot be reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailer.errors import UsageError
from mailer.model.audience import AllOf, Contact, InCountry, Recipients, Role, Segment
from mailer.model.deadline import What
from mailer.model.reminder import DayPlan, History, Standing
from mailer.remind import history_after
from tests.remind.ladder_kit import (
    FOCAL,
    NO_HISTORY,
    WEEKDAYS,
    a_deadline,
    a_focal_point,
    a_world,
    countries,
    day,
    planned,
    said,
    told,
)

HOLDER = "holder.kz@example.org"
KZ = "national-report-cop12/2017-04-24/{}/KZ"


def kazakhstan(*contacts: Contact, on: str = "2017-01-24"):
    return a_world(*contacts, states=["KZ"], on=on)


def why(plan: DayPlan) -> list[str]:
    return [one.why for one in plan.unreached]


# Which step


def test_nothing_goes_before_the_first_step_and_each_step_goes_on_its_day() -> None:
    world = kazakhstan(a_focal_point("KZ"))
    assert planned(a_deadline(), world, on="2017-01-23").reminders == ()
    plan = planned(a_deadline(), world, on="2017-01-24")
    assert told(plan) == {(HOLDER, "-90d")}
    assert plan.reminders[0].occasions == (KZ.format("-90d"),)
    assert plan.lapsed == plan.unreached == ()


def test_the_same_day_again_sends_nothing() -> None:
    world = kazakhstan(a_focal_point("KZ"))
    first = planned(a_deadline(), world)
    again = planned(a_deadline(), world, history=history_after(NO_HISTORY, first))
    assert first.reminders
    assert again.reminders == again.lapsed == ()


def test_a_machine_that_was_off_sends_the_latest_step_only_and_notes_what_lapsed() -> None:
    plan = planned(a_deadline(), kazakhstan(a_focal_point("KZ")), on="2017-04-12")
    assert told(plan) == {(HOLDER, "-14d")}
    assert [one.occasion for one in plan.lapsed] == [KZ.format("-90d"), KZ.format("-30d")]
    assert "before the next reminder, -14d, was due" in plan.lapsed[0].why
    after = history_after(NO_HISTORY, plan)
    assert planned(a_deadline(), kazakhstan(a_focal_point("KZ")), on="2017-04-12", history=after).lapsed == ()


def test_a_step_of_before_the_due_date_does_not_go_after_it() -> None:
    plan = planned(a_deadline(), kazakhstan(a_focal_point("KZ")), on="2017-04-25")
    assert plan.reminders == ()
    assert [one.occasion for one in plan.lapsed] == [
        KZ.format(s) for s in ("-90d", "-30d", "-14d", "-7d", "-1d")
    ]
    assert "by 2017-04-24, the due date" in plan.lapsed[-1].why
    overdue = planned(a_deadline(), kazakhstan(a_focal_point("KZ")), on="2017-04-27")
    assert told(overdue) == {(HOLDER, "+3d")}


def test_on_the_due_date_itself_the_last_step_may_still_go() -> None:
    assert told(planned(a_deadline(), kazakhstan(a_focal_point("KZ")), on="2017-04-24")) == {(HOLDER, "-1d")}


def test_after_the_end_everything_left_lapses_and_nothing_goes() -> None:
    world = kazakhstan(a_focal_point("KZ"))
    assert told(planned(a_deadline(), world, on="2017-05-24")) == {(HOLDER, "+3d")}
    plan = planned(a_deadline(), world, on="2017-05-25")
    assert plan.reminders == plan.unreached == ()
    assert len(plan.lapsed) == 6
    assert "2017-05-24, the last day for reminders" in plan.lapsed[-1].why


def test_a_step_that_somebody_got_never_lapses() -> None:
    world = kazakhstan(a_focal_point("KZ"))
    history = History(sent=frozenset({(KZ.format("-90d"), "predecessor@example.org")}))
    assert planned(a_deadline(), world, on="2017-04-10", history=history).lapsed[0].occasion == KZ.format(
        "-30d"
    )


def test_a_clock_that_was_ahead_for_a_moment_does_not_silence_a_ladder() -> None:
    everything = frozenset(KZ.format(step) for step in ("-90d", "-30d", "-14d", "-7d", "-1d", "+3d"))
    world = kazakhstan(a_focal_point("KZ"))
    plan = planned(a_deadline(), world, history=History(lapsed=everything))
    assert [one.step for one in plan.reminders] == ["-90d"]
    assert plan.lapsed == ()


def test_a_step_that_was_given_up_for_a_later_one_is_not_sent_when_the_clock_goes_back() -> None:
    world = kazakhstan(a_focal_point("KZ"))
    (address,) = (contact.address for contact in world[0].contacts)
    history = History(sent=frozenset({(KZ.format("-14d"), address)}), lapsed=frozenset({KZ.format("-90d")}))
    assert planned(a_deadline(), world, history=history).reminders == ()


# What has come in


def test_nothing_goes_for_what_came_in_or_is_held_and_goes_again_when_that_ends() -> None:
    world = kazakhstan(a_focal_point("KZ"))
    came, held = (
        said("KZ", What.SUBMITTED, "2017-03-01"),
        said("KZ", What.HELD, "2017-03-01", note="elections"),
    )
    for line in (came, held):
        plan = planned(a_deadline(), world, line, on="2017-03-25")
        assert plan.reminders == plan.lapsed == plan.unreached == ()
    returned = said("KZ", What.RETURNED, "2017-03-28")
    plan = planned(a_deadline(), world, came, returned, on="2017-03-28")
    assert told(plan) == {(HOLDER, "-30d")}
    assert plan.reminders[0].obligations[0].returned
    released = said("KZ", What.RELEASED, "2017-03-28")
    assert told(planned(a_deadline(), world, held, released, on="2017-03-28")) == {(HOLDER, "-30d")}


def test_an_extension_runs_its_own_ladder_and_says_so_to_those_who_heard_the_former_date() -> None:
    world = kazakhstan(a_focal_point("KZ"), a_focal_point("KZ", "newcomer", start=day("2017-04-15")))
    history = history_after(NO_HISTORY, planned(a_deadline(), world, on="2017-04-10"))
    extended = said("KZ", What.EXTENDED, "2017-04-18", until="2017-05-31")
    plan = planned(a_deadline(), world, extended, on="2017-04-18", history=history)
    by_address = {one.address: one for one in plan.reminders}
    assert {one.step for one in plan.reminders} == {"-90d"}, "the latest step of the new ladder"
    assert by_address[HOLDER].occasions == ("national-report-cop12/2017-05-31/-90d/KZ",)
    assert by_address[HOLDER].moved_from == day("2017-04-24")
    assert by_address["newcomer.kz@example.org"].moved_from is None
    after = history_after(history, plan)
    next_ = planned(a_deadline(), world, extended, on="2017-05-01", history=after)
    assert {(one.step, one.moved_from) for one in next_.reminders} == {("-30d", None)}


def test_a_due_date_that_moves_twice_and_back_says_what_was_heard_last() -> None:
    world = kazakhstan(a_focal_point("KZ"))
    april, june = a_deadline(), a_deadline(due="2017-06-30")
    history = history_after(NO_HISTORY, planned(april, world, on="2017-03-25"))
    moved = planned(june, world, on="2017-04-01", history=history)
    assert [one.moved_from for one in moved.reminders] == [day("2017-04-24")]
    history = history_after(history, moved)
    back = planned(april, world, on="2017-04-10", history=history)
    assert [(one.step, one.moved_from) for one in back.reminders] == [("-14d", day("2017-06-30"))]


# Who


def test_every_holder_of_the_office_on_the_day_gets_it_and_no_former_or_later_one() -> None:
    world = kazakhstan(
        a_focal_point("KZ", "one"),
        a_focal_point("KZ", "two"),
        a_focal_point("KZ", "former", end=day("2017-01-23")),
        a_focal_point("KZ", "later", start=day("2017-01-25")),
        Contact(email="p@example.org", address="p@example.org", country="KZ", roles=(Role(name="press"),)),
    )
    assert told(planned(a_deadline(), world)) == {
        ("one.kz@example.org", "-90d"),
        ("two.kz@example.org", "-90d"),
    }


def test_a_successor_begins_with_the_next_step() -> None:
    world = kazakhstan(
        a_focal_point("KZ", "former", end=day("2017-03-31")),
        a_focal_point("KZ", "new", start=day("2017-04-01")),
    )
    history = history_after(NO_HISTORY, planned(a_deadline(), world, on="2017-03-25"))
    assert planned(a_deadline(), world, on="2017-04-02", history=history).reminders == ()
    assert told(planned(a_deadline(), world, on="2017-04-10", history=history)) == {
        ("new.kz@example.org", "-14d")
    }


def test_a_successor_gets_the_step_that_reached_nobody() -> None:
    world = kazakhstan(a_focal_point("KZ", "new", start=day("2017-04-01")))
    for history in (
        NO_HISTORY,
        History(
            sent=frozenset({(KZ.format("-30d"), "gone@example.org")}),
            unreachable={"gone@example.org": "bounced"},
        ),
        History(
            sent=frozenset({(KZ.format("-30d"), "gone@example.org")}), not_me=frozenset({"gone@example.org"})
        ),
    ):
        assert told(planned(a_deadline(), world, on="2017-04-02", history=history)) == {
            ("new.kz@example.org", "-30d")
        }


def test_somebody_left_out_of_the_file_by_mistake_gets_the_step_late() -> None:
    before = kazakhstan(a_focal_point("KZ"))
    history = history_after(NO_HISTORY, planned(a_deadline(), before, on="2017-03-25"))
    both = kazakhstan(a_focal_point("KZ"), a_focal_point("KZ", "colleague", start=day("2016-01-01")))
    assert told(planned(a_deadline(), both, on="2017-03-27", history=history)) == {
        ("colleague.kz@example.org", "-30d")
    }


def test_alternates_are_told_from_their_step_on_with_both_shown() -> None:
    world = kazakhstan(a_focal_point("KZ"), a_focal_point("KZ", "deputy", alternate=True))
    deadline = a_deadline(alternates_from="-14d")
    assert told(planned(deadline, world, on="2017-03-25")) == {(HOLDER, "-30d")}
    holder, deputy = planned(deadline, world, on="2017-04-10").reminders
    assert (holder.standing, deputy.standing) == (Standing.HOLDER, Standing.ALTERNATE)
    assert [c.family_name for c in deputy.to] == ["Holder"]
    assert [c.family_name for c in deputy.cc] == [c.family_name for c in holder.cc] == ["Deputy"]
    assert holder.to == ()


def test_where_there_is_no_reachable_holder_alternates_are_told_from_the_first_step_on() -> None:
    deputy = a_focal_point("KZ", "deputy", alternate=True)
    vacant = planned(a_deadline(), kazakhstan(deputy))
    bounced = planned(
        a_deadline(),
        kazakhstan(a_focal_point("KZ"), deputy),
        history=History(unreachable={HOLDER: "bounced"}),
    )
    for plan in (vacant, bounced):
        assert told(plan) == {("deputy.kz@example.org", "-90d")}
        assert plan.reminders[0].to == ()
        assert plan.unreached == ()


def test_a_holder_who_stands_in_elsewhere_is_a_holder() -> None:
    roles = (
        Role(name="national-focal-point", subject="cms", alternate=True),
        Role(name="national-focal-point", subject="cms", end=day("2017-12-31")),
    )
    plan = planned(a_deadline(), kazakhstan(a_focal_point("KZ", roles=roles)))
    assert plan.reminders[0].standing is Standing.HOLDER


def minister(name: str = "minister", country: str = "KZ", **office: object) -> Contact:
    address = f"{name}.{country.lower()}@example.org"
    role = Role.model_validate({"name": "minister", **office})
    return Contact(email=address, address=address, country=country, family_name=name.title(), roles=(role,))


def test_the_higher_office_of_the_same_country_is_told_when_it_is_overdue() -> None:
    deadline = a_deadline(ladder=["-1d", "+3d", "+10d"], escalation={"role": "minister", "from": "+10d"})
    world = kazakhstan(
        a_focal_point("KZ"), minister(), minister(country="MN"), minister("former", end=day("2017-01-01"))
    )
    assert told(planned(deadline, world, on="2017-04-27")) == {(HOLDER, "+3d")}
    plan = planned(deadline, world, on="2017-05-04")
    assert {(one.address, one.standing) for one in plan.reminders} == {
        (HOLDER, Standing.HOLDER),
        ("minister.kz@example.org", Standing.ESCALATION),
    }
    extended = said("KZ", What.EXTENDED, "2017-04-20", until="2017-05-31")
    assert told(planned(deadline, world, extended, on="2017-05-04")) == set(), "not overdue"


def test_the_higher_office_hears_of_an_obligation_that_nobody_can_be_told_of() -> None:
    deadline = a_deadline(ladder=["+3d"], escalation={"role": "minister"})
    plan = planned(deadline, kazakhstan(minister()), on="2017-04-27")
    assert told(plan) == {("minister.kz@example.org", "+3d")}
    assert why(plan) == ["no national focal point on 2017-04-27"]


def test_nobody_higher_is_told_before_it_is_overdue_whatever_the_step() -> None:
    deadline = a_deadline(escalation={"role": "minister", "from": "-1d"})
    world = kazakhstan(a_focal_point("KZ"), minister())
    assert told(planned(deadline, world, on="2017-04-23")) == {(HOLDER, "-1d")}


def test_a_successor_is_told_of_what_only_the_higher_office_has_heard() -> None:
    deadline = a_deadline(ladder=["+3d"], escalation={"role": "minister"})
    history = history_after(NO_HISTORY, planned(deadline, kazakhstan(minister()), on="2017-04-27"))
    world = kazakhstan(minister(), a_focal_point("KZ", start=day("2017-05-02")))
    assert told(planned(deadline, world, on="2017-05-02", history=history)) == {(HOLDER, "+3d")}


# One message


def test_one_person_for_two_countries_gets_one_message() -> None:
    world = a_world(
        a_focal_point("KZ", address="both@example.org"), a_focal_point("MN", address="both@example.org"),
        states=["KZ", "MN"],
    )  # fmt: skip
    plan = planned(a_deadline(), world)
    assert [[o.who for o in one.obligations] for one in plan.reminders] == [["KZ", "MN"]]
    assert len(plan.reminders[0].occasions) == 2
    extended = said("KZ", What.EXTENDED, "2017-01-24", until="2017-04-28")
    apart = planned(a_deadline(), world, extended, on="2017-03-29", office=WEEKDAYS)
    assert [[o.who for o in one.obligations] for one in apart.reminders] == [["KZ"], ["MN"]], "two due dates"


def test_what_was_sent_for_one_of_two_countries_does_not_go_again_for_it() -> None:
    world = a_world(
        a_focal_point("KZ", address="both@example.org"), a_focal_point("MN", address="both@example.org"),
        states=["KZ", "MN"],
    )  # fmt: skip
    history = History(sent=frozenset({(KZ.format("-90d"), "both@example.org")}))
    assert countries(planned(a_deadline(), world, history=history)) == ["MN"]


def test_two_people_at_one_mailbox_get_one_message() -> None:
    world = kazakhstan(
        a_focal_point("KZ", "first", address="office@example.org"),
        a_focal_point("KZ", "deputy", address="office@example.org", alternate=True),
    )
    plan = planned(a_deadline(alternates_from="-90d"), world)
    assert [(one.contact.family_name, one.standing, one.cc) for one in plan.reminders] == [
        ("First", Standing.HOLDER, ())
    ]


# Nobody reachable


def test_a_second_address_is_used_where_the_first_does_not_work() -> None:
    world = kazakhstan(a_focal_point("KZ", other_emails=("second@example.org",)))
    plan = planned(a_deadline(), world, history=History(unreachable={HOLDER: "bounced"}))
    assert told(plan) == {("second@example.org", "-90d")}
    assert plan.reminders[0].contact.address == HOLDER


def test_a_step_that_bounced_goes_to_the_second_address_and_to_nobody_twice() -> None:
    world = kazakhstan(
        a_focal_point("KZ", other_emails=("second@example.org",)), a_focal_point("KZ", "colleague")
    )
    history = history_after(NO_HISTORY, planned(a_deadline(), world))
    bounced = History(sent=history.sent, heard=history.heard, unreachable={HOLDER: "bounced"})
    plan = planned(a_deadline(), world, on="2017-01-26", history=bounced)
    assert told(plan) == {("second@example.org", "-90d")}
    again = history_after(bounced, plan)
    assert planned(a_deadline(), world, on="2017-01-27", history=again).reminders == ()


def test_an_address_that_works_again_does_not_get_what_its_owner_got_elsewhere() -> None:
    world = kazakhstan(a_focal_point("KZ", other_emails=("second@example.org",)))
    history = History(sent=frozenset({(KZ.format("-90d"), "second@example.org")}))
    assert planned(a_deadline(), world, history=history).reminders == ()


@pytest.mark.parametrize(
    ("contacts", "history", "expected"),
    [
        ([], NO_HISTORY, "no national focal point on 2017-01-24"),
        (
            [a_focal_point("KZ", end=day("2016-12-30")), a_focal_point("KZ", "b", end=day("2014-12-30"))],
            NO_HISTORY,
            "no national focal point on 2017-01-24: vacant since 2016-12-31",
        ),
        (
            [a_focal_point("KZ", other_emails=("second@example.org",))],
            History(unreachable={HOLDER: "bounced", "second@example.org": "on the do-not-mail list"}),
            f"Holder {HOLDER}: bounced, second@example.org: on the do-not-mail list",
        ),
        (
            [a_focal_point("KZ", other_emails=("second@example.org",))],
            History(unreachable={HOLDER: "do-not-mail list"}, barred=frozenset({HOLDER})),
            f"Holder {HOLDER}: do-not-mail list",
        ),
        (
            [a_focal_point("KZ")],
            History(not_me=frozenset({HOLDER})),
            "Holder answered that they hold the office no longer",
        ),
        (
            [a_focal_point("KZ", messages=("newsletter",))],
            NO_HISTORY,
            "Holder gets no official messages, says contacts.csv",
        ),
        (
            [a_focal_point("KZ"), a_focal_point("KZ", "deputy", alternate=True)],
            History(not_me=frozenset({HOLDER}), unreachable={"deputy.kz@example.org": "bounced"}),
            "Holder answered that they hold the office no longer; Deputy deputy.kz@example.org: bounced",
        ),
    ],
)
def test_it_says_why_nobody_can_be_told(contacts: list[Contact], history: History, expected: str) -> None:
    plan = planned(a_deadline(), kazakhstan(*contacts), history=history)
    assert why(plan) == [expected]
    assert plan.reminders == ()


def test_it_says_so_before_the_first_step_and_no_more_once_it_came_in() -> None:
    assert why(planned(a_deadline(), kazakhstan(on="2016-12-19")))
    assert not why(planned(a_deadline(), kazakhstan(), said("KZ", What.SUBMITTED, "2017-01-01")))


def test_a_group_without_offices_says_its_own_name() -> None:
    recipients = Recipients((), {"obliged": Segment(name="obliged", rule=InCountry(country="KZ"))})
    _, scene = a_world()
    world = recipients, type(scene)(scene.registers, recipients.segments, scene.day)
    assert why(planned(a_deadline(), world)) == ["nobody is in the group obliged on 2017-01-24"]


# Persons


def test_per_person_each_is_reminded_for_themselves() -> None:
    world = a_world(
        a_focal_point("KZ", "a"), a_focal_point("KZ", "b", alternate=True), a_focal_point("MN", "c")
    )
    done = said("a.kz@example.org", What.SUBMITTED, "2017-01-20")
    plan = planned(a_deadline(per="person"), world, done)
    assert {(one.address, one.standing) for one in plan.reminders} == {
        ("b.kz@example.org", Standing.HOLDER),
        ("c.mn@example.org", Standing.HOLDER),
    }
    assert plan.reminders[0].occasions == ("national-report-cop12/2017-04-24/-90d/b.kz@example.org",)


def test_a_person_at_their_second_address_owes_under_the_first() -> None:
    world = a_world(a_focal_point("KZ", other_emails=("second@example.org",)))
    plan = planned(a_deadline(per="person"), world, history=History(unreachable={HOLDER: "bounced"}))
    assert [(one.address, one.obligations[0].who) for one in plan.reminders] == [
        ("second@example.org", HOLDER)
    ]


NEW, OLD = "new@example.org", "old@example.org"


def test_a_person_whose_main_address_changed_is_not_reminded_of_the_same_step_again() -> None:
    deadline = a_deadline(per="person")
    first = planned(deadline, a_world(a_focal_point("KZ", address=OLD)))
    history = history_after(NO_HISTORY, first)
    assert told(first) == {(OLD, "-90d")}
    moved = a_world(a_focal_point("KZ", address=NEW, other_emails=(OLD,)))
    assert not planned(deadline, moved, history=history).reminders
    assert not planned(deadline, moved, history=history, on="2017-03-24").lapsed
    assert told(planned(deadline, moved, history=history, on="2017-03-27")) == {(NEW, "-30d")}
    later = planned(
        deadline.model_copy(update={"due": day("2017-05-31")}), moved, history=history, on="2017-03-27"
    )
    assert [one.moved_from for one in later.reminders] == [day("2017-04-24")]
    bounced = planned(deadline, moved, history=replace(history, unreachable={OLD: "bounced"}))
    assert told(bounced) == {(NEW, "-90d")}


def test_what_a_person_handed_in_under_a_former_main_address_is_in() -> None:
    deadline = a_deadline(per="person")
    moved = a_world(a_focal_point("KZ", address=NEW, other_emails=(OLD,)))
    assert not planned(deadline, moved, said(OLD, What.SUBMITTED, "2017-01-20")).reminders
    back = said(NEW, What.RETURNED, "2017-01-22")
    assert told(planned(deadline, moved, said(OLD, What.SUBMITTED, "2017-01-20"), back)) == {(NEW, "-90d")}


def test_an_address_that_could_mean_two_people_means_the_one_whose_main_address_it_is() -> None:
    deadline = a_deadline(per="person")
    both = a_world(
        a_focal_point("KZ", address=NEW, other_emails=(OLD, "desk@example.org")),
        a_focal_point("MN", address=OLD, other_emails=("desk@example.org",)),
    )
    assert told(planned(deadline, both, said(OLD, What.SUBMITTED, "2017-01-20"))) == {(NEW, "-90d")}
    assert len(planned(deadline, both, said("desk@example.org", What.SUBMITTED, "2017-01-20")).reminders) == 2


def test_a_group_that_is_not_there_is_said_in_words() -> None:
    with pytest.raises(UsageError, match=r'no group "nobody"'):
        planned(a_deadline(obliged="nobody"), a_world())


def test_ten_years_off_send_nothing_but_lapsed_steps() -> None:
    world = a_world(*(a_focal_point(code) for code in ("KG", "KZ", "MN")), states=["KG", "KZ", "MN"])
    late = planned(a_deadline(), world, on=str(day("2017-05-24") + timedelta(days=3650)))
    assert (len(late.reminders), len(late.lapsed)) == (0, 18)


def test_the_group_may_ask_for_holders_only() -> None:
    rule = AllOf(all=(FOCAL.model_copy(update={"alternate": False}), InCountry(country="KZ")))
    recipients, scene = kazakhstan(a_focal_point("KZ"), a_focal_point("KZ", "deputy", alternate=True))
    holders = Recipients(recipients.contacts, {"obliged": Segment(name="obliged", rule=rule)})
    world = holders, type(scene)(scene.registers, holders.segments, scene.day)
    assert told(planned(a_deadline(alternates_from="-90d"), world)) == {(HOLDER, "-90d")}
