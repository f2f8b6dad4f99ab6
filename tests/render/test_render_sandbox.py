"""Templates of strangers: whatever they try ends at once, with their file and line, and reaches nothing."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from markupsafe import Markup
from render_kit import EVERY_KIND, OFFICE, issue_of, picture, template

import mailer.render.rendition as rendition_module
from mailer.errors import RenderError
from mailer.render import budget, edition_of, render_variant, variant_for
from mailer.render.budget import MAX_STEPS, MAX_TEXT
from mailer.render.mjml import compose_mjml
from mailer.render.sandbox import sandbox

ITEM = {
    "title": "News <b>",
    "tags": ["a", "b"],
    "facts": {"one": "1"},
    "items": ["first"],
    "body": Markup("<p>x</p>"),
}
AT_ONCE = 10
"""Seconds of processor time: many times what it takes, so that only what has no end goes beyond it."""
CONTEXT: dict[str, Any] = {"item": ITEM, "names": ["Ann", "Ben"], "long": "x" * 1000, "number": 7}


def run(code: str, context: Mapping[str, Any] | None = None, **more: str) -> str:
    """What a layout of this code makes, with these files beside it."""
    sources = {"layout.mjml.j2": code} | {name.replace("__", "."): text for name, text in more.items()}
    files = {name: f"templates/mine/{name}" for name in sources}
    made = replace(
        template(), shown="templates/mine", sources=sources, files=files, environment=sandbox(sources)
    )
    return compose_mjml(made, context or CONTEXT)


def refused(code: str, **more: str) -> str:
    """Why it is refused: before long, without growing, and with file and line."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(RenderError) as caught:
        run(code, **more)
    assert time.process_time() - start < AT_ONCE
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000, f"{grown} KB"
    message = str(caught.value)
    assert message.startswith("templates/mine/"), message
    assert ".j2:" in message, message
    assert len(message) < 400
    return message


@pytest.mark.parametrize(
    "code",
    [
        # The classes, modules and frames behind a value.
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ item['__class__'] }}",
        "{{ item.title.__class__.__base__ }}",
        "{{ ().__class__ }}",
        "{{ names.__init__ }}",
        "{{ number.__add__ }}",
        "{{ item.keys.__self__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ loop.__class__ }}",
        "{% for x in names %}{{ loop._iterable }}{% endfor %}",
        "{% for x in names %}{{ loop.__init__.__globals__ }}{% endfor %}",
        "{% macro m() %}{% endmacro %}{{ m.__call__ }}",
        "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
        "{% macro m() %}{% endmacro %}{{ m.name }}",
        "{% call m() %}{% endcall %}{% macro m() %}{{ caller.__code__ }}{% endmacro %}",
        "{{ namespace.__init__.__globals__ }}",
        "{% set ns = namespace() %}{{ ns.__class__ }}",
        "{% set ns = namespace() %}{% set ns.__class__ = 1 %}{{ ns.__dict__ }}",
        "{{ undefined_name.__class__ }}",
        "{{ item.title.encode() }}",
        # str.format and its kin, straight, stored and handed on (CVE-2016-10745, CVE-2019-10906, CVE-2024-56326).
        "{{ '{0.__class__}'.format(item) }}",
        "{{ '{a.__class__}'.format_map({'a': 1}) }}",
        "{% set f = '{0.__class__}'.format %}{{ f(item) }}",
        "{% set f = '{a.__class__}'.format_map %}{{ f(item) }}",
        "{% set ns = namespace(f='{0.__class__}'.format) %}{{ ns.f(item) }}",
        "{% macro m(f) %}{{ f(1) }}{% endmacro %}{{ m('{0.__class__}'.format) }}",
        "{{ item.body.format(item) }}",
        "{{ names | select('{0.__class__}'.format) | list }}",
        "{{ '%s' % item }}",
        "{{ '%(a)s' % {'a': 1} }}",
        # Filters that reach attributes, write Python, or let text through as markup (CVE-2025-27516).
        "{{ item | attr('__class__') }}",
        "{{ '' | attr('format') }}",
        "{{ '%s' | format(item) }}",
        "{{ names | map('upper') | list }}",
        "{{ names | map(attribute='__class__') | list }}",
        "{{ names | map('attr', '__class__') | list }}",
        "{{ [item] | join(',', attribute='__class__') }}",
        "{{ [item] | selectattr('__class__') | list }}",
        "{{ [item] | sort(attribute='__class__') }}",
        "{{ [item] | groupby('title') }}",
        "{{ item.title | safe }}",
        "{{ item | xmlattr }}",
        "{{ item | tojson }}",
        "{{ item | pprint }}",
        "{{ item.body | striptags | forceescape }}",
        "{% autoescape false %}{{ item.title }}{% endautoescape %}",
        "{% filter attr('x') %}{% endfilter %}",
        # Changing what it is given.
        "{{ item.update({'title': 'x'}) }}",
        "{{ item.clear() }}",
        "{{ item.pop('title') }}",
        "{{ names.append('x') }}",
        "{{ names.sort() }}",
        "{% do names.append(1) %}",
        "{% set item.title = 'x' %}",
        # Files and names that are not the template's.
        "{% include '../../mailer.toml' %}",
        "{% include '/etc/passwd' %}",
        "{% include '..\\\\..\\\\mailer.toml' %}",
        "{% include 'layout.mjml.j2\\0.txt' %}",
        "{% import '../parts.mjml.j2' as p %}",
        "{% extends '../../base.j2' %}",
        "{% from '/etc/hostname' import x %}",
        "{% include ['no.j2', '../no.j2'] %}",
        "{% include item %}",
        "{{ open('/etc/passwd') }}",
        "{{ config }}",
        "{{ environ }}",
        "{{ lipsum() }}",
        "{{ dict(a=1) }}",
        "{{ item() }}",
        "{{ 'x'() }}",
        "{{ namespace(item).title() }}",
        "{% macro m() %}{{ varargs }}{% endmacro %}{{ m(1) }}",
        "{% macro m() %}{{ kwargs }}{% endmacro %}{{ m(a=1) }}",
        # What cannot be written as words.
        "{{ item }}",
        "{{ names }}",
        "{{ names | select }}",
        "{{ loop }}",
        "{{ self }}",
        "{{ item.keys() }}",
        "{% macro m() %}{% endmacro %}{{ m }}",
        "{{ names ~ 'x' }}",
        "{{ names | string }}",
        "{{ names | upper }}",
    ],
)
def test_a_template_reaches_nothing_beyond_its_words(code: str) -> None:
    refused(code)


