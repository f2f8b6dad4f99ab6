"""What a reader's version has: hidden items, items that lead, other words; and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_kit import OFFICE, issue_of, template, tree

from mailer.audience import Scene, belongs, read_recipients, read_registers
from mailer.model.issue import Issue
from mailer.model.rendition import Rendition, Variant
from mailer.render import edition_of, render_variant, variant_for

ROOT = Path(__file__).parents[2]
DAY = date(2016, 12, 19)
GREETING = {"id": "hello", "kind": "announcement", "title": "Hello", "body": "{{salutation}}, welcome."}


def news(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "title": f"About {name}", "body": f"All about {name}."} | more


def version(issue: Issue, *groups: str, day: date = DAY) -> Variant:
    return variant_for(issue, "en", groups.__contains__, day)


def rendered(issue: Issue, *groups: str) -> Rendition:
    return render_variant(edition_of(issue, version(issue, *groups)), template(), [], OFFICE)


def test_an_item_for_a_group_is_hidden_from_all_others() -> None:
    issue = issue_of(news("a"), news("b", show_to="parties"))
    assert version(issue, "parties").items == ("a", "b")
    assert version(issue).items == ("a",)


def test_an_item_that_leads_comes_first_for_its_group_and_stays_in_place_for_others() -> None:
    issue = issue_of(news("a"), news("b"), news("c", lead_for="parties"))
    assert version(issue, "parties").items == ("c", "a", "b")
    assert version(issue).items == ("a", "b", "c")


def test_nothing_comes_before_the_greeting() -> None:
    issue = issue_of(GREETING, news("a"), news("b", lead_for="parties"))
    assert version(issue, "parties").items == ("hello", "b", "a")


def test_two_items_that_lead_keep_their_order() -> None:
    issue = issue_of(GREETING, news("a"), news("b", lead_for="x"), news("c"), news("d", lead_for="y"))
    assert version(issue, "x", "y").items == ("hello", "b", "d", "a", "c")
    assert version(issue, "y").items == ("hello", "d", "a", "b", "c")


def test_an_item_that_leads_for_some_may_be_hidden_from_others() -> None:
    issue = issue_of(news("a"), news("b", show_to="states", lead_for="parties"))
    assert version(issue, "states", "parties").items == ("b", "a")
    assert version(issue, "states").items == ("a", "b")
    assert version(issue, "parties").items == ("a",), "leading shows nothing that is hidden"


def test_a_heading_left_empty_disappears_wherever_its_item_has_gone() -> None:
    heading = {"id": "reports", "kind": "heading", "title": "Reports"}
    hidden = issue_of(news("a"), heading, news("b", show_to="parties"))
    leading = issue_of(news("a"), heading, news("b", lead_for="parties"))
    assert version(hidden).items == ("a",)
    assert version(hidden, "parties").items == ("a", "reports", "b")
    assert version(leading, "parties").items == ("b", "a")
    assert version(leading).items == ("a", "reports", "b")


@pytest.mark.parametrize("kind", ["contact", "about", "social"])
def test_standing_texts_at_the_end_keep_no_heading_that_was_over_others(kind: str) -> None:
    heading = {"id": "reports", "kind": "heading", "title": "Reports"}
    last = news("b"), {"id": "standing", "kind": kind, "title": "Us"}
    for gone in ({"show_to": "parties"}, {"lead_for": "others"}, {"expires": date(2016, 12, 18)}):
        issue = issue_of(news("a"), heading, last[0] | gone, last[1])
        seen = version(issue, "others").items
        assert "reports" not in seen
        assert seen[-1] == "standing"
    alone = issue_of(news("a"), heading, last[1])
    assert version(alone).items == ("a", "reports", "standing"), "a heading over them alone stays"


def test_a_heading_over_nothing_before_the_next_disappears() -> None:
    headings = [{"id": f"h{n}", "kind": "heading", "title": f"H{n}"} for n in (1, 2)]
    issue = issue_of(headings[0], news("a", lead_for="parties"), headings[1], news("b"))
    assert version(issue, "parties").items == ("a", "h2", "b")


def test_a_heading_cannot_lead_and_leave_its_items_behind() -> None:
    with pytest.raises(ValueError, match="a heading cannot lead: it would leave its items behind"):
        issue_of({"kind": "heading", "title": "Reports", "lead_for": "parties"}, news("a"))


WORDED = news(
    "a",
    wording=[
        {"for": "parties", "body": "You owe a report."},
        {"for": "states", "title": "For States", "body": "Parties owe a report."},
        {"body": "States report."},
    ],
)


@pytest.mark.parametrize(
    ("groups", "number", "title", "body"),
    [
        (("parties", "states"), 0, "About a", "You owe a report."),
        (("states",), 1, "For States", "Parties owe a report."),
        ((), 2, "About a", "States report."),
    ],
)
def test_the_first_wording_that_fits_counts(
    groups: Collection[str], number: int, title: str, body: str
) -> None:
    issue = issue_of(WORDED, news("b"))
    variant = version(issue, *groups)
    assert variant.wordings == (("a", number),)
    item = edition_of(issue, variant).issue.item("a")
    assert (item.title, item.body) == (title, body)


def test_where_no_wording_fits_the_items_own_words_stand() -> None:
    issue = issue_of(news("a", wording=[{"for": "parties", "body": "Other."}]))
    assert version(issue).wordings == ()
    assert edition_of(issue, version(issue)).issue.item("a").body == "All about a."
    assert version(issue).key != version(issue, "parties").key


def sees(country: str, day: date) -> Any:
    recipients = read_recipients(ROOT / "recipients", ROOT)
    scene = Scene(read_registers(ROOT / "recipients", ROOT), recipients.segments, day)
    contact = next(contact for contact in recipients.contacts if contact.country == country)
    return lambda name: belongs(contact, recipients.segments[name].rule, scene)


def test_words_for_parties_are_decided_on_the_day() -> None:
    """Turkmenistan is a Party from 2021 on."""
    issue = issue_of(
        news("a", wording=[{"for": "cms-parties", "body": "You owe a report."}, {"body": "Parties do."}]),
        news("b", lead_for="not-cms-parties"),
        news("c", show_to="cms-parties"),
    )
    before, after = date(2016, 12, 19), date(2022, 1, 10)
    then = variant_for(issue, "en", sees("TM", before), before)
    now = variant_for(issue, "en", sees("TM", after), after)
    assert (then.items, then.wordings) == (("b", "a"), (("a", 1),))
    assert (now.items, now.wordings) == (("a", "b", "c"), (("a", 0),))
    kazakhstan = variant_for(issue, "en", sees("KZ", before), before)
    assert kazakhstan == now, "readers who see the same share a version"


def test_contents_and_anchors_follow_what_is_visible_and_in_which_order() -> None:
    issue = issue_of(
        GREETING, news("a"), news("b", show_to="parties"), news("c"), news("d", lead_for="parties")
    )
    for groups, expected in (((), ["a", "c", "d"]), (("parties",), ["d", "a", "b", "c"])):
        made = rendered(issue, *groups)
        page = tree(made)
        links = [href[1:] for href in page.xpath("//a/@href") if href.startswith("#item-")]
        anchors = [name for name in page.xpath("//@id") if name.startswith("item-")]
        assert links == [f"item-{name}" for name in expected]
        assert anchors == ["item-hello", *links]
        titles = re.findall(r"About (\w)", made.text)
        assert [title for n, title in enumerate(titles) if title not in titles[:n]] == expected


def test_other_words_change_the_contents_list_too() -> None:
    issue = issue_of(WORDED, news("b"), news("c"), news("d"))
    assert "For States" in rendered(issue, "states").text
    assert "For States" in rendered(issue, "states").html
    assert "For States" not in rendered(issue).html


GROUPS = ("p", "q", "r")
named = st.sampled_from((None, *GROUPS))


@given(
    st.lists(st.tuples(named, named, named, st.booleans()), min_size=1, max_size=6),
    st.sets(st.sampled_from(GROUPS)),
)
def test_a_version_has_just_what_is_shown_each_item_once(
    given_items: list[tuple[str | None, str | None, str | None, bool]], groups: set[str]
) -> None:
    items = [
        (news(f"i{n}", show_to=show) | ({"kind": "heading"} if is_heading else {"lead_for": lead}))
        | ({"wording": [{"for": words, "body": "Other."}]} if words else {})
        for n, (show, lead, words, is_heading) in enumerate(given_items)
    ]
    issue = issue_of(*items)
    variant = version(issue, *groups)
    shown = {i.id for i in issue.items if i.show_to in (None, *groups)}
    news_shown = {i.id for i in issue.items if i.kind == "article"} & shown
    assert len(set(variant.items)) == len(variant.items)
    assert news_shown <= set(variant.items) <= shown
    worded = {i.id for i in issue.items if i.wording and i.wording[0].for_ in groups}
    assert dict(variant.wordings) == dict.fromkeys(worded & set(variant.items), 0)
