"""How a sending goes at this moment, and the buttons that hold it, let it go on and end it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from mailer.studio.kit import button, el, heading, set_attribute
from mailer.studio.sending_parts import Asking, split_bar
from mailer.studio.views_account import Story
from mailer.studio.views_sending import Now

Action = Callable[[str], Awaitable[str]]


class NowPanel:
    """Drawn once; each look changes only what differs, so that nothing flickers and the focus stays."""

    def __init__(self, pause: Action, go_on: Callable[[], Awaitable[str]], cancel: Action) -> None:
        self._go_on = go_on
        self._counts: object = None
        self._facts: object = None
        with el("section", "now", aria_labelledby="now-state"):
            with el("div", "now-head"):
                with el("div", "", role="status", aria_live="polite"):
                    self._state = heading(2, "")
                    self._state.props["id"] = "now-state"
                    self._sentence = el("p", "quiet", "")
                self._percent = el("p", "now-percent", "", aria_hidden="true")
            self._why = el("p", "notice hidden", "")
            self._bar = el(
                "div", "big-split", role="progressbar", aria_label="Mails that have come to their end"
            )
            set_attribute(self._bar, "aria_valuemin", "0")
            set_attribute(self._bar, "aria_valuemax", "100")
            self._list = el("dl", "now-facts")
            self._buttons()
            self._trouble = el("p", "banner bad hidden", "", role="alert")
        self._asks(pause, cancel)

    def _buttons(self) -> None:
        with el("div", "now-buttons"):
            self._pause = button("hidden", "Pause …", data_dialog="ask-pause")
            self._resume = button("primary hidden", "Go on").on("click", self._resumed, [])
            self._cancel = button("danger hidden", "Cancel what is left …", data_dialog="ask-cancel")

    def _asks(self, pause: Action, cancel: Action) -> None:
        Asking(
            "pause",
            title="Pause this sending",
            words="What is in flight ends, nothing new starts. It can go on at any time.",
            yes="Pause it",
            do=pause,
        )
        Asking(
            "cancel",
            title="Cancel what is left",
            words="What has not gone yet will never go. This cannot be taken back; those who have the mail keep it.",
            yes="Cancel what is left",
            do=cancel,
        )

    async def _resumed(self) -> None:
        set_attribute(self._resume, "disabled", True)
        self._say("")
        _set(self._sentence, "Asking the mail service …")
        said = await self._go_on()
        set_attribute(self._resume, "disabled", None)
        self._say(said)

    def _say(self, words: str) -> None:
        _set(self._trouble, words)
        _show(self._trouble, bool(words))

    def show(self, now: Now, story: Story | None) -> None:
        """Bring it up to date."""
        _set(self._state, f"{now.state[0].upper()}{now.state[1:]}")
        self._state.classes(replace=f"now-state {now.tone}")
        _set(self._sentence, now.sentence)
        _set(self._percent, f"{now.percent} %")
        _set(self._why, f"Why: {now.why}" if now.why else "")
        _show(self._why, bool(now.why))
        if now.counts != self._counts:
            self._counts = now.counts
            set_attribute(self._bar, "aria_valuenow", str(now.percent))
            words = ", ".join(f"{count:,} {name}" for name, count in now.counts)
            set_attribute(self._bar, "aria_valuetext", f"{now.percent} %: {words}")
            self._bar.clear()
            with self._bar:
                split_bar(now.counts)
        facts = (*now.facts, *(story.times if story else ()))
        if facts != self._facts:
            self._facts = facts
            self._list.clear()
            with self._list:
                for name, value in facts:
                    with el("div", ""):
                        el("dt", "", name)
                        el("dd", "", value)
        _show(self._pause, now.can_pause)
        _show(self._resume, now.can_go_on)
        _show(self._cancel, now.can_cancel)


def _set(element: Element, text: str) -> None:
    if element.text != text:  # type: ignore[attr-defined]
        element.text = text  # type: ignore[attr-defined]


def _show(element: Element, there: bool) -> None:
    element.classes(remove="hidden") if there else element.classes(add="hidden")
