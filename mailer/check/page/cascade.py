"""From style elements, attributes and styles to the look of an element's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from mailer.check.page.declarations import Declaration, declarations
from mailer.check.page.look import Look
from mailer.check.page.selectors import State, Step
from mailer.check.page.sheets import Sheet, StyleRule, read_sheets
from mailer.check.page.values import changed, painted
from mailer.check.tree import Element

MOST_STATES = 50_000
"""What is kept of pages with the same styles."""


class Cascade:
    """Works out looks, each once: pages with the same styles share them, as the versions of an issue do."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._named = tuple({name for rule in sheet.rules for name in rule.selector.named})
        self._asks_ids = any(each.ident for rule in sheet.rules for each in rule.selector.compounds)
        self._asks_before = any(rule.selector.asks_before for rule in sheet.rules)
        self._by_end: dict[Step, list[StyleRule]] = {}
        self._states = 0
        self._look = Look(
            colour="#000000",
            ground="#ffffff",
            dark_colour=None,
            dark_ground=None,
            size=16.0,
            leading=None,
            is_bold=False,
            is_underlined=False,
            is_justified=False,
            is_hidden=False,
            has_edge=False,
            is_block=False,
            padding=0.0,
        )
        self._start: dict[tuple[object, ...], State] = {}

    def state(self, parent: State | None, element: Element) -> State:
        """The state of an element whose parent is in that one."""
        if self._states > MOST_STATES:
            self._start.clear()
            self._states = 0
        before = element.getprevious() if self._asks_before else None
        while before is not None and not isinstance(before.tag, str):
            before = before.getprevious()
        beside = None if before is None else (before.tag, before.get("class"))
        known = self._start if parent is None else parent.below
        # Most elements have the very attributes of one that stood in the same place before.
        written = (element.tag, beside, tuple(element.items()))
        state = known.get(written)
        if state is None:
            self._states += 1
            state = known[written] = self._alike(parent, element, before, beside)
        return state

    def _alike(self, parent: State | None, element: Element, before: Element | None, beside: object) -> State:
        """The state that it shares with all that differ from it in nothing that bears on looks."""
        get = element.get
        key = (
            element.tag,
            get("class"),
            get("style"),
            get("id") if self._asks_ids else None,
            get("href") is None,
            get("bgcolor"),
            get("align"),
            get("background"),
            get("color"),
            beside,
            tuple(map(get, self._named)),
        )
        known = self._start if parent is None else parent.below
        if key not in known:
            self._states += 1
            step = self._step(element, None if before is None else self._step(before, None))
            rules = [rule for rule in self._ending_in(step) if rule.selector.stands(parent, step)]
            look = self._worked_out(self._look if parent is None else parent.look, element, rules)
            known[key] = State(parent, step, look)
        return known[key]

    def _step(self, element: Element, before: Step | None) -> Step:
        attributes = tuple((name, element.get(name)) for name in self._named)
        classes = frozenset((element.get("class") or "").split())
        ident = element.get("id", "") if self._asks_ids else ""
        return Step(str(element.tag), classes, ident, attributes, before)

    def _ending_in(self, step: Step) -> list[StyleRule]:
        """The rules whose selectors mean the element by itself."""
        alone = step._replace(before=None)
        if alone not in self._by_end:
            self._by_end[alone] = [rule for rule in self.sheet.rules if rule.selector.last.means(step)]
        return self._by_end[alone]

    def _worked_out(self, parent: Look, element: Element, rules: Sequence[StyleRule]) -> Look:
        hints = tuple(_hints(element))
        own = declarations(element.get("style") or "")
        light = _in_order(hints, [rule for rule in rules if not rule.is_dark], own)
        look = changed(parent, element, light)
        if not self.sheet.is_sure:
            return look._replace(colour=None, ground=None)
        if not self.sheet.has_dark or not self.sheet.is_sure_in_dark:
            return look
        dark = _in_order(hints, rules, own) if any(rule.is_dark for rule in rules) else light
        colour, ground = painted((parent.dark_colour, parent.dark_ground), element, dark)
        said = {each.name: each.value for each in dark}
        if said.get("display") != {each.name: each.value for each in light}.get("display"):
            colour = ground = None  # Shown in one mode and not in the other: no words to judge.
        return look._replace(dark_colour=colour, dark_ground=ground)


@lru_cache(maxsize=16)
def cascade_of(styles: tuple[tuple[str, str], ...]) -> Cascade:
    """The cascade of style elements, each with its media attribute."""
    return Cascade(read_sheets(styles))


def _in_order(
    hints: Iterable[Declaration], rules: Sequence[StyleRule], own: Sequence[Declaration]
) -> tuple[Declaration, ...]:
    """What is said of an element, the strongest last (CSS Cascade 4, section 6)."""
    ranked = sorted(rules, key=lambda rule: (rule.selector.weight, rule.order))
    said = [each for rule in ranked for each in rule.says]
    return (
        *hints,
        *(each for each in said if not each.is_important),
        *(each for each in own if not each.is_important),
        *(each for each in said if each.is_important),
        *(each for each in own if each.is_important),
    )


def _hints(element: Element) -> Iterable[Declaration]:
    for attribute, name in (("bgcolor", "background-color"), ("align", "text-align")):
        if value := element.get(attribute):
            yield Declaration(name, value, False)
    if address := element.get("background"):
        yield Declaration("background-image", f"url({address})", False)
    if element.tag == "font" and (value := element.get("color")):
        yield Declaration("color", value, False)
