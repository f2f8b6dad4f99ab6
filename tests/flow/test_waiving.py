"""Waivers: written by a command, bound to place and words, void when these change, told to the end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mailer.check import RULES
from mailer.content import add_waiver, read_waivers
from mailer.errors import MailerError
from mailer.flow import compose_issue
from mailer.flow.compose import Composed
from mailer.flow.waiving import Which, waive_finding
from mailer.model.finding import Finding, Severity, Waiver
from tests.flow.office import MailService, Office

A, B = "http://example.org/a", "http://example.org/b"
BY = ("--by", "Head of Unit", "--because", "The site has no https yet.")


@pytest.fixture
def desk(office: Office) -> Office:
    """An office with an issue in which two addresses are not encrypted."""
    change(office, "A briefing is on Tuesday.", f"See [one]({A}).")
    change(office, "is done.", f"is done, see [two]({B}).")
    return office


def change(office: Office, old: str, new: str) -> None:
    text = office.issue.read_text(encoding="utf-8")
    assert old in text
    office.issue.write_text(text.replace(old, new), encoding="utf-8")


def file_of(office: Office) -> Path:
    return office.issue.parent / "waivers.yaml"


def write(office: Office, *waivers: str) -> None:
    file_of(office).write_text(
        "waivers:\n" + "".join(f"  - {{{one}}}\n" for one in waivers), encoding="utf-8"
    )


def composed(office: Office, *groups: str) -> Composed:
    return compose_issue(office.workspace, "test-issue", groups, secret=b"test")


def told(office: Office, *groups: str) -> list[tuple[str, str]]:
    """What is said of waivers: rule and message."""
    return [(f.rule, f.message) for f in composed(office, *groups).findings if f.rule.startswith("waiver.")]


def standing(office: Office) -> list[str | None]:
    return [finding.words for finding in composed(office).standing if finding.rule == "link.http"]


def test_the_whole_way_from_the_finding_to_the_report(desk: Office, service: MailService) -> None:
    desk.use_relay(service.port)
    assert standing(desk) == [B, A]
    printed = desk.run("waive", "test-issue", "link.http", "--item", "first", *BY)
    assert f'Waived link.http (warn) at first · body, "{B}"' in printed
    assert "by Head of Unit: The site has no https yet." in printed
    assert "What stands now: " in printed
    assert standing(desk) == [A]
    assert "waived link.http (warn), by Head of Unit" in desk.run("check", "test-issue")
    assert "waived link.http (warn), by Head of Unit" in desk.run("proof", "test-issue", "--to", "everyone")
    digest = desk.approved()
    desk.send(digest)
    shown = desk.run("report", desk.dispatch_id())
    assert "Found before it went, and answered for" in shown
    assert f'link.http (warn) at first · body, "{B}"' in shown
    assert "by Head of Unit: The site has no https yet." in shown
    known = json.loads(desk.run("report", desk.dispatch_id(), "--format", "json"))
    (ours,) = [one for one in known["waived"] if one["rule"] == "link.http"]
    assert (ours["item"], ours["words"], ours["by"]) == ("first", B, "Head of Unit")
    assert ours["because"] == "The site has no https yet."


def test_where_several_stand_the_command_asks_which_and_writes_nothing(desk: Office) -> None:
    printed = desk.run("waive", "test-issue", "link.http", *BY, code=1)
    assert "2 findings of that rule stand, and a waiver answers for one of them." in printed
    assert f'--item first --field body --words "{B}"' in printed
    assert not file_of(desk).exists()
    desk.run("waive", "test-issue", "link.http", "--words", A, *BY)
    assert read_waivers(desk.issue.parent) == (
        Waiver(
            rule="link.http",
            item="press-only",
            field="body",
            words=A,
            by="Head of Unit",
            because="The site has no https yet.",
        ),
    )
    assert standing(desk) == [B]


def test_what_is_answered_for_or_does_not_stand_is_not_waived_again(desk: Office) -> None:
    desk.run("waive", "test-issue", "link.http", "--words", A, *BY)
    before = file_of(desk).read_bytes()
    again = desk.run("waive", "test-issue", "link.http", "--item", "press-only", *BY, code=1)
    assert f'What stands: --item first --field body --words "{B}".' in again
    desk.run("waive", "test-issue", "link.http", *BY)
    assert "Head of Unit answers for that already" in desk.run(
        "waive", "test-issue", "link.http", *BY, code=1
    )
    assert "Nothing that this rule finds stands." in desk.run("waive", "test-issue", "date.sum", *BY, code=1)
    assert file_of(desk).read_bytes().startswith(before)


@pytest.mark.parametrize(
    ("rule", "by", "because", "says", "code"),
    [
        ("link.htpp", "Head", "so", 'There is no rule "link.htpp" to waive.', 2),
        ("slot.unresolved", "Head", "so", "What slot.unresolved finds cannot be waived", 1),
        ("link.http", " ann  AUTHOR", "so", "wrote this issue and cannot waive link.http", 1),
        ("link.http", "Head", "  ", "has no reason", 1),
        ("link.http", " ", "so", "has no name", 1),
        ("link.http", "Head", "so\x1b[2J", "cannot be printed", 2),
    ],
)
def test_what_nobody_may_waive(  # noqa: PLR0917
    desk: Office, rule: str, by: str, because: str, says: str, code: int
) -> None:
    change(desk, "Snow leopards", "Snow {{nobody_knows}} leopards")
    args = ("--item", "first", "--by", by, "--because", because)
    assert says in desk.run("waive", "test-issue", rule, *args, code=code)
    assert not file_of(desk).exists()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ("rule: slot.unresolved, by: Head, because: so", "What slot.unresolved finds cannot be waived"),
        ("rule: link.htp, by: Head, because: so", 'There is no rule "link.htp" to waive.'),
        ("rule: link.http, by: ANN  author, because: so", "wrote this issue"),
        ('rule: link.http, by: Head, because: " "', "has no reason"),
        ('rule: link.http, by: "", because: so', "has no name"),
        ('rule: link.http, by: Head, because: "so\\u202e"', "a sign that cannot be seen"),
    ],
)
def test_one_in_the_file_that_cannot_hold_is_void_and_covers_nothing(
    desk: Office, fields: str, says: str
) -> None:
    write(desk, fields)
    ((rule, message),) = told(desk)
    assert rule == "waiver.void"
    assert says in message
    assert len(standing(desk)) == 2
    assert "waivers.yaml:2" in desk.run("check", "test-issue")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("waivers:\n  - {rule: link.http, by: Head}\n", "because"),
        ("waivers:\n  - {rule: link.http, by: Head, because: so, until: later}\n", "until"),
        ("waivers: link.http\n", "waivers"),
        ("waivers:\n  - [link.http\n", "waivers.yaml"),
        ("\x00", "control"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line_and_left_alone(
    desk: Office, text: str, says: str
) -> None:
    file_of(desk).write_text(text, encoding="utf-8")
    for arguments in (("check", "test-issue"), ("waive", "test-issue", "link.http", "--item", "first", *BY)):
        printed = desk.run(*arguments, code=1)
        assert "waivers.yaml" in printed
        assert says in printed
        assert "Traceback" not in printed
    assert file_of(desk).read_text(encoding="utf-8") == text


def test_changed_words_make_it_void_and_say_what_they_were(desk: Office) -> None:
    desk.run("waive", "test-issue", "link.http", "--words", A, *BY)
    change(desk, A, f"{A}2")
    assert told(desk) == [
        (
            "waiver.void",
            f'The waiver of link.http by Head of Unit is void: it was given for "{A}", and now it is "{A}2".',
        )
    ]
    assert set(standing(desk)) == {B, f"{A}2"}


def test_words_that_moved_to_another_field_are_not_covered(desk: Office) -> None:
    write(desk, f'rule: link.http, item: first, field: "links[0].url", words: "{B}", by: Head, because: so')
    ((rule, message),) = told(desk)
    assert rule == "waiver.void"
    assert message.endswith("it was given for first · links[0].url, and the finding is about first · body.")
    assert B in standing(desk)


def test_one_that_covers_nothing_any_more_is_noted_where_everything_was_asked(desk: Office) -> None:
    desk.run("waive", "test-issue", "link.http", "--words", A, *BY)
    change(desk, A, A.replace("http", "https"))
    ((rule, message),) = told(desk)
    assert rule == "waiver.unused"
    assert message == "link.http finds nothing any more that the waiver by Head of Unit would cover."
    assert told(desk, "press") == [], "others may still need it"


def test_one_about_an_audience_or_of_the_strict_profile_is_never_said_to_be_unused(desk: Office) -> None:
    strict = [rule.id for rule in RULES if rule.is_strict]
    named = ["audience.hidden-from-few", "slot.empty", *strict]
    write(desk, *(f"rule: {name}, item: first, words: x, by: Head, because: so" for name in named))
    assert told(desk) == []


@pytest.mark.parametrize(
    ("place", "was"),
    [
        ("", "the whole issue, and the finding is about first · body"),
        ("item: first, ", "first, and the finding is about first · body"),
        ("item: the head, field: title, ", None),
        ("field: body, ", "body, and the finding is about first · body"),
    ],
)
def test_one_that_names_its_place_loosely_holds_for_nothing_and_says_so(
    desk: Office, place: str, was: str | None
) -> None:
    write(desk, f"rule: link.http, {place}by: Head, because: so")
    assert set(standing(desk)) == {A, B}
    said = [message for _, message in told(desk)]
    if was:
        assert f"it was given for {was}" in said[0]
        assert "it was given for no words in particular" in said[0]
    else:
        assert said == ["link.http finds nothing any more that the waiver by Head would cover."]


def test_one_for_the_head_covers_no_item_and_one_for_an_item_not_the_head(desk: Office) -> None:
    change(desk, "series: ", "title: Sheeps\nseries: ")
    change(desk, "    title: Snow leopards", "    title: Sheeps and snow leopards")

    def places() -> set[tuple[str | None, str | None]]:
        found = compose_issue(desk.workspace, "test-issue", (), secret=b"test", strict=True).standing
        return {(one.item, one.field) for one in found if one.rule == "text.plural"}

    assert places() == {(None, "title"), ("first", "title")}
    printed = desk.run("waive", "test-issue", "text.plural", *BY, code=1)
    assert '--item "the head" --field title' in printed
    assert "--item first --field title" in printed
    desk.run("waive", "test-issue", "text.plural", "--item", "the head", *BY)
    assert "    item: the head\n    field: title\n    words: Sheeps\n" in file_of(desk).read_text()
    assert places() == {("first", "title")}


def test_one_given_for_a_warning_covers_no_stop_and_one_for_a_stop_what_is_lighter() -> None:
    def found(severity: Severity) -> Finding:
        return Finding(rule="size.mail", severity=severity, message="It is heavy.", words="en-123456")

    given = {
        severity: Waiver(rule="size.mail", severity=severity, words="en-123456", by="Head", because="so")
        for severity in Severity
    }
    covers = {(a, b) for a in Severity for b in Severity if given[a].covers(found(b))}
    stop, warn, note = Severity.STOP, Severity.WARN, Severity.NOTE
    assert covers == {(stop, stop), (stop, warn), (stop, note), (warn, warn), (warn, note), (note, note)}
    plain = Waiver(rule="size.mail", words="en-123456", by="Head", because="so")
    assert plain.covers(found(warn))
    assert not plain.covers(found(stop))


def test_a_finding_that_has_become_worse_makes_it_void(desk: Office) -> None:
    desk.run("waive", "test-issue", "link.http", "--words", A, *BY)
    edited = file_of(desk).read_text().replace("    item:", "    severity: note\n    item:")
    file_of(desk).write_text(edited)
    ((rule, message),) = told(desk)
    assert rule == "waiver.void"
    assert message.endswith("is void: it was given for a note, and now it is a warning.")


def test_one_of_the_whole_issue_covers_only_what_has_no_place() -> None:
    waiver = Waiver(rule="a.b", by="Head", because="so")
    whole = Finding(rule="a.b", severity=Severity.WARN, message="So.")
    assert waiver.covers(whole)
    for place in ({"item": "x"}, {"field": "subject"}, {"words": "w"}):
        assert not waiver.covers(whole.model_copy(update=place))


@pytest.mark.parametrize(
    "words",
    [
        "two\nlines: # no comment",
        " - leading, and trailing ",
        "'quoted' \"twice\" \\ {braces} [b]bold[/b]",
        "=cmd|' /C calc'!A0",
        "\u202eright to left, \u2028 a separator, \u200b",
        "null",
        "2016-12-19",
        "*alias &anchor !!python/object",
        "й" * 5000,
    ],
)
def test_hostile_words_are_kept_as_they_are(tmp_path: Path, words: str) -> None:
    folder = tmp_path / "issues" / "x"
    folder.mkdir(parents=True)
    waiver = Waiver(rule="a.b", item="x", field="body", words=words, by="N", because="So.")
    for count in (1, 2):
        add_waiver(folder, waiver)
        assert read_waivers(folder) == (waiver,) * count


def test_hostile_words_of_an_issue_are_waived_and_printed_as_they_are(desk: Office) -> None:
    odd = "http://example.org/[bold]x[/bold]?'\"=1"
    change(desk, f"See [one]({A}).", f"See [one](<{odd}>).")
    printed = desk.run("waive", "test-issue", "link.http", "--item", "press-only", *BY)
    assert odd in printed
    assert standing(desk) == [B]


def test_one_of_two_waivers_at_a_time_leaves_the_other_findings(desk: Office) -> None:
    def waive(which: Which) -> None:
        waive_finding(desk.workspace, "test-issue", "link.http", which, by="Head", because="so")

    waive(Which(words=f"  {A} "))
    assert standing(desk) == [B]
    with pytest.raises(MailerError, match="No finding of that rule stands there"):
        waive(Which(item="press-only"))
    waive(Which())
    assert standing(desk) == []


def test_a_waiver_given_after_the_proof_needs_a_new_one(desk: Office, service: MailService) -> None:
    desk.use_relay(service.port)
    digest = desk.approved()
    desk.run("waive", "test-issue", "link.http", "--words", A, *BY)
    printed = desk.send(digest, code=1)
    assert re.search(r"changed since proof", printed)
    assert service.accepted == []
