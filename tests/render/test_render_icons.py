"""The icon of an account is found by its site or its words; only those that are shown travel."""

from __future__ import annotations

import pytest
from render_kit import render, tree

from mailer.render.icons import icon_for

ICONS = ("facebook", "x", "mastodon", "youtube")


@pytest.mark.parametrize(
    ("url", "words", "icon"),
    [
        ("https://www.facebook.com/office", "Us", "facebook"),
        ("https://de-de.facebook.com/office", "Us", "facebook"),
        ("https://twitter.com/office", "Us on Twitter", "x"),
        ("https://youtu.be/abc", "Film", "youtube"),
        ("https://social.example.org/@office", "Follow us on Mastodon", "mastodon"),
        ("https://mastodon.example.org/@office", "Us", "mastodon"),
        ("https://notfacebook.com.example.org", "Us", ""),
        ("https://example.org/x", "Page x of y", ""),
        ("https://instagram.com/office", "Us", ""),
        ("mailto:a@example.org", "Us", ""),
        ("https://[broken", "Us", ""),
        ("", "", ""),
    ],
)
def test_an_account_has_the_icon_of_its_site(url: str, words: str, icon: str) -> None:
    assert icon_for(url, words, ICONS) == icon
    assert icon_for(url, words, (*ICONS, "link")) == (icon or "link")


def test_only_the_icons_that_are_shown_travel_with_the_letter() -> None:
    links = [
        {"url": "https://www.facebook.com/o", "text": "Us there"},
        {"url": "https://x.com/o", "text": "And there"},
    ]
    made = render({"kind": "social", "title": "Follow us", "links": links})
    shown = {picture.src for picture in made.pictures if "icons" in picture.src}
    assert shown == {"template/icons/facebook.png", "template/icons/x.png"}
    cids = {f"cid:{picture.cid}" for picture in made.pictures}
    assert {image.get("src") for image in tree(made).iter("img")} == cids