GROW = "{% set ns = namespace(t='x' ~ long) %}"
LOOP = (
    "{% macro turn(n) %}{% for a in long %}{% for b in long %}{% for c in long %}{% if false %}{% endif %}"
    "{% endfor %}{% endfor %}{% endfor %}{% endmacro %}"
)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("{% for i in range(1000000000) %}x{% endfor %}", "range"),
        (
            "{% for a in long %}{% for b in long %}{% for c in long %}{% endfor %}{% endfor %}{% endfor %}",
            "steps",
        ),
        ("{% for a in long %}{% for b in long %}{{ long }}{% endfor %}{% endfor %}", "signs"),
        ("{% for a in long %}{% for b in long %}" + "y" * 5000 + "{% endfor %}{% endfor %}", "signs"),
        ("{% for a in long recursive %}{{ loop(long) }}{% endfor %}", "deep"),
        ("{{ 'x' * 1000000000 }}", "numbers"),
        ("{{ ['x'] * 1000000000 }}", "a list"),
        ("{{ 1000000000 * 'x' }}", "numbers"),
        ("{{ 9 ** 9 ** 9 }}", "powers"),
        ("{{ 999999999 * 999999999 * 999999999 }}", "larger"),
        ("{{ " + "9" * 100 + " }}", "larger"),
        ("{{ " + "9" * 5000 + " }}", ""),
        ("{{ '0x" + "f" * 9000 + "' | int(0, 16) }}", "larger"),
        (GROW + "{% for i in long %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}", "more than 1,000,000 signs"),
        (GROW + "{% for i in long %}{% set ns.t = ns.t + ns.t %}{% endfor %}", "more than 1,000,000 signs"),
        (GROW + "{% for i in long %}{% set ns.t = [ns.t, ns.t] | join %}{% endfor %}", "signs"),
        (GROW + "{% for i in long %}{% set ns.t = long | join(ns.t) %}{% endfor %}", "signs"),
        (GROW + "{% for i in long %}{% set ns.t = ns.t | replace('x', 'xx') %}{% endfor %}", "signs"),
        (GROW + "{% for i in long %}{% set ns.t = ns.t | replace('', ns.t) %}{% endfor %}", "signs"),
        (GROW + "{% for i in long %}{% set ns.t %}{{ ns.t }}{{ ns.t }}{% endset %}{% endfor %}", "signs"),
        (
            GROW
            + "{% for i in long %}{% set ns.t = ns.t | urlencode | urlencode ~ '%&' ~ ns.t %}{% endfor %}",
            "signs",
        ),
        ("{{ long" + " | replace('x', 'xxxxxxxxxx')" * 12 + " }}", "signs"),
        (
            "{% set ns = namespace(l=[1]) %}{% for i in long %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
            "entries",
        ),
        (
            "{% set ns = namespace(l=[1]) %}{% for i in long %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}",
            "within",
        ),
        (
            "{% set ns = namespace(l=1) %}{% for i in long %}{% set ns.l = {'a': ns.l, 'b': ns.l} %}{% endfor %}",
            "lists",
        ),
        (
            "{% set ns = namespace(l=1) %}{% for i in long %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}",
            "within",
        ),
        (
            GROW
            + "{% for i in long %}{% if ns.t | length < 400000 %}{% set ns.t = ns.t ~ ns.t %}{% endif %}{% endfor %}"
            "{% set ns.l = [] %}{% for i in long %}{% set ns.l = ns.l + [ns.t ~ i] %}{% endfor %}",
            "signs",
        ),
        (
            GROW
            + "{% for i in long %}{% if ns.t | length < 400000 %}{% set ns.t = ns.t ~ ns.t %}{% endif %}{% endfor %}"
            "{% set ns.l = [] %}{% for i in long %}{% set ns.l = ns.l + [ns.t[1:]] %}{% endfor %}",
            "signs",
        ),
        ("{{ long | center(1000000000) }}", "no filter"),
        ("{{ long | indent(1000000000) }}", "no filter"),
        ("{{ long | wordwrap(1) }}", "no filter"),
        ("{{ names | batch(1000000000, 'x') | list }}", "no filter"),
        ("{{ names | slice(1000000000) | list }}", "no filter"),
        ("{{ 7 | round(1000000000) }}", "10,000"),
        ("{{ long | truncate(1000000000) }}", "10,000"),
        ("{{ long.zfill(1000000000) }}", "zfill"),
        ("{{ long.ljust(1000000000) }}", "ljust"),
        ("{{ long.replace('x', long) }}", "replace"),
        ("{{ long.join(long) }}", "join"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself"),
        (
            "{% macro a() %}{{ b() }}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}",
            "deep",
        ),
        (
            "{% macro m() %}{{ caller() }}{% endmacro %}"
            "{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }}",
            "deep",
        ),
        ("{% block a %}{{ self.a() }}{% endblock %}", "deep"),
        ("{% include 'layout.mjml.j2' %}", "without end"),
        ("{% include 'layout.mjml.j2' %}{% include 'layout.mjml.j2' %}", "without end"),
        ("{% extends 'layout.mjml.j2' %}", "without end"),
        ("{% import 'layout.mjml.j2' as me %}", "without end"),
        ("{% for a in names recursive %}{{ loop(names) }}{{ loop(names) }}{% endfor %}", "deep"),
        (LOOP + "{{ turn(1) }}", "steps"),
        ("{{ 1 // 0 }}", "zero"),
        ("{{ 1e308 * 10 }}", "larger"),
        ("{{ -1e13 }}", "larger"),
        ("{{ 'a' + 1 }}", "numbers"),
        ("{{ names + 'a' }}", ""),
        ("{{ number.bit_length() }}", "bit_length"),
    ],
)
def test_a_template_that_would_not_end_or_would_grow_is_stopped(code: str, words: str) -> None:
    assert words in refused(code)


