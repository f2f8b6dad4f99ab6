"""The icon of an account is found by its site or its words; only those that are shown travel."""

from __future__ import annotations

import pytest
from render_kit import render, template, tree

from mailer.model.rendition import content_id
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
    assert all(picture.cid == content_id(picture.sha256) for picture in made.pictures)
    cids = {f"cid:{picture.cid}" for picture in made.pictures}
    assert {image.get("src") for image in tree(made).iter("img")} == cids


def test_a_picture_that_an_item_shares_with_the_theme_travels_once(monkeypatch: pytest.MonkeyPatch) -> None:
    (icon,) = (each for each in template().pictures if each.src == "template/icons/facebook.png")
    item = icon.model_copy(update={"src": "images/f.png", "cid": content_id(icon.sha256)})
    monkeypatch.setattr("render_kit.picture", lambda src: item)
    made = render(
        {"kind": "article", "title": "Us", "body": "x", "image": {"src": "images/f.png", "alt": "An f"}},
        {"kind": "social", "title": "We", "links": [{"url": "https://facebook.com/o", "text": "Us there"}]},
    )
    assert [each.sha256 for each in made.pictures].count(icon.sha256) == 1
    assert made.html.count(f'"cid:{icon.cid}"') >= 2
