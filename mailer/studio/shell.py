"""What stands around every page: the way between pages, the skip link, the table of keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from mailer.studio.context import Studio
from mailer.studio.frames import STATIC_FILES
from mailer.studio.kit import button, drawn, el, heading, svg
from mailer.studio.marks import mark

HEAD = "".join(
    f'<link rel="stylesheet" href="/studio-static/{name}">' for name in STATIC_FILES if name.endswith(".css")
) + "".join(f'<script src="/studio-static/{name}"></script>' for name in STATIC_FILES if name.endswith(".js"))

PLACES = (
    ("issues", "Issues", "/", "1"),
    ("tray", "Practice tray", "/tray", "2"),
    ("sendings", "Sendings", "/sendings", "3"),
    ("groups", "Groups", "/groups", "4"),
    ("deadlines", "Deadlines", "/deadlines", "5"),
)

KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Everywhere",
        (
            ("g 1 … 5", "Issues, practice tray, sendings, groups, deadlines"),
            ("j k", "Next and previous in a list; Enter opens"),
            ("/", "Search"),
            ("?", "This table"),
            ("Esc", "Close what is open"),
        ),
    ),
    (
        "In an issue or a reminder",
        (
            ("1 … 9", "Show that version"),
            ("m t u l", "Mail, plain text, source, links"),
            ("d", "Light, dark, forced dark in turn"),
            ("i", "Images on or off"),
            ("p w f", "Width: phone, desktop, full"),
            ("v", "All versions"),
            ("a", "Choose the group of an issue"),
        ),
    ),
    (
        "In the practice tray",
        (("m t h r", "Mail, plain text, headers, raw"), ("d i", "Dark, images"), ("p w f", "Width")),
    ),
)


@contextmanager
def page_frame(studio: Studio, here: str, title: str, classes: str = "") -> Iterator[None]:
    """Build a page's content in the place for it. `here` is the place in the navigation."""
    office = studio.desk.workspace().config.office.name
    ui.page_title(f"{title} · Saiga")
    el("a", "skip", "Skip to the content", href="#content")
    with el("div", "app"):
        with el("header", "rail"):
            with el("a", "brand", href="/", aria_label="Saiga studio, issues"):
                drawn(mark(size=34), "brand-mark")
                el("span", "brand-name", "Saiga")
            _places(here)
            with el("div", "rail-foot"):
                button(
                    "rail-btn",
                    mark="theme",
                    data_theme_toggle=True,
                    aria_label="Light or dark studio",
                    title="Light or dark studio",
                )
                button(
                    "rail-btn",
                    mark="help",
                    data_dialog="keys",
                    data_key="?",
                    aria_label="Keys",
                    title="Keys (?)",
                )
        # Quasar puts a main around everything, and a page has one.
        with el("div", f"content {classes}", id="content", tabindex="-1"):
            yield
    _keys_dialog(office)
    el("div", "toast", "", id="toast", role="status", aria_live="polite")


def _places(here: str) -> None:
    with el("nav", "places", aria_label="Pages"):
        for name, words, address, key in PLACES:
            current = "page" if name == here else None
            with el(
                "a", "place", href=address, aria_current=current, data_go=key, title=f"{words} (g {key})"
            ):
                svg(name)
                el("span", "", words)


def _keys_dialog(office: str) -> None:
    with el("dialog", "dialog", id="keys", aria_labelledby="keys-title"):
        with el("div", "dialog-head"):
            heading(2, "Keys").props["id"] = "keys-title"
            button("ghost icon-only", mark="close", data_close=True, aria_label="Close")
        with el("div", "keys"):
            for title, rows in KEYS:
                with el("section", ""):
                    heading(3, title)
                    with el("dl", ""):
                        for keys, words in rows:
                            with el("dt", ""):
                                for key in keys.split():
                                    el("kbd" if key != "…" else "span", "", key)
                            el("dd", "", words)
        el(
            "p",
            "quiet",
            "Keys work while the focus is outside the mail itself. "
            f"The studio of {office} shows what is on this machine. It begins no sending: the terminal does.",
        )