BIG = (
    "{% set ns = namespace(t='ab') %}{% for i in long %}{% if ns.t | length < 500000 %}{% set ns.t = ns.t ~ ns.t %}"
    "{% endif %}{% endfor %}{% set s = ns.t %}"
)


@pytest.mark.parametrize(
    "piece",
    [
        "{{ 'x' if 'aaaaaaaaab' in s }}",
        "{{ 'x' if s is in s }}",
        "{% for c in s if 'y' in s %}{% endfor %}",
        "{% for c in s if false %}{% endfor %}",
        "{% for c in s %}{% endfor %}",
        "{{ s | upper | length }}",
        "{{ s | sort | length }}",
        "{{ s | list | length }}",
        "{{ s | unique | list | length }}",
        "{{ s | reverse | join | length }}",
        "{{ s | select('in', s) | list | length }}",
        "{{ s | trim | length }}",
        "{{ s | title | length }}",
        "{{ s | int }}",
        "{{ s | urlencode | length }}",
        "{{ s.lower() | length }}",
        "{{ s[::-1] | length }}",
        "{% set a, b = s %}",
        "{{ namespace(*s) }}",
        "{{ s | default(s) | length }}",
        "{% include names ignore missing %}",
        "{% for x in [s] %}{{ loop.cycle(*s) }}{% endfor %}",
        "{{ s | max }}",
        "{{ s | dictsort }}",
        "{{ s | replace('ab', 'ba') | length }}",
        "{{ s | batch(2) }}",
        "{{ 'x' if s == s[:] }}",
        "{% set t = s %}{% if t and s and not t %}{% endif %}",
    ],
)
def test_dear_work_on_a_long_text_repeated_without_a_loop_ends_in_time(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of these looks through half a million signs; a file has room for a thousand of them.

    The clock is set shorter than it is, so that this takes no longer than it must.
    """
    monkeypatch.setattr(budget, "MAX_SECONDS", 0.2)
    start = time.process_time()
    with suppress(RenderError):
        run(BIG + piece * (25_000 // len(piece)))
    assert time.process_time() - start < AT_ONCE


SAME_TEXTS = (
    BIG + "{% set t = s ~ 'z' %}{% set ns.l = [s ~ 'y'] %}"
    "{% for i in long %}{% if ns.l | length < 5000 %}{% set ns.l = ns.l + ns.l %}{% endif %}{% endfor %}"
    "{% set l = ns.l %}"
)


@pytest.mark.parametrize(
    "piece",
    [
        "{{ l | select('in', l) | list | length }}",
        "{{ l | reject('in', l) | list | length }}",
        "{{ l | select('eq', l) | list | length }}",
        "{% for a in l if a in l %}{% endfor %}",
        "{% for a in l %}{% if a not in l %}{% endif %}{% endfor %}",
        "{% for a in l if l == l + [] %}{% endfor %}",
    ],
)
def test_looking_for_each_of_a_long_list_in_itself_ends_in_time(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MAX_SECONDS", 0.2)
    start = time.process_time()
    with suppress(RenderError):
        run("{% set l = numbers %}" + piece * 20, {"numbers": list(range(9999))})
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "piece",
    [
        "{{ 'x' if t in l }}",
        "{{ 'x' if t not in l }}",
        "{{ 'x' if t is in l }}",
        "{{ 'x' if t in (l | select) }}",
        "{{ 'x' if l == l[:-1] + [t] }}",
        "{{ 'x' if l is eq(l[:-1] + [t]) }}",
        "{{ 'x' if l is lower }}",
        "{{ l | sort | length }}",
        "{{ l | select | sort | length }}",
        "{{ l | sort(case_sensitive=true) | length }}",
        "{{ l | unique | list | length }}",
        "{{ l | max | length }}",
        "{{ l | min | length }}",
        "{{ {" + ", ".join(f"{n}: s" for n in range(400)) + "} | dictsort(false, 'value') | length }}",
        "{{ ([" + "s, " * 3000 + "] | sort) | length }}",
        "{{ s.strip() == t.strip() }}",
        "{{ l | select('eq', t) | list | length }}",
        "{{ l | select('in', l) | list | length }}",
        "{% for x in [1, 2] %}{{ loop.changed(l[:-1] + [t]) }}{% endfor %}",
    ],
)
def test_many_long_texts_are_neither_compared_nor_sorted_past_the_limits(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One text of a million signs, thousands of times in a list: dear to compare, and to hold in lower case."""
    monkeypatch.setattr(budget, "MAX_SECONDS", 0.2)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with suppress(RenderError):
        run(SAME_TEXTS + piece * (15_000 // len(piece)))
    assert time.process_time() - start < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_two_files_that_include_each_other_are_stopped() -> None:
    refused("{% include 'a.mjml.j2' %}", a__mjml__j2="{% include 'layout.mjml.j2' %}")


@pytest.mark.parametrize(
    "code",
    [
        "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}",
        "{{ " + "not " * 5000 + "true }}",
        "{{ " + "-" * 3000 + "1 }}",
        "{{ " + "+".join(["1"] * 5000) + " }}",
        "{% if true %}" * 300 + "{% endif %}" * 300,
        "{% for a in names %}" * 60 + "{% endfor %}" * 60,
        "{{ names" + "[0]" * 5000 + " }}",
        "{{ 'a'" + " | upper" * 3000 + " }}",
        "{{ '" + "a" * 100_000,
        "{% raw %}" + "{{" * 40_000,
        "{{" * 40_000,
        "{#" * 40_000,
    ],
)
def test_code_that_is_nested_without_measure_is_a_plain_error(code: str) -> None:
    start = time.process_time()
    with pytest.raises(RenderError, match="templates/mine/"):
        run(code)
    assert time.process_time() - start < AT_ONCE


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("{{ item.title }}", "News &lt;b&gt;"),
        ("{{ item.body }}", "<p>x</p>"),
        ("{{ item.title ~ item.body }}", "News &lt;b&gt;<p>x</p>"),
        ("{{ item.items | first }}", "first"),
        ("{{ names | join(', ') }}", "Ann, Ben"),
        ("{{ [item] | join(attribute='title') }}", "News &lt;b&gt;"),
        ("{{ [item.title, '', 'x'] | select | join(' · ') }}", "News &lt;b&gt; · x"),
        ("{{ 'by {x}' | replace('{x}', item.title) }}", "by News &lt;b&gt;"),
        ("{{ item.body | replace('x', '<') }}", "<p>&lt;</p>"),
        ("{{ (number * 3 - 1) // 2 }}", "10"),
        ("{{ 'even' if number is even else 'odd' }}", "odd"),
        ("{{ 'x' if false }}", ""),
        (
            "{% for name in names %}{{ loop.index }}{{ name }}{{ ',' if not loop.last }}{% endfor %}",
            "1Ann,2Ben",
        ),
        ("{% for key, value in item.facts.items() %}{{ key }}={{ value }}{% endfor %}", "one=1"),
        (
            "{% set ns = namespace(n=0) %}{% for x in names %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}",
            "2",
        ),
        ("{% macro m(a, b='y') %}{{ a }}{{ b }}{% endmacro %}{{ m('<') }}", "&lt;y"),
        ("{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}x{% endcall %}", "[x]"),
        ("{% set x, y = 1, 2 %}{{ x }}{{ y }}", "12"),
        ("{{ names[1:] | join }}", "Ben"),
        ("{{ names | length }}{{ names | reverse | join }}", "2BenAnn"),
        ("{{ 'Abc'.upper() }}{{ ' x '.strip() }}{{ 'ab'.startswith('a') }}", "ABCxTrue"),
        ("{{ 'a b' | urlencode }}{{ '  t ' | trim }}{{ 'title' | title }}", "a%20btTitle"),
        ("{% filter upper %}x{{ item.tags[0] }}{% endfilter %}", "XA"),
        ("{% if item.facts is mapping and names is sequence %}ok{% endif %}", "ok"),
        ("{{ names | rejectattr('x', 'defined') | list | length }}", "2"),
        ("{{ missing | default('none') }}", "none"),
        ("{% include ['no.j2', 'layout2.j2'] ignore missing %}-", "-"),
        ("{{ 'ok' if 1 < number <= 7 < 8 != 9 }}{{ 'no' if 1 < 9 < number }}", "ok"),
        ("{{ 'ok' if 'Ann' in names and 'Cid' not in names and 'one' in item.facts }}", "ok"),
        ("{{ 'ok' if 'Ben' in names | select('ne', 'Ann') }}", "ok"),
        ("{{ 'ok' if number is divisibleby(num=7) and 'Ann' is in names | select }}", "ok"),
        (
            "{{ names | select('in', ['Ben']) | join }}{{ names | reject('==', 'Ben') | sort | join }}",
            "BenAnn",
        ),
        ("{{ ['b', 'A', 'a'] | unique | sort | join }}{{ [2, 1] | select('gt', 1) | max }}", "Ab2"),
    ],
)
def test_what_a_template_needs_it_has(code: str, made: str) -> None:
    assert run(code) == made


def test_a_layout_extends_includes_and_imports_its_own_files() -> None:
    made = run(
        "{% extends 'base.j2' %}{% block b %}{{ super() }}{% import 'm.j2' as m %}{{ m.hello('B') }}{% endblock %}",
        base__j2="<{% block b %}A{% endblock %}{% include 'i.j2' %}>",
        m__j2="{% macro hello(who) %}hello {{ who }}{% endmacro %}",
        i__j2="{{ names[0] }}",
    )
    assert made == "<Ahello BAnn>"


def test_nothing_lives_on_from_one_run_to_the_next() -> None:
    files = {
        "m__j2": "{% set ns = namespace(n=0) %}{% macro up() %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{% endmacro %}"
    }
    code = "{% import 'm.j2' as m %}{{ m.up() }}{{ m.up() }}"
    sources = {"layout.mjml.j2": code, "m.j2": files["m__j2"]}
    made = replace(template(), sources=sources, files={}, environment=sandbox(sources))
    assert [compose_mjml(made, CONTEXT) for _ in range(3)] == ["12", "12", "12"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("{{ item.titel }}", 'Did you mean "title"?'),
        ("{{ item.title | uper }}", 'Did you mean "upper"?'),
        ("{{ 1 is evn }}", 'Did you mean "even"?'),
        ("\n\n{{ nothing }}", "layout.mjml.j2:3: 'nothing' is undefined"),
        ("{% if %}", "layout.mjml.j2:1: "),
        ("{% include 'part.mjml.j2' %}", "part.mjml.j2"),
        (
            "\n{{ 'abc' | truncate(1) }}",
            "layout.mjml.j2:2: a filter cannot do that: expected length >= 3, got 1",
        ),
        (
            "{{ 'abc' | truncate(3, leeway=-1) }}",
            "layout.mjml.j2:1: a filter cannot do that: expected leeway",
        ),
    ],
)
def test_a_slip_is_told_with_the_way_out(code: str, words: str) -> None:
    assert words in refused(code)


