"""Every rule finds what it is for, at its line, and keeps quiet about what is right."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from mailer.check import RULES, check_issue
from mailer.model.finding import Finding, Severity
from mailer.source.slips import ligatures

PLAIN = "  - {id: plain, kind: article, title: Plain, body: Nothing to see.}\n"


def article(body: str, more: str = "") -> str:
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), "      ")
    return f"  - id: one\n    kind: article\n    title: One\n    body: |\n{lines}\n{more}"


def link(url: str, text: str = "The report of the meeting") -> str:
    return article("Words.", f"    links:\n      - url: '{url}'\n        text: '{text}'\n")


def picture(more: str) -> str:
    return f"  - id: one\n    kind: article\n    title: One\n    image: {{src: images/a.png, {more}}}\n"


def event(kind: str, more: str) -> str:
    return f"  - {{id: one, kind: {kind}, title: One, {more}}}\n"


# rule, items, a part of the line on which it must be found
FOUND = [
    (
        "mailto.differs-from-text",
        article("First.\n\nAsk [ana@example.org](mailto:anna@example.org)."),
        "Ask [ana",
    ),
    ("mailto.differs-from-text", link("mailto:anna@example.org?subject=x", "Ana, ANA@example.org"), "- url:"),
    ("mailto.space", article("First.\n\nAsk [Ana](<mailto: ana@example.org>)."), "Ask [Ana"),
    ("mailto.space", article("Ask [Ana](mailto: ana@example.org) about it."), "Ask [Ana"),
    ("mailto.space", link("mailto:%20ana@example.org", "Ana"), "- url:"),
    ("link.bad", link(""), "- url:"),
    ("link.bad", link("#"), "- url:"),
    ("link.bad", link("#one"), "- url:"),
    ("link.bad", link("www.example.org/x"), "- url:"),
    ("link.bad", link("/en/news"), "- url:"),
    ("link.bad", link("https:///en"), "- url:"),
    ("link.bad", link("https://example"), "- url:"),
    ("link.bad", link("https://[example.org"), "- url:"),
    ("link.bad", link("https://example.org:99999/"), "- url:"),
    ("link.bad", link("https://example.org/two words"), "- url:"),
    ("link.bad", link("javascript:alert(1)"), "- url:"),
    ("link.bad", link("file:///tmp/report.pdf"), "- url:"),
    ("link.bad", link("http://localhost:8000/x"), "- url:"),
    ("link.bad", link("https://192.168.1.4/x"), "- url:"),
    ("link.bad", link("mailto:"), "- url:"),
    ("link.bad", link("tel:none"), "- url:"),
    ("link.bad", article("One\n\ntwo [the report](javascript:alert) three"), "two [the"),
    ("link.bad", article("See [the report](https://example.org/two words)."), "See [the"),
    ("link.bad", article("A picture: ![A camel](images/camel.png)"), "A picture"),
    ("link.no-text", link("https://example.org/x", ""), "- url:"),
    ("link.no-text", article("One\n\ntwo [](https://example.org/x)"), "two []"),
    ("link.other-site", link("https://evil.example.net/x", "www.example.org"), "- url:"),
    ("link.other-site", link("https://evil.example.net/x", "https://example.org/x"), "- url:"),
    ("link.vague-text", article("One\n\nMore of it [here](https://example.org/x)."), "More of it"),
    ("link.vague-text", article("More of it **[Click here »](https://example.org/x)**."), "More of it"),
    ("link.vague-text", link("https://example.org/x", "Читать далее…"), "- url:"),
    ("link.vague-text", link("https://example.org/x", "En savoir plus"), "- url:"),
    ("link.http", link("http://example.org/x"), "- url:"),
    ("link.http", article("One\n\ntwo http://example.org/x."), "two http"),
    (
        "link.http",
        "  - id: one\n    kind: contact\n    website: http://example.org\n",
        "website:",
    ),
    ("link.test-host", link("https://app.staging.example.org/x"), "- url:"),
    ("link.test-host", link("https://cms-reports.netlify.app/"), "- url:"),
    ("link.address-torn", link("https://example.org/office", "https://example.org/ office"), "- url:"),
    (
        "link.duplicate",
        article(
            "See [a](https://example.org/x).",
            "    links:\n      - {url: 'https://example.org/x/', text: The page}\n",
        ),
        "{url:",
    ),
    ("link.address-as-text", link("https://example.org/x", "https://example.org/x"), "- url:"),
    ("link.address-as-text", article("One\n\nSee <https://example.org/x>"), "See <"),
    ("image.alt-missing", picture("credit: Ana, caption: Camel"), "image:"),
    ("image.alt-missing", picture("alt: ' '"), "image:"),
    ("image.alt-poor", picture("alt: IMG_2041.JPG"), "image:"),
    ("image.alt-poor", picture("alt: Photo of a camel"), "image:"),
    ("image.alt-poor", picture(f"alt: {'A camel ' * 17}"), "image:"),
    ("image.alt-poor", picture("alt: A camel, caption: a camel"), "image:"),
    ("image.caption-missing", picture("alt: A camel, credit: Ana"), "image:"),
    ("image.credit-in-caption", picture("alt: A camel, caption: Camel © Ana"), "image:"),
    (
        "image.used-twice",
        picture("alt: A camel") + picture("alt: Two camels").replace("id: one", "id: two"),
        "Two camels",
    ),
    (
        "image.alike",
        picture("alt: A camel, caption: Camel, credit: Ana")
        + picture("alt: Two camels, caption: Camels, credit: Ana")
        .replace("id: one", "id: two")
        .replace("a.png", "b.png"),
        "Two camels",
    ),
    ("slot.unresolved", article("One\n\nDear {{ nmae }},"), "Dear {{"),
    ("slot.unresolved", article("Dear {{ name"), "Dear {{"),
    ("slot.unresolved", article("{% if x %}Dear{% endif %}"), "{% if"),
    ("slot.unresolved", article("One\n\nDear %%slot:nmae%%,"), "Dear %%"),
    ("slot.unresolved", article("[The page](https://example.org/{{country}})"), "[The page]"),
    ("slot.unresolved", picture("alt: 'A map of {{country}}'"), "image:"),
    ("date.weekday", article("One\n\nIt is due on Monday, 25 April 2017."), "It is due"),
    ("date.weekday", article("One\n\nIt is due on\nMon 25 Apr. 2017."), "Mon 25"),
    ("date.weekday", article("On 25 April 2017 (Monday) it is due."), "On 25"),
    ("date.weekday", article("On Monday, April 25, 2017 it is due."), "On Monday"),
    ("date.weekday", article("On Monday the 25th of April 2017 it is due."), "On Monday"),
    ("date.weekday", article("В понедельник, 25 апреля 2017 года."), "25 апреля"),
    ("date.weekday", article("В среду 25 апреля 2017 года."), "25 апреля"),
    ("date.weekday", article("Le lundi 25 avril 2017."), "25 avril"),
    ("date.weekday", article("Am Montag, den 25. April 2017."), "25. April"),
    ("date.weekday", article("El lunes 25 de abril de 2017."), "25 de abril"),
    (
        "date.weekday",
        "  - id: one\n    kind: deadline\n    due: 2017-04-24\n    body: Send it by Friday, 24 April.\n",
        "body:",
    ),
    ("date.impossible", article("One\n\nfrom 28 to 31 April 2017."), "from 28"),
    ("date.impossible", article("29 février 2017"), "29 f"),
    ("date.past", event("event", "start: 2016-12-10, end: 2016-12-18"), "start:"),
    ("date.past", event("deadline", "due: 2016-12-18"), "due:"),
    ("date.ahead", event("event_report", "start: 2016-12-20"), "start:"),
    ("date.deadline-zone", event("deadline", "due: 2017-04-24"), "due:"),
    ("date.deadline-zone", event("deadline", "due: 2017-04-24, time: '12:00'"), "due:"),
    (
        "date.sum",
        "  - {id: cop, kind: event, title: COP12, start: 2017-10-23}\n"
        "  - id: one\n    kind: deadline\n    due: 2017-04-24\n    body: |\n"
        "      Reports are owed.\n\n      They are due 180 days in advance of\n      the Conference (COP12).\n",
        "180 days",
    ),
    (
        "date.order",
        "".join(
            f"  - {{id: r{number}, kind: event_report, start: 2016-{month}-01}}\n"
            for number, month in enumerate(("08", "07", "09"))
        ),
        "2016-09",
    ),
    (
        "date.span",
        "  - id: one\n    kind: event_report\n    start: 2016-08-22\n    end: 2016-08-26\n    body: |\n"
        "      They met.\n      Over three productive\n      days they talked.\n",
        "Over three",
    ),
    ("date.styles", article("From 5 July 2016\n\nto 5 September, 2016."), "5 September,"),
    (
        "deadline.for-everybody",
        "  - id: one\n    kind: deadline\n    due: 2017-04-24\n    body: |\n      One.\n\n      Each CMS Party.\n",
        "Each CMS",
    ),
    ("item.no-expiry", event("greeting", "body: Good wishes"), "id: one"),
    ("item.no-expiry", event("staff_change", "body: She left"), "id: one"),
    ("item.expired", event("greeting", "expires: 2016-12-18"), "expires:"),
    ("text.ligature", article("One\n\nthe Offi cer\nand the fi rst profi le"), "Offi cer"),
    ("text.ligature", article("a notifi cation of eff ects"), "eff ects"),
    ("text.ligature", article("One\n\nthe \ufb01rst"), "rst"),
    ("text.undecided", article("One\n\nReports are due on {~~26~>24~~} April."), "Reports are due"),
    ("text.undecided", article("One\n\nThe {++tenth ++}meeting"), "The {++"),
    ("text.undecided", article("One\n\nThe {--tenth\n\n--}meeting"), "The {--"),
    ("text.undecided", article("See {++https://example.org/x++}"), "See {++"),
    ("text.undecided", article("One\n\n{==Almaty==}{>>Ana: or Astana?<<} is where"), "{==Almaty"),
    ("text.undecided", picture("alt: 'A {~~camel~>saiga~~}'"), "image:"),
    ("text.undecided", picture("alt: 'Folder C:\\{++camel++}'"), "image:"),
    ("text.undecided", picture("alt: 'Use `{++camel++}` now'"), "image:"),
    ("text.acronym", article("One\n\na Species Focal Point (SPF) for each"), "a Species"),
    (
        "text.acronym-late",
        article("One\n\nCMS met.")
        + "  - {id: two, kind: article, body: The Convention on Migratory Species (CMS) met.}\n",
        "CMS met.",
    ),
    ("text.plural", article("One\n\nArgali Sheeps"), "Argali"),
    ("text.variants", article("trans-boundary trans-boundary\n\ntransboundary"), "      transboundary"),
    ("text.variants", article("COP11 COP12\n\nCOP 17"), "COP 17"),
    ("text.double-space", article("One\n\nof  the"), "of  the"),
    ("text.soft-hyphen", article("One\n\nthe con\u00adservation of"), "servation"),
    ("text.trailing-space", article("One\n\nthe end \n\nof it"), "the end"),
    ("text.line-end-hyphen", article("One\n\ncalled Al-\nSamaraie"), "called Al-"),
    (
        "heading.repeated",
        "  - {id: h1, kind: heading, title: Events}\n  - {id: h2, kind: heading, title: events}\n",
        "id: h2",
    ),
    ("contact.two-numbers", "  - {id: one, kind: contact, phones: ['+49 228 815 2401/02']}\n", "phones"),
]

# rule, items about which it must not say anything
QUIET = [
    ("mailto.differs-from-text", article("Ask [Ana](mailto:ana@example.org?subject=You@me).")),
    ("mailto.differs-from-text", link("mailto:Ana@Example.org", "ana@example.org")),
    ("mailto.differs-from-text", link("mailto:ana@example.org,bo@example.org", "bo@example.org")),
    ("mailto.differs-from-text", link("mailto:ana%2Bnews@example.org", "ana+news@example.org")),
    ("mailto.space", article("Write `[Ana](mailto: ana@example.org)` and it breaks.")),
    ("link.bad", link("https://example.org/%E2%80%93?q=1#x")),
    ("link.bad", link("tel:+49-228-815-2401")),
    ("link.bad", link("mailto:ana@example.org")),
    ("link.bad", link("mailto: ana@example.org")),
    ("link.bad", article("the right [sic](as in the source)")),
    ("link.bad", "  - {id: one, kind: contact, website: www.example.org, email: ana@example.org}\n"),
    ("link.other-site", link("https://www.example.org/x", "example.org")),
    ("link.other-site", link("https://ors.example.org/x", "www.example.org")),
    ("link.other-site", link("https://example.org/x", "Annex.docx")),
    ("link.other-site", link("https://example.org/x", "node.js")),
    ("link.vague-text", link("https://example.org/x", "More about snow leopards")),
    ("link.vague-text", article("We are here. [Here be camels](https://example.org/x)")),
    ("link.no-text", "  - {id: one, kind: contact, email: ana@example.org}\n"),
    ("link.http", article("`http://example.org/x`")),
    ("link.test-host", link("https://www.linode.com/docs")),
    ("link.test-host", link("https://www.netlify.app/")),
    ("link.test-host", link("https://staging.org/")),
    ("link.duplicate", article("[A](https://example.org/x?id=1) [B](https://example.org/x?id=2)")),
    (
        "link.duplicate",
        link("https://example.org/x") + link("https://example.org/x").replace("id: one", "id: two"),
    ),
    ("link.address-as-text", "  - {id: one, kind: contact, website: 'https://example.org'}\n"),
    ("image.alt-missing", picture("decorative: true")),
    ("image.alt-poor", picture("alt: A camel before dunes, caption: Wild Camel")),
    ("image.alt-poor", picture("alt: Photographers of the team wait in the snow")),
    ("image.credit-in-caption", picture("alt: A, caption: Camel, credit: Ana")),
    ("slot.unresolved", article("Dear {{name}}, in {{ country | your country }} and %%slot:name%%")),
    ("slot.unresolved", article("Half of them, 50 %% of all, {braces} and 5 {x}")),
    ("slot.unresolved", article("Write \\{\\{name}}, \\{\\{first name\\}\\} or \\{% if %}.")),
    ("date.weekday", article("Monday, 24 April 2017, Mon 24 Apr 2017, 24 April 2017 (Monday)")),
    ("date.weekday", article("понедельник, 24 апреля 2017; lundi 24 avril 2017; Montag, 24. April 2017")),
    ("date.weekday", article("24 April 2017, Friday 28 April 2017")),
    ("date.weekday", article("24 April 2017. Friday's meeting. On Friday 24 April, 1500 hours")),
    ("date.weekday", article("Friday 24 April 2017 hours; see https://example.org/Friday 24 April")),
    (
        "date.weekday",
        "  - {id: one, kind: deadline, due: 2017-04-24, body: 'By Monday, 24 April; then Friday, 25 April.'}\n",
    ),
    ("date.impossible", article("29 February 2016, 31 March 2017, COP 45 April 2017")),
    ("date.past", event("event", "start: 2016-12-10, end: 2016-12-19")),
    ("date.past", event("deadline", "due: 2016-12-19")),
    ("date.past", event("deadline", "due: 2016-12-01, expires: 2016-12-01")),
    ("date.past", event("event_report", "start: 2016-12-10")),
    ("date.ahead", event("event_report", "start: 2016-12-19")),
    ("date.deadline-zone", event("deadline", "due: 2017-04-24, time: '12:00', timezone: Europe/Berlin")),
    (
        "date.sum",
        "  - {id: cop, kind: event, title: COP12, start: 2017-10-23}\n"
        "  - {id: one, kind: deadline, due: 2017-04-26, body: 180 days before COP12; 10 days before the deadline.}\n",
    ),
    (
        "date.sum",
        "  - {id: cop, kind: event, title: COP12, start: 2017-10-23}\n"
        "  - {id: sc, kind: event, title: COP13, start: 2020-02-17}\n"
        "  - {id: one, kind: deadline, due: 2017-04-24, body: 180 days before the meeting.}\n",
    ),
    (
        "date.order",
        "".join(
            f"  - {{id: r{number}, kind: event_report, start: 2016-0{9 - number // 2}-01}}\n"
            for number in range(6)
        ),
    ),
    (
        "date.span",
        "  - {id: one, kind: event_report, start: 2016-08-22, end: 2016-08-26, "
        "body: 'A five-day workshop. Two days before, some met. Ten people came.'}\n",
    ),
    ("date.styles", article("5 July 2016 and 6 July 2016; in July 2016; on 6 July")),
    (
        "deadline.for-everybody",
        "  - {id: one, kind: deadline, due: 2017-04-24, body: Each CMS Party., show_to: parties}\n",
    ),
    ("item.no-expiry", event("greeting", "expires: 2017-01-31")),
    ("item.expired", event("greeting", "expires: 2016-12-19")),
    ("text.ligature", article("off the cliff edge, staff ing, wi-fi rst, sci-fi eld")),
    (
        "text.undecided",
        article("{braces}, {{name}}, {{ country | your country }}, {{name|++}}, {% x %}, %%slot:name%%"),
    ),
    (
        "text.undecided",
        article("Ca^{++} and Mg^{++}, x^{--} + y^{--}, {==} {>>} {<<}, 10^{--1}, {{++}}, {-1}, {+1}"),
    ),
    (
        "text.undecided",
        article("Write `{++in++}` or\n\n```\n{--out--}\n```\n\nor \\{++in++}; {++i; j--} {~~off~~}"),
    ),
    ("text.acronym", article("Species Focal Point (SFP), Polina Orlinskiy (OP), Red List Index (RLI)")),
    (
        "text.acronym-late",
        article("The Convention on Migratory Species (CMS). CMS met. Polina Orlinskiy (NABU) came.")
        + "  - {id: two, kind: article, body: The Convention on Migratory Species (CMS) met.}\n",
    ),
    ("text.plural", article("sheep, deer, the Sheepskin")),
    ("text.variants", article("COP11, COP12, IUCN 2015, small-scale, sea-borne, https://transboundary.org")),
    ("text.double-space", article("One  \ntwo\n\n-  three\n1.  four `a  b`")),
    (
        "text.double-space",
        article("#  One\n\n>  - two\n\n```\na  b\n```\n\n| a | b |\n|---|---|\n| c  d | e |"),
    ),
    ("text.soft-hyphen", article("One-two <https://example.org/a\u00adb> `c\u00add`")),
    ("text.trailing-space", article("One  \ntwo\n\n```\nthree \n```")),
    ("text.line-end-hyphen", article("pre-\nand post-war, well-known\nthings - \nmore")),
    ("contact.two-numbers", "  - {id: one, kind: contact, phones: [+49 (0)228 815-2401]}\n"),
]


def of_rule(findings: list[Finding], rule: str) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule]


@pytest.mark.parametrize(("rule", "items", "on_line"), FOUND)
def test_a_mistake_is_found_on_its_line(checked, tmp_path: Path, rule: str, items: str, on_line: str) -> None:
    found = of_rule(check_issue(checked(items), strict=True), rule)
    lines = (tmp_path / "issues/trial/issue.yaml").read_text(encoding="utf-8").splitlines()
    assert found, f"{rule} found nothing"
    assert found[0].file == "issues/trial/issue.yaml"
    assert any(on_line in lines[(finding.line or 0) - 1] for finding in found)
    assert all(finding.message.endswith(".") and finding.hint for finding in found)


@pytest.mark.parametrize(("rule", "items"), QUIET)
def test_what_is_right_is_left_alone(checked, rule: str, items: str) -> None:
    assert of_rule(check_issue(checked(items), strict=True), rule) == []


def test_a_missing_subject_stops_and_a_missing_preheader_warns(checked) -> None:
    found = {
        finding.rule: finding.severity
        for finding in check_issue(checked(PLAIN, head="id: a\nseries: A\ndate: 2016-12-19\n"))
    }
    assert found == {"subject.missing": Severity.STOP, "preheader.missing": Severity.WARN}


@pytest.mark.parametrize(
    ("subject", "preheader", "rules"),
    [
        ("x" * 71, "Forty signs or so that say what else is inside.", ["subject.long"]),
        ("x" * 70, "Forty signs or so that say what else is inside.", []),
        ("READ THIS NOW PLEASE", "Forty signs or so that say what else is inside.", ["subject.shouts"]),
        ("CMS COP12", "Forty signs or so that say what else is inside.", []),
        ("News!! Really", "Forty signs or so that say what else is inside.", ["subject.shouts"]),
        ("Re: our talk", "Forty signs or so that say what else is inside.", ["subject.shouts"]),
        ("Reports are due", "Too short", ["preheader.length"]),
        ("Reports are due", "x" * 111, ["preheader.length"]),
        (
            "Thirty experts on the Isle of Vilm",
            "Thirty experts on the Isle of Vilm!",
            ["preheader.repeats"],
        ),
    ],
)
def test_subject_and_preheader_are_measured(checked, subject: str, preheader: str, rules: list[str]) -> None:
    head = f"id: a\nseries: A\ndate: 2016-12-19\nsubject: '{subject}'\npreheader: '{preheader}'\n"
    assert [finding.rule for finding in check_issue(checked(PLAIN, head=head))] == rules


def test_all_that_is_loud_in_a_subject_is_told_at_once(checked) -> None:
    head = "id: a\nseries: A\ndate: 2016-12-19\npreheader: Forty signs or so that say what else is inside.\n"
    loud = "RE: URGENT!! REGISTER NOW FOR THE ALMATY MEETING"
    [found] = check_issue(checked(PLAIN, head=f"{head}subject: '{loud}'\n"))
    assert found.message == (
        "The subject looks like an answer to a mail that was never sent, has several exclamation marks in a row "
        "and is all in capitals; junk filters count that against it."
    )
    assert all(part in found.hint for part in ('"RE:"', '"!!"', "capitals for first letters"))
    assert found.words == loud
    for calm in (
        "Rehearsal of the talks!",
        "COP12: CMS, CITES, IUCN meet",
        "Великие кочевья: КМВ",
        "Réponse : oui",
    ):
        assert check_issue(checked(PLAIN, head=f"{head}subject: '{calm}'\n")) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("first_name", "name"),
        ("nmae", "name"),
        ("firstname", "name"),
        ("FULL NAME", "name"),
        ("greeting", "salutation"),
        ("nation", "country"),
        ("job_title", "role"),
        ("country_off", "country_of"),
    ],
)
def test_the_personal_field_that_is_meant_is_named(checked, written: str, meant: str) -> None:
    [found] = of_rule(check_issue(checked(article(f"Dear {{{{{written}}}}},"))), "slot.unresolved")
    assert f"Did you mean {{{{{meant}}}}}?" in found.hint


def test_where_none_is_near_all_that_an_issue_may_use_are_named_and_no_reminders(checked) -> None:
    [found] = of_rule(check_issue(checked(article("Dear {{xyzzy}},"))), "slot.unresolved")
    for name in ("salutation", "name", "country", "country_of", "country_in", "role"):
        assert f"{{{{{name}}}}}" in found.hint
    assert "addressee" not in found.hint
    assert "…" not in found.hint


def test_an_acronym_written_out_further_down_in_its_own_item_is_told_so(checked) -> None:
    body = (
        "ACBK met in Astana.\n\nThe Association for Conservation of Biodiversity of Kazakhstan (ACBK) came."
    )
    [found] = of_rule(check_issue(checked(article(body))), "text.acronym-late")
    assert found.message == '"ACBK" is used here, and written out only further down in this item.'
    other = article("ACBK met.") + article(body.partition("\n\n")[2]).replace("one", "two")
    [found] = of_rule(check_issue(checked(other)), "text.acronym-late")
    assert 'only in "two".' in found.message


def test_a_word_torn_on_both_sides_is_one_finding_and_is_mended(checked) -> None:
    body = "The con fl ict is over and the con fl icts too; the of fi ce makes a pro fi t."
    found = of_rule(check_issue(checked(article(body))), "text.ligature")
    assert [one.words for one in found] == ["con fl ict", "con fl icts", "of fi ce", "pro fi t"]
    assert [one.hint for one in found] == [
        f'Write "{word}".' for word in ("conflict", "conflicts", "office", "profit")
    ]
    mended = body
    for slip in sorted(ligatures(body), key=lambda slip: -slip.start):
        mended = f"{mended[: slip.start]}{slip.right}{mended[slip.end :]}"
    assert mended == "The conflict is over and the conflicts too; the office makes a profit."


@pytest.mark.parametrize(
    "body",
    [
        "a hi fi set, in fi and out fl, to ff and so on, sci fi ce",
        "Il fait fi des règles, et sou ffle",
        "Он сказал fi и ушёл, con fi я",
    ],
)
def test_short_words_that_only_look_torn_are_left_alone(checked, body: str) -> None:
    assert of_rule(check_issue(checked(article(body))), "text.ligature") == []


def test_a_change_in_flow_is_not_taken_for_an_inflow(checked) -> None:
    [found] = of_rule(check_issue(checked(article("The changes in fl ow are small."))), "text.ligature")
    assert (found.words, found.hint) == ("fl ow", 'Write "flow".')


def test_a_word_that_stands_whole_elsewhere_is_found_divided_within_a_line(checked) -> None:
    body = (
        "Rangers met in Mon- golia, and conser- vation was their aim.\n\nThen Mongolia spoke of conservation."
    )
    found = of_rule(check_issue(checked(article(body))), "text.line-end-hyphen")
    assert [(one.words, one.hint) for one in found] == [
        ("Mon- golia", 'Write "Mongolia".'),
        ("conser- vation", 'Write "conservation".'),
    ]


def test_of_a_word_divided_at_a_lines_end_the_whole_one_is_offered_first(checked) -> None:
    [found] = of_rule(check_issue(checked(article("It is a con-\ncern."))), "text.line-end-hyphen")
    assert found.hint.startswith('Write "concern"')
    assert found.words == "con-cern"


@pytest.mark.parametrize(
    "body",
    [
        "pre- and post-war years; short- to medium-term; mid- or long-term; preand; shortto",
        "short- term plans, sub- Saharan Africa, a list: one- two",
        "les sous- et sur-effectifs; sous- et souset",
        "северо- и юго-восток; северои",
        "`Mon- golia` and Mongolia",
    ],
)
def test_hyphens_that_are_meant_are_left_alone(checked, body: str) -> None:
    assert of_rule(check_issue(checked(article(body))), "text.line-end-hyphen") == []


def test_odd_dates_are_quoted_as_they_stand(checked) -> None:
    body = "From 7 May 2019 to 9 May 2019.\n\nThen March 3, 2021, and March 4, 2021, and 1 May 2019."
    [found] = of_rule(check_issue(checked(article(body))), "date.styles")
    assert found.message == 'Dates are written in several ways: 3 like "7 May 2019", 2 like "March 3, 2021".'
    assert found.hint == 'Write them all like "7 May 2019", or all in the other way.'
    assert found.words == "March 3, 2021"


def test_an_unknown_group_stops_and_the_nearest_is_named(checked) -> None:
    items = "  - {id: one, kind: article, body: B, show_to: range-state}\n"
    [found] = check_issue(checked(items, known_segments=frozenset({"range-states", "press"})))
    assert (found.rule, found.severity, found.item, found.line) == (
        "segment.unknown",
        Severity.STOP,
        "one",
        7,
    )
    assert found.hint == 'Did you mean "range-states"?'


def test_bulk_mail_in_earnest_needs_one_click(checked) -> None:
    [found] = check_issue(checked(PLAIN, is_real=True))
    assert (found.rule, found.severity) == ("unsubscribe.no-one-click", Severity.STOP)
    assert check_issue(checked(PLAIN, is_real=True, public=True)) == []
    assert check_issue(checked(PLAIN)) == []


def test_findings_come_worst_first(checked) -> None:
    items = article("of  the [here](https://example.org/x) ![A camel](images/camel.png)")
    ranks = [finding.severity.rank for finding in check_issue(checked(items))]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


def test_an_authors_own_words_are_the_words_of_the_finding(checked) -> None:
    items = article("Ask [Ana](<mailto: ana@example.org>), or see [ HERE ](https://example.org/x).")
    words = {finding.rule: finding.words for finding in check_issue(checked(items))}
    assert words == {"mailto.space": "mailto: ana@example.org", "link.vague-text": "HERE"}


def test_a_space_after_mailto_says_how_to_mend_it(checked) -> None:
    [found] = check_issue(checked(article("Ask [Ana](mailto:  ana@example.org).")))
    assert found.hint == 'Write "mailto:ana@example.org".'


def test_a_signs_case_that_no_calendar_has_does_no_harm(checked) -> None:
    assert check_issue(
        checked(article("Frıday, 21 Aprİl 2017 and ſunday 22 April 2017 and 31 aprİl 2017"))
    ) == [*of_rule(check_issue(checked(article("ſunday 22 April 2017"))), "date.weekday")]


def test_rules_have_ids_of_their_own_in_one_manner() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert all(part.replace("-", "").isalnum() and part.islower() for name in ids for part in name.split("."))
    assert all(rule.severities == tuple(sorted(rule.severities, key=lambda s: s.rank)) for rule in RULES)


def test_a_change_left_in_a_translation_or_in_the_head_stops_the_issue_and_nobody_can_waive_it(
    checked, tmp_path: Path
) -> None:
    folder = tmp_path / "issues/trial"
    folder.mkdir(parents=True)
    words = "items:\n  plain: {body: 'Le {~~26~>24~~} avril'}\n"
    (folder / "issue.fr.yaml").write_text(f"language: fr\nsubject: Un sujet\n{words}", encoding="utf-8")
    head = "id: a\nseries: A\ndate: 2016-12-19\nsubject: 'The {++tenth ++}meeting'\n"
    found = of_rule(check_issue(checked(PLAIN, head=head)), "text.undecided")
    assert [(one.file, one.line, one.words, one.severity) for one in found] == [
        ("issues/trial/issue.fr.yaml", 4, "26 → 24", Severity.STOP),
        ("issues/trial/issue.yaml", 4, "+ tenth", Severity.STOP),
    ]
    assert "Keep one of the two" in found[0].hint
    assert not next(rule for rule in RULES if rule.id == "text.undecided").can_be_waived
