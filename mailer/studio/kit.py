"""Elements with the studio's own classes. Text goes in as text: nothing that people wrote becomes markup."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from mailer.studio.marks import icon

Attribute = str | int | float | bool | None


def el(tag: str, classes: str = "", text: str | None = None, **attributes: Attribute) -> Element:
    """An element; `aria_label` becomes aria-label, `for_` for. True: there without value; None, False: left out."""
    element = Element(tag) if text is None else TextElement(tag=tag, text=text)
    if classes:
        element.classes(classes)
    for name, value in attributes.items():
        set_attribute(element, name, value)
    return element


def set_attribute(element: Element, name: str, value: Attribute) -> None:
    """Set or take away one attribute."""
    key = name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        element.props.pop(key, None)
    else:
        element.props[key] = "" if value is True else value


def svg(name: str) -> Element:
    """An icon of ours."""
    return drawn(icon(name), "icon")


def drawn(markup: str, classes: str = "") -> Element:
    """A drawing of ours; never for anything that people wrote."""
    return ui.html(markup, sanitize=False, tag="span").classes(classes)


def button(classes: str, text: str = "", *, mark: str = "", **attributes: Attribute) -> Element:
    """A real button with an icon, a text or both."""
    element = el("button", f"btn {classes}", type="button")
    for name, value in attributes.items():
        set_attribute(element, name, value)
    with element:
        if mark:
            svg(mark)
        if text:
            el("span", "", text)
    return element


def chip(text: str, tone: str) -> Element:
    """A word with its tone: bad, warn, ok, info, doubt, done or quiet."""
    return el("span", f"chip {tone}", text)


def worded(tag: str, classes: str, text: str) -> Element:
    """An element with a sentence in which words between backticks are code, to be typed as they stand."""
    element = el(tag, classes)
    with element:
        for number, part in enumerate(text.split("`")):
            if part:
                el("code" if number % 2 else "span", "", part)
    return element


def empty(title: str, words: str, command: str = "", mark: str = "issues") -> None:
    """What stands where there is nothing yet, and how to get something."""
    with el("div", "empty"):
        svg(mark)
        el("h2", "", title)
        el("p", "", words)
        if command:
            command_line(command)


def command_line(command: str) -> None:
    """A command, ready to copy."""
    with el("div", "command"):
        with el("code", "", translate="no"):
            for number, word in enumerate(command.split(" ")):
                if number:
                    el("span", "", " ")
                el("span", "word", word)
        button("ghost icon-only", mark="copy", data_copy=command, aria_label=f"Copy: {command}", title="Copy")


def heading(level: int, text: str | None = None, classes: str = "") -> Element:
    """A heading."""
    return el(f"h{level}", classes, text)


class Choice:
    """A row of buttons of which one is chosen; choosing changes only what must change, so the focus stays."""

    def __init__(self, label: str, choose: Callable[[str], Awaitable[None]], classes: str = "") -> None:
        self._choose = choose
        self._buttons: dict[str, Element] = {}
        self.row = el("div", f"choice {classes}", role="group", aria_label=label)

    def add(self, value: str, text: str, *, mark: str = "", key: str = "", title: str = "") -> Element:
        """One more to choose from, with the key that chooses it."""

        async def chosen() -> None:
            await self._choose(value)

        with self.row:
            made = button(
                "seg", text, mark=mark, data_key=key or None, title=title or None, aria_pressed="false"
            )
        if not text:
            set_attribute(made, "aria_label", title)
        self._buttons[value] = made.on("click", chosen, [])
        return made

    def show(self, value: str) -> None:
        """Mark that one as chosen."""
        for name, made in self._buttons.items():
            made.props["aria-pressed"] = "true" if name == value else "false"


def emit_value() -> str:
    """JavaScript for an event handler that gives the server the field's value."""
    return "(e) => emit(e.target.value)"


def on_choice(within: Element, attribute: str, choose: Callable[[str], Awaitable[None]]) -> None:
    """Call `choose` with the value of that attribute where something within is clicked that has it.

    The listener is on what stays, so that a click counts even while the list is being drawn anew. A link is
    followed as a link where Ctrl, Shift or the middle button say so.
    """

    async def chosen(event: object) -> None:
        await choose(arguments(event))

    within.on(
        "click",
        chosen,
        js_handler="(e) => { if (e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;"
        f" const hit = e.target.closest('[{attribute}]'); if (!hit) return;"
        f" if (hit.href) e.preventDefault(); emit(hit.getAttribute('{attribute}')); }}",
    )


def remember_address(address: str) -> None:
    """Put the address of what is shown into the browser's address line, without loading anything."""
    ui.run_javascript(f"history.replaceState(null, '', {json.dumps(address)})")


def arguments(event: Any) -> str:
    """The text that an event brought along, "" where there is none."""
    given = event.args
    if isinstance(given, list):
        given = given[0] if given else ""
    return given if isinstance(given, str) else ""
