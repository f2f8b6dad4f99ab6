"""A list beside our contacts: who is whom, what changes, and what an import never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mailer.audience.exchange import UnclearError, gone_template, make_ending, read_endings, with_ending
from mailer.errors import ProblemsError
from mailer.model.audience import Contact, Role, Subscription
from tests.audience.lists import DAY, against, person, refused, told

HEAD = "Email,Given name,Family name,Country,Organization,Role,Subscriptions\n"
NFP = Role(name="national-focal-point", subject="cms", start=date(2015, 1, 1), letter="MoE 2015/1")
ANN = person(
    "ann@example.org",
    given_name="Ann",
    family_name="Lee",
    country="KZ",
    organization="Ministry",
    roles=(NFP,),
    subscriptions=(Subscription(list="cami-newsletter", start=date(2015, 2, 1), source="web form"),),
    row=2,
)


def changes(folder: Path, row: str, *standing: Contact, **options: object) -> list[tuple[str, str, str]]:
    found = against(folder, HEAD + row, standing or (ANN,), **options)  # type: ignore[arg-type]
    assert not found.refused
    return [(one.field, one.old, one.new) for entry in found.changed for one in entry.changes]


def test_what_a_list_says_nothing_of_stays(tmp_path: Path) -> None:
    found = against(tmp_path, HEAD + "ANN@example.org,Ann,Lee,,,,\n", [ANN])
    assert (found.unchanged, found.changed, found.added) == ((ANN,), (), ())


def test_changes_are_shown_field_by_field(tmp_path: Path) -> None:
    assert changes(tmp_path, "ann@example.org,Ann,Lee,UZ,Agency,Press,\n") == [
        ("country", "KZ", "UZ"),
        ("organization", "Ministry", "Agency"),
        ("roles", "", "press"),
    ]


def test_a_role_that_is_held_already_is_not_added_again(tmp_path: Path) -> None:
    assert changes(tmp_path, "ann@example.org,Ann,Lee,,,National Focal Point (CMS),\n") == []


def test_a_role_that_ended_is_added_anew(tmp_path: Path) -> None:
    former = replace(ANN, roles=(NFP.model_copy(update={"end": date(2016, 1, 1)}),))
    assert changes(tmp_path, "ann@example.org,Ann,Lee,,,National Focal Point (CMS),\n", former) == [
        ("roles", "", "national-focal-point:cms")
    ]


def test_another_address_of_ours_is_enough(tmp_path: Path) -> None:
    ours = replace(ANN, other_emails=("lee@example.com",))
    found = against(tmp_path, HEAD + "lee@example.com,Ann,Lee,,,,\n", [ours])
    assert found.unchanged == (ours,)


def test_name_and_country_are_a_guess_and_the_old_address_is_kept(tmp_path: Path) -> None:
    found = against(tmp_path, HEAD + "new@example.org,Ann,LEE,KZ,,,\n", [ANN])
    (entry,) = found.changed
    assert (entry.guess, entry.new.address, entry.new.other_emails) == (
        "the same name and country",
        "new@example.org",
        ("ann@example.org",),
    )
    assert "row 2: new@example.org is taken for the new address of Ann Lee" in told(found)


def test_a_namesake_elsewhere_is_somebody_else(tmp_path: Path) -> None:
    found = against(tmp_path, HEAD + "new@example.org,Ann,Lee,UZ,,,\n", [ANN])
    assert [added.contact.email for added in found.added] == ["new@example.org"]


def test_a_successor_at_the_same_address_is_not_given_the_roles_of_the_one_before(tmp_path: Path) -> None:
    found = against(tmp_path, HEAD + "ann@example.org,Boris,Kim,KZ,,,\n", [ANN])
    assert refused(found)[0].startswith(
        "row 2: email: this address is that of Ann Lee (row 2 of our file), and the name differs."
    )
    assert not found.changes_anything
    assert not found.gone


def test_a_name_in_other_letters_leaves_our_spelling(tmp_path: Path) -> None:
    found = against(tmp_path, HEAD + "ann@example.org,Анна,Ли,,,,\n", [ANN])
    assert found.unchanged == (ANN,)
    assert '"Анна Ли" is taken for Ann Lee: our spelling stays.' in told(found)


def test_two_rows_for_one_of_ours_are_refused_with_both(tmp_path: Path) -> None:
    ours = replace(ANN, other_emails=("lee@example.com",))
    rows = "ann@example.org,Ann,Lee,,Agency,,\nlee@example.com,Ann,Lee,,Bureau,,\n"
    found = against(tmp_path, HEAD + rows, [ours])
    assert refused(found) == [
        "rows 2 and 3: email: both rows are taken for Ann Lee (row 2 of our file). Keep one."
    ]
    assert found.result == (ours,)


def test_somebody_elses_address_is_refused(tmp_path: Path) -> None:
    bo = person("bo@example.org", given_name="Bo", family_name="Kim", row=3)
    text = "Email,Second email,Given name,Family name\nann@example.org,bo@example.org,Ann,Lee\n"
    found = against(tmp_path, text, [ANN, bo])
    assert "Bo Kim" in refused(found)[0]
    assert found.result == (ANN, bo)


@pytest.mark.parametrize("cell", ["cami-newsletter", "cami-newsletter 2016-01-01..2030-01-01"])
def test_a_subscription_that_ended_stays_ended(tmp_path: Path, cell: str) -> None:
    ended = Subscription(list="cami-newsletter", start=date(2015, 2, 1), end=date(2016, 5, 1))
    ours = replace(ANN, subscriptions=(ended,))
    found = against(tmp_path, HEAD + f"ann@example.org,Ann,Lee,,,,{cell}\n", [ours])
    assert found.result[0].subscriptions == (ended,)
    assert "ended on 2016-05-01: nobody is subscribed again by a file." in told(found)


def test_a_list_that_the_person_never_had_is_added_with_day_and_source(tmp_path: Path) -> None:
    assert changes(tmp_path, "ann@example.org,Ann,Lee,,,,cms-bulletin\n") == [
        ("subscriptions", "", "cms-bulletin 2016-12-19.. {list.xlsx, 2016-12-19}")
    ]


@pytest.mark.parametrize("listed", ["ann@example.org", "lee@example.com"])
def test_who_is_on_the_do_not_mail_list_is_not_subscribed(tmp_path: Path, listed: str) -> None:
    ours = replace(ANN, other_emails=("lee@example.com",))
    found = against(tmp_path, HEAD + "ann@example.org,Ann,Lee,,,,cms-bulletin\n", [ours], never=[listed])
    assert found.result == (ours,)
    assert "on the do-not-mail list: not subscribed to cms-bulletin." in told(found)


ANSWERED = "Email,Given name,Family name,Country,Newsletter\n"
NO = "no nein unsubscribed Non нет НЕТ désabonné отписан baja 0 FALSE ✗ n No. de\u0301sabonne\u0301".split()
YES = "yes ja Oui да sí subscribed abonniert x X ✓ ✔\ufe0f 1 TRUE y".split()


@pytest.mark.parametrize("word", NO)
def test_no_under_newsletter_ends_it_and_subscribes_nobody(tmp_path: Path, word: str) -> None:
    rows = f"ann@example.org,Ann,Lee,KZ,{word}\nbo@example.org,Bo,Kim,KZ,{word}\n"
    found = against(tmp_path, ANSWERED + rows, [ANN])
    assert not found.refused
    (changed,), (added,) = found.changed, found.added
    (ended,) = changed.new.subscriptions
    assert (ended.list, ended.start, ended.end, ended.source) == (
        "cami-newsletter",
        date(2015, 2, 1),
        date(2016, 12, 18),
        "web form",
    )
    assert "row 2: newsletter ends: the list says no to cami-newsletter." in told(found)
    assert added.contact.subscriptions == ()


@pytest.mark.parametrize("word", YES)
def test_yes_under_newsletter_is_the_workspace_s_own_list(tmp_path: Path, word: str) -> None:
    rows = f"ann@example.org,Ann,Lee,KZ,{word}\nbo@example.org,Bo,Kim,KZ,{word}\n"
    found = against(tmp_path, ANSWERED + rows, [ANN])
    assert found.unchanged == (ANN,)
    assert found.added[0].contact.subscriptions == (
        Subscription(list="cami-newsletter", start=DAY, source="list.xlsx, 2016-12-19"),
    )


def test_yes_subscribes_nobody_again(tmp_path: Path) -> None:
    ended = Subscription(list="cami-newsletter", start=date(2015, 2, 1), end=date(2016, 5, 1))
    ours = replace(ANN, subscriptions=(ended,))
    rows = "ann@example.org,Ann,Lee,KZ,yes\nback@example.org,Bo,Kim,KZ,yes\n"
    found = against(tmp_path, ANSWERED + rows, [ours], never=["back@example.org"])
    assert found.unchanged == (ours,)
    assert "ended on 2016-05-01: nobody is subscribed again by a file." in told(found)
    assert found.added[0].contact.subscriptions == ()


def test_no_leaves_what_ended_before_and_other_lists_as_they_are(tmp_path: Path) -> None:
    lists = (
        Subscription(list="cami-newsletter", start=date(2015, 2, 1), end=date(2016, 5, 1)),
        Subscription(list="cms-bulletin", start=date(2015, 2, 1)),
    )
    ours = replace(ANN, subscriptions=lists)
    found = against(tmp_path, ANSWERED + "ann@example.org,Ann,Lee,KZ,no\n", [ours])
    assert found.unchanged == (ours,)
    assert "newsletter ends" not in told(found)


def test_other_words_under_newsletter_must_be_lists_that_are_known(tmp_path: Path) -> None:
    rows = "ann@example.org,Ann,Lee,KZ,perhaps\nbo@example.org,Bo,Kim,KZ,CMS Bulletin; cami-newsleter\n"
    found = against(tmp_path, ANSWERED + rows, [ANN])
    assert refused(found) == [
        'row 2: subscriptions: "perhaps" is no newsletter that is known. '
        "Write yes or no, or the name of a newsletter.",
        'row 3: subscriptions: "cami-newsleter" is no newsletter that is known. '
        'Did you mean "cami-newsletter"?',
    ]
    assert found.result == (ANN,)


@pytest.mark.parametrize("other", ["yes", "cami-newsletter"])
def test_one_row_that_says_no_is_enough_not_to_be_subscribed(tmp_path: Path, other: str) -> None:
    rows = f"bo@example.org,Bo,Kim,KZ,{other}\nbo@example.org,Bo,Kim,KZ,no\n"
    found = against(tmp_path, ANSWERED + rows, [ANN])
    assert not [entry.list for added in found.added for entry in added.contact.subscriptions]


def test_no_in_a_file_of_ours_is_an_answer_too(tmp_path: Path) -> None:
    head = "email,given_name,family_name,country,roles,subscriptions\n"
    row = "ann@example.org,Ann,Lee,KZ,national-focal-point:cms 2015-01-01.. {MoE 2015/1},no\n"
    found = against(tmp_path, head + row, [ANN])
    assert [entry.end for entry in found.result[0].subscriptions] == [date(2016, 12, 18)]


def test_somebody_new_who_has_unsubscribed_before_comes_in_without_newsletter(tmp_path: Path) -> None:
    row = "back@example.org,Bo,Kim,KZ,,,cami-newsletter\n"
    found = against(tmp_path, HEAD + row, [ANN], never=["back@example.org"])
    assert found.added[0].contact.subscriptions == ()


def test_a_new_address_does_not_bring_back_who_has_unsubscribed(tmp_path: Path) -> None:
    found = against(tmp_path, HEAD + "new@example.org,Ann,Lee,KZ,,,\n", [ANN], never=["ann@example.org"])
    new = found.changed[0].new
    assert not new.subscribes_to("cami-newsletter", DAY)
    assert "ann@example.org is on the do-not-mail list: no newsletter goes to new@example.org either" in told(
        found
    )


def test_somebody_new_gets_the_day_and_the_source(tmp_path: Path) -> None:
    found = against(tmp_path, HEAD + "bo@example.org,Bo,Kim,KZ,,Press,cami-newsletter\n", [ANN])
    new = found.added[0].contact
    assert (new.since, new.roles) == (DAY, (Role(name="press"),))
    assert new.subscriptions == (
        Subscription(list="cami-newsletter", start=DAY, source="list.xlsx, 2016-12-19"),
    )


def test_rows_are_held_to_the_tests_of_a_contacts_file(tmp_path: Path) -> None:
    rows = 'not-an-address@,A,B,,,,\nb@example.org,A,B,,"' + "x" * 301 + '",,\nc@localhost,C,D,,,,\n'
    assert [words.partition(":")[0] for words in refused(against(tmp_path, HEAD + rows))] == [
        "row 2",
        "row 3",
        "row 4",
    ]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("new@example.org,Bo\u202e,Kim,KZ,,,", "given name"),
        ("new@example.org,Bo,Kim,KZ,\u2067Agency\u2069,,", "organization"),
        ("ann@example.org,Ann,Lee\u202e,KZ,,,", "family name"),
    ],
)
def test_signs_that_turn_the_direction_of_a_text_are_refused(tmp_path: Path, row: str, field: str) -> None:
    found = against(tmp_path, f"{HEAD}{row}\n", [ANN])
    reason = "holds an unseen sign that turns the direction of the text. Type the cell anew."
    assert refused(found) == [f"row 2: {field}: {reason}"]
    assert found.result == (ANN,)


def test_who_is_gone_stays_and_is_listed(tmp_path: Path) -> None:
    former = person("old@example.org", roles=(Role(name="press", end=date(2015, 1, 1)),))
    found = against(tmp_path, HEAD + "bo@example.org,Bo,Kim,,,,\n", [ANN, former])
    assert [(gone.contact.email, gone.asks) for gone in found.gone] == [
        ("ann@example.org", True),
        ("old@example.org", False),
    ]
    assert found.result[:2] == (ANN, former)


def test_only_who_is_in_the_group_can_be_gone(tmp_path: Path) -> None:
    bo = person("bo@example.org", family_name="Kim")
    found = against(tmp_path, HEAD + "new@example.org,New,Body,,,,\n", [ANN, bo], within=["bo@example.org"])
    assert [gone.contact for gone in found.gone] == [bo]


def test_an_ending_closes_what_is_open_and_keeps_the_record(tmp_path: Path) -> None:
    ended = with_ending(ANN, make_ending(ANN, date(2016, 9, 30), "MoE 2016/9", newsletter=False))
    assert ended.roles == (
        NFP.model_copy(update={"end": date(2016, 9, 30), "letter": "MoE 2015/1, ended by MoE 2016/9"}),
    )
    assert ended.subscriptions[0].end == date(2016, 9, 30)
    stays = with_ending(ANN, make_ending(ANN, date(2016, 9, 30), "", newsletter=True))
    assert stays.subscriptions == ANN.subscriptions
    assert stays.roles[0].letter == "MoE 2015/1"


def test_a_role_cannot_end_before_it_starts() -> None:
    with pytest.raises(UnclearError, match="starts on 2015-01-01, after 2014-01-01"):
        make_ending(ANN, date(2014, 1, 1), "", newsletter=True)


def test_endings_are_written_by_hand_into_the_file_that_a_dry_run_gives(tmp_path: Path) -> None:
    bo = person("bo@example.org", family_name="=Kim", roles=(NFP,))
    gone = against(tmp_path, HEAD + "new@example.org,New,Body,,,,\n", [ANN, bo]).gone
    path = tmp_path / "gone.csv"
    text = gone_template(gone)
    assert text == (
        "email,name,ended,letter,newsletter,seen\nann@example.org,Ann Lee,,,,\nbo@example.org,'=Kim,,,,\n"
    )
    path.write_text(text.replace("Ann Lee,,,", "Ann Lee,30.09.2016,MoE 2016/9,no"), encoding="utf-8")
    (ending,) = read_endings(path, gone)
    assert (ending.contact, ending.ended, ending.letter, ending.newsletter) == (
        ANN,
        date(2016, 9, 30),
        "MoE 2016/9",
        False,
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ann@example.org,,2016-02-31,,yes,", "is not a day in the calendar"),
        ("ann@example.org,,2016-09-30,,,", "does not say whether they stay on the newsletter"),
        ("ann@example.org,,,MoE 1,no,", "does not say when the role ended"),
        ("who@example.org,,2016-09-30,,no,", "is nobody who is gone from the list"),
        ("ann@example.org,,03/04/2016,,no,", "may be 2016-04-03 or 2016-03-04"),
        ("ann@example.org,,2016-09-30,{x},no,", "has braces in it"),
    ],
)
def test_endings_that_are_not_clear_are_refused_with_their_row(tmp_path: Path, row: str, words: str) -> None:
    gone = against(tmp_path, HEAD + "new@example.org,New,Body,,,,\n", [ANN]).gone
    path = tmp_path / "gone.csv"
    path.write_text(f"email,name,ended,letter,newsletter,seen\n{row}\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_endings(path, gone)
    (problem,) = caught.value.problems
    assert (problem.line, words in problem.message) == (2, True)
