"""Which of a theme's icons belongs to an address."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

SITES = {
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "x.com": "x",
    "twitter.com": "x",
    "linkedin.com": "linkedin",
    "instagram.com": "instagram",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "bsky.app": "bluesky",
    "flickr.com": "flickr",
    "flic.kr": "flickr",
    "vimeo.com": "vimeo",
    "t.me": "telegram",
    "vk.com": "vk",
    "whatsapp.com": "whatsapp",
    "wa.me": "whatsapp",
    "threads.net": "threads",
    "mastodon.social": "mastodon",
}
"""Site → what its icon is called in theme.yaml."""
ANY_SITE = "link"
"""The icon for every site that has none of its own."""


def icon_for(url: str, words: str, icons: Collection[str]) -> str:
    """The name of the icon for an account: by its site, by a word that names an icon, else the general one.

    "" where the theme has none that fits.
    """
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    labels = host.split(".")
    sites = (".".join(labels[start:]) for start in range(len(labels)))
    by_site = next((SITES[site] for site in sites if site in SITES), "")
    if by_site in icons:
        return by_site
    spoken = re.findall(r"[a-z0-9]+", words.casefold())
    named = next((name for name in icons if len(name) > 1 and name in (*spoken, *labels)), "")
    return named or (ANY_SITE if ANY_SITE in icons else "")
