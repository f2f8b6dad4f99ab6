"""Mail html made ready for its frame: nothing is lost, nothing leads out."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailer.studio.framing import always_light, framed, links_in, with_pictures
from mailer.studio.watch import Bell, is_scratch


def test_links_are_sent_to_a_window_that_the_frame_may_not_open() -> None:
    html = (
        '<html><head lang="en"><title>x</title></head><body><a target="_self" href="#a">x</a></body></html>'
    )
    ready = framed(html)
    assert '<head lang="en"><base target="_blank">' in ready
    assert "_self" not in ready
    assert 'href="#a"' in ready


def test_every_way_to_write_a_target_goes() -> None:
    for written in ('target="_top"', "TARGET='_parent'", "target=_self", 'target = "x"', 'formtarget="_top"'):
        assert "target" not in framed(f'<a title="a > b" {written} href="#x">y</a>').lower().replace(
            '<base target="_blank">', ""
        )


def test_a_mail_without_a_head_is_framed_too() -> None:
    assert framed("Hello").startswith("Hello")
    assert framed("Hello").endswith('<base target="_blank">')


@given(st.text(max_size=300))
def test_any_text_can_be_made_ready(text: str) -> None:
    assert '<base target="_blank">' in framed(text)
    always_light(text)
    links_in(text)
    assert with_pictures(text, lambda _cid: None) == text


def test_pictures_are_found_wherever_they_are_named() -> None:
    html = (
        '<img src="cid:a@b"><td background=\'cid:c\' style="background:url(cid:d)">'
        '<img src=cid:e><img src="CID:f%40g"><p>cid:h</p><img src="cid:unknown">'
    )
    known = {name: f"/p/{number}" for number, name in enumerate(("a@b", "c", "d", "e", "f@g"))}
    ready = with_pictures(html, known.get)
    assert ready == (
        '<img src="/p/0"><td background=\'/p/1\' style="background:url(/p/2)">'
        '<img src=/p/3><img src="/p/4"><p>cid:h</p><img src="cid:unknown">'
    )


def test_a_light_mail_stays_light_on_a_dark_machine() -> None:
    html = (
        '<meta name="color-scheme" content="light dark"><style>:root{color-scheme:light dark}'
        "@media (prefers-color-scheme: dark){.x{color:#fff}}@media screen and (prefers-color-scheme:dark) {.y{}}"
        "@media (max-width:480px){.z{}}</style>"
    )
    ready = always_light(html)
    assert "prefers-color-scheme" not in ready
    assert ready.count("@media not all{") == 2
    assert "@media (max-width:480px)" in ready
    assert "light dark" not in ready


def test_links_are_listed_with_words_address_and_kind() -> None:
    html = (
        '<p><a href="https://example.org/a">Read <b>more</b></a><a href="mailto:x@example.org">Write</a>'
        '<a href="#item-x">Down</a><a href="http://example.org"><img alt="Logo" src="x"></a>'
        '<a href="javascript:alert(1)"></a><a name="here">no address</a></p>'
    )
    assert [(link.words, link.address, link.kind) for link in links_in(html)] == [
        ("Read more", "https://example.org/a", "web"),
        ("Write", "mailto:x@example.org", "mail"),
        ("Down", "#item-x", "in this mail"),
        ("picture: Logo", "http://example.org", "web, not encrypted"),
        ("no words", "javascript:alert(1)", "other"),
    ]


def test_one_page_in_trouble_does_not_keep_the_others_from_hearing() -> None:
    heard: list[frozenset[str]] = []

    async def fails(_what: frozenset[str]) -> None:
        raise RuntimeError("gone")

    async def hears(what: frozenset[str]) -> None:
        heard.append(what)

    async def ring() -> None:
        bell = Bell()
        bell.listen("a", fails)
        bell.listen("b", hears)
        bell.listen("c", hears)
        bell.forget("c")
        await bell.ring(frozenset({"issues"}))

    asyncio.run(ring())
    assert heard == [frozenset({"issues"})]


def test_what_editors_write_on_the_way_is_passed_over() -> None:
    for name in (".issue.yaml.swp", "issue.yaml~", "#issue.yaml#", ".proof.json.new", "~$contacts.csv"):
        assert is_scratch(Path("issues") / name)
    assert not is_scratch(Path("issues/issue.yaml"))
