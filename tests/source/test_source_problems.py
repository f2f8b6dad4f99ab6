"""A model's complaints as problems that a person can mend."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from mailer.config import Config
from mailer.errors import Problem, ProblemsError
from mailer.model.audience import Segment
from mailer.model.files import WaiversFile
from mailer.model.issue import KINDS, Issue
from mailer.model.register import Country
from mailer.source import Document, as_noun, parse_yaml, problems_of, read_noun
from mailer.source.problems import MOST_TOLD

HEAD = "id: x\nseries: S\ndate: 2016-12-19\n"


def told(model: type[BaseModel], text: str) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        as_noun(model, parse_yaml(text.encode(), "f.yaml"))
    return list(caught.value.problems)


def only(model: type[BaseModel], text: str) -> Problem:
    problems = told(model, text)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_all_problems_of_a_file_come_at_once_in_its_order() -> None:
    text = HEAD + (
        "items:\n"
        "  - kind: event\n    id: a\n    titel: x\n    start: 2016-02-30\n"
        "  - kind: artikle\n    id: b\n"
        "  - id: c\n"
        "  - kind: article\n    id: d\n    layout: wid\n    image: {scr: x}\n    links: [{url: 3}]\n"
    )
    problems = told(Issue, text)
    assert [(p.line, p.field, p.rule) for p in problems] == [
        (7, "items[0].titel", "file.unknown-key"),
        (8, "items[0].start", "file.value"),
        (9, "items[1]", "file.kind"),
        (11, "items[2]", "file.missing-key"),
        (14, "items[3].layout", "file.value"),
        (15, "items[3].image.src", "file.missing-key"),
        (15, "items[3].image.scr", "file.unknown-key"),
        (16, "items[3].links[0].url", "file.value"),
    ]


def test_an_unknown_key_names_the_nearest_known_one() -> None:
    problem = only(Issue, HEAD + "items: []\nseires: x\n")
    assert problem.message == '"seires" is not known here.'
    assert problem.hint == 'Did you mean "series"?'


def test_a_missing_key_is_named() -> None:
    problem = only(Issue, "series: S\ndate: 2016-12-19\nitems: []\n")
    assert problem.message == '"id" is missing.'


def test_a_wrong_kind_names_the_nearest_one() -> None:
    problem = only(Issue, HEAD + "items:\n  - {kind: artikle, id: a}\n")
    assert (problem.line, problem.message) == (5, '"artikle" is not a kind of item.')
    assert problem.hint == 'Did you mean "article"?'


def test_an_item_without_a_kind_is_told_the_kinds() -> None:
    problem = only(Issue, HEAD + "items:\n  - {id: a}\n")
    assert problem.message == '"kind" is missing.'
    assert "announcement, article" in problem.hint


def test_the_kind_of_a_relay_is_called_so() -> None:
    text = "office: {name: a, postal_address: b}\nsender: {name: a, email: b}\n"
    text += "newsletter: {list: a, list_id: b, unsubscribe: c}\nrelays: {main: {kind: smpt}}\n"
    assert only(Config, text).message == '"smpt" is not a kind of relay.'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("title: 12", '"12" is not text.'),
        ("title: [a]", "A list is not text."),
        ("title:", "is empty, where text is wanted."),
        ("links: {url: x}", "A group of keys is not a list."),
        ("image: x.png", '"x.png" is not a group of keys.'),
        ("image: {src: x, decorative: maybe}", '"maybe" is not true or false.'),
        ("layout: halb", '"halb" is not allowed here.'),
        ("expires: soon", '"soon" is not a day in the calendar.'),
        ("show_to: Everybody!", '"Everybody!" is not written as it must be.'),
    ],
)
def test_wrong_values_are_told_in_plain_words(line: str, message: str) -> None:
    problem = only(Issue, HEAD + f"items:\n  - kind: article\n    id: a\n    {line}\n")
    assert problem.message == message
    assert problem.hint
    assert (problem.line, problem.rule) == (7, "file.value")


def test_a_model_s_own_words_come_through() -> None:
    problem = only(Issue, HEAD + "items:\n  - {kind: event, id: a, start: 2016-12-20, end: 2016-12-19}\n")
    assert str(problem) == "f.yaml:5: items[0]: ends (2016-12-19) before it starts (2016-12-20)."


def rule(text: str) -> Problem:
    return only(Segment, f"name: a\nrule: {text}\n")


@pytest.mark.parametrize(
    ("text", "field", "message", "hint"),
    [
        ("{rgion: Asia}", "rule", '"rgion" is not a kind of rule.', 'Did you mean "region"?'),
        ("{role: x, off: y}", "rule.off", '"off" is not known here.', 'Did you mean "of"?'),
        ("{field: emial, is: x}", "rule.field", '"emial" is not allowed here.', 'Did you mean "email"?'),
        ("{country: [kz]}", "rule.country[0]", '"kz" is not written as it must be.', "KZ"),
        ("{all: [{role: x}, {any: []}]}", "rule.all[1].any", "has fewer than 1 entry.", ""),
        ("{none: [{range_state_of: {an: [a]}}]}", "rule.none[0].range_state_of.an", '"an" is not', '"any"'),
        ("{role: x, country: KZ}", "rule.country", '"country" cannot stand beside', "`all`"),
        ("everybody", "rule", '"everybody" is not a rule.', "Known: all, any"),
        ("{}", "rule", "A rule needs one of its keys.", "Known: all, any"),
        ("{all: {role: x}}", "rule.all", "A group of keys is not a list.", "dash"),
        ("{range_state_of: {any: []}}", "rule.range_state_of", "say either `any` or `all`", ""),
        (
            "{field: email}",
            "rule",
            "say exactly one of `is`, `in`, `starts`, `before`, `after`, `missing`",
            "",
        ),
    ],
)
def test_a_wrong_rule_is_one_problem_and_not_twelve(text: str, field: str, message: str, hint: str) -> None:
    problem = rule(text)
    assert problem.field == field
    assert problem.message.startswith(message)
    assert hint in problem.hint
    assert "function-after" not in str(problem)


def test_a_bad_key_of_a_mapping_is_told_at_its_line() -> None:
    problem = only(Country, "iso2: KZ\niso3: KAZ\nnames:\n  en: a\n  English: b\n")
    assert (problem.line, problem.field) == (5, "names.English")
    assert "language tag" in problem.hint


def test_a_file_that_is_not_a_mapping_is_told_what_it_must_have(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    for content, words in (("", "is empty."), ("- a\n", "does not begin with `key: value` lines.")):
        path.write_text(content)
        with pytest.raises(ProblemsError, match="series") as caught:
            read_noun(Issue, path, "f.yaml")
        assert caught.value.problems[0].message == words


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["all", "any", "none", "role", "of", "country", "field", "is", "range_state_of", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(plain)
@settings(max_examples=200, deadline=None)
def test_whatever_a_rule_is_its_problems_can_be_told(data: object) -> None:
    try:
        Segment.model_validate({"name": "a", "rule": data})
    except ValidationError as error:
        problems = problems_of(error, Segment, "f.yaml", lambda loc: 1)
        assert problems
        for problem in problems:
            assert problem.message
            assert problem.field.startswith("rule")
            assert "[_" not in problem.field, "no inner names of the library"


def test_every_kind_is_named_where_none_is_near() -> None:
    problem = only(Issue, HEAD + "items:\n  - {kind: zzz, id: a}\n")
    assert all(kind in problem.hint for kind in KINDS)
    assert "…" not in problem.hint


def test_a_ratio_is_told_how_it_is_written() -> None:
    item = "  - {kind: article, id: a, image: {src: a.jpg, alt: x, ratio: 3/2}}\n"
    problem = only(Issue, HEAD + "items:\n" + item)
    assert problem.hint == 'Write width to height, each 1 to 99, with a colon: "3:2".'


def test_of_endless_mistakes_the_first_are_told_and_that_there_are_more() -> None:
    entries = [{"rule": "a.b", "by": "c", "because": "x", f"bcause{n}": "y"} for n in range(10_000)]
    begun = process_time()
    with pytest.raises(ProblemsError) as caught:
        as_noun(WaiversFile, Document({"waivers": entries}, "f.yaml"))
    assert process_time() - begun < 2
    *first, last = caught.value.problems
    assert len(first) == MOST_TOLD
    assert first[0].hint == 'Did you mean "because"?'
    assert str(last) == f"f.yaml: has more mistakes than these {MOST_TOLD}. Mend them first, and look again."
    with pytest.raises(ProblemsError) as caught:
        as_noun(WaiversFile, Document({"waivers": entries[:MOST_TOLD]}, "f.yaml"))
    assert len(caught.value.problems) == MOST_TOLD
