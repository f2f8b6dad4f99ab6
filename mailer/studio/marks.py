"""The studio's drawings: its mark and a few icons, as inline SVG of our own."""

from __future__ import annotations

_HORNS = (
    "M9.4 10.6C7.4 8.2 7 5 8.7 2.2M14.6 10.6c2-2.4 2.4-5.6.7-8.4"
    "M8.3 6.3l-1-.2M8 4.4l-1-.4M15.7 6.3l1-.2M16 4.4l1-.4"
)
_FACE = (
    "M9.4 10.6c-1.3-.6-2.8-.6-3.9.2.7 1.2 1.9 1.8 3.1 1.8.2 2.5.3 3.6.3 5.2 0 2.4 1.3 4 3.1 4s3.1-1.6 3.1-4"
    "c0-1.6.1-2.7.3-5.2 1.2 0 2.4-.6 3.1-1.8-1.1-.8-2.6-.8-3.9-.2-1.6-.7-3.6-.7-5.2 0z"
)


def mark(colour: str = "currentColor", size: int = 28) -> str:
    """The head of a saiga, facing: horns with rings, and the nose it is known for."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="{size}" height="{size}" fill="none" '
        f'stroke="{colour}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f'<path d="{_HORNS}"/><path d="{_FACE}"/>'
        f'<path d="M10.7 19v.6M13.3 19v.6" stroke-width="1.9"/><path d="M10.3 13.6v.1M13.7 13.6v.1"/></svg>'
    )


FAVICON = mark("#0e6470", 32)

_ICONS = {
    "issues": "M5 4.5h10.5a1 1 0 0 1 1 1V19a1.5 1.5 0 0 0 3 0V9h-3M5 4.5a1 1 0 0 0-1 1V19a1.5 1.5 0 0 0 1.5 1.5"
    "H18M7.5 8.5h5.5v4H7.5zM7.5 16h5.5",
    "tray": "M4 13.5 6.6 5.8a1 1 0 0 1 1-.8h8.8a1 1 0 0 1 1 .8L20 13.5V18a1.5 1.5 0 0 1-1.5 1.5h-13"
    "A1.5 1.5 0 0 1 4 18zM4 13.5h4.5l1.3 2.5h4.4l1.3-2.5H20",
    "sendings": "M20.5 3.5 3.5 10l6.7 3.3M20.5 3.5 14 20.5l-3.8-7.2M20.5 3.5l-10.3 9.8",
    "groups": "M9 11.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM3 19c0-3 2.6-5 6-5s6 2 6 5M15.5 5.4a3.2 3.2"
    " 0 0 1 0 5.9M17 14.3c2.4.5 4 2.3 4 4.7",
    "deadlines": "M5 6h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM4 10h16M8 3.5V8M16 3.5V8"
    "M9 15l2.2 2.2L15.5 13",
    "help": "M9.3 9.2a2.7 2.7 0 1 1 3.9 2.4c-.8.4-1.2.9-1.2 1.9M12 17v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
    "theme": "M12 21a9 9 0 1 0 0-18v18zM12 3a9 9 0 0 0 0 18",
    "down": "m7 10 5 5 5-5",
    "search": "M10.5 16.5a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM15 15l5 5",
    "copy": "M9 9V5.5A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.5v8a1.5 1.5 0 0 1-1.5 1.5H15M5.5 9h8"
    "A1.5 1.5 0 0 1 15 10.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 18.5v-8A1.5 1.5 0 0 1 5.5 9z",
    "open": "M14 4h6v6M20 4l-9 9M18 14v4.5a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 4 18.5v-11A1.5 1.5 0 0 1"
    " 5.5 6H10",
    "full": "M4 5v14M20 5v14M8 12h8M10.5 9.5 8 12l2.5 2.5M13.5 9.5 16 12l-2.5 2.5",
    "save": "M12 4v10.5M8 11l4 4 4-4M5 19.5h14",
    "phone": "M8.5 3h7A1.5 1.5 0 0 1 17 4.5v15a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 19.5v-15A1.5"
    " 1.5 0 0 1 8.5 3zM11 18h2",
    "desktop": "M4 5h16v11H4zM9 20h6M12 16v4",
    "sun": "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3"
    " 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1",
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
    "picture": "M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M15.5 9.5v.1",
    "close": "m6 6 12 12M18 6 6 18",
    "check": "m5 12.5 4.5 4.5L19 7.5",
    "person": "M12 12a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6zM4.5 20c0-3.6 3.3-5.5 7.5-5.5s7.5 1.9 7.5 5.5",
}


def icon(name: str) -> str:
    """An icon, 20 pixels, in the colour of the text around it; hidden from screen readers."""
    return (
        '<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="{_ICONS[name]}"/></svg>'
    )
