"""Pictures of a mail shown from elsewhere: in a preview, on the web, in a folder."""

from __future__ import annotations

import pytest
from render_kit import picture

from mailer.render import picture_url, readdressed

CAMEL = picture("images/camel.jpg")
OTHER = "cid:somebody@else.invalid"


@pytest.mark.parametrize("public_url", ["", "https://news.example.org", "https://news.example.org/deep/er/"])
def test_a_picture_moves_whether_it_was_embedded_or_hosted(public_url: str) -> None:
    html = f'<img src="{picture_url(CAMEL, public_url)}" alt="Camel"><img src="{OTHER}">'
    moved = readdressed(html, [CAMEL], lambda found: f"/p/{found.src}?a=1&b=2")
    assert moved == f'<img src="/p/images/camel.jpg?a=1&amp;b=2" alt="Camel"><img src="{OTHER}">'


def test_words_and_strangers_stay_as_they_are() -> None:
    name = CAMEL.file_name
    html = (
        f"<p>cid:{CAMEL.cid}x and http://plain.example/pictures/{name}</p>"
        f'<a href="https://example.org/pictures/0123456789abcdef.jpg">not ours</a>'
    )
    assert readdressed(html, [CAMEL], lambda _: "moved") == html