def test_a_mistake_in_an_included_file_is_told_with_that_file() -> None:
    message = refused("x\n{% include 'part.j2' %}", part__j2="\n\n\n{{ item.titel }}")
    assert message.startswith("templates/mine/part.j2:4: ")


def test_a_large_but_honest_letter_stays_far_within_the_limits() -> None:
    """Forty items of the shipped template take a small share of the steps and signs."""
    used: list[budget.Budget] = []
    real = budget.Budget
    items = [dict(EVERY_KIND[number % len(EVERY_KIND)]) for number in range(40)]
    issue = issue_of(*items)
    pictures = [picture(item.image.src) for item in issue.items if item.image]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(budget, "Budget", lambda: used.append(real()) or used[-1])
        render_variant(
            edition_of(issue, variant_for(issue, "en", lambda _: True, issue.date)),
            template(),
            pictures,
            OFFICE,
        )
    assert used
    assert used[0].steps > MAX_STEPS * 0.9
    assert used[0].signs > budget.MAX_SIGNS * 0.9
    assert MAX_TEXT >= 1_000_000


PLAIN = (str, Markup, int, float, bool)


def walk(value: object, path: str) -> Iterator[tuple[str, object]]:
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            assert type(key) is str, path
            yield from walk(inner, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from walk(inner, f"{path}[{number}]")


def test_everything_that_a_template_is_given_is_words_and_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No noun, path, setting, module or function is anywhere in what templates see."""
    seen: list[Mapping[str, Any]] = []
    real = rendition_module.compose_mjml

    def spy(made: Any, context: Mapping[str, Any]) -> str:
        seen.append(context)
        return real(made, context)

    monkeypatch.setattr(rendition_module, "compose_mjml", spy)
    issue = issue_of(*EVERY_KIND, title="Walk")
    pictures = [picture(item.image.src) for item in issue.items if item.image]
    variant = variant_for(issue, "en", lambda _: True, issue.date)
    render_variant(edition_of(issue, variant), template(), pictures, OFFICE, web_view=True)
    places = [place for context in seen for place in walk(dict(context), "")]
    assert len(places) > 500
    for path, value in places:
        allowed = value is None or type(value) in (*PLAIN, dict, list, tuple)
        assert allowed, f"{path} is a {type(value).__name__}"
        assert not isinstance(value, (date, datetime)), path
