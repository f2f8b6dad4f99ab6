"""What the studio shows as pictures: the bytes that would be sent, from its own address, hosted or embedded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from studio_server import SLUG, copy_workspace

from mailer.config import open_workspace
from mailer.studio.desk import Desk
from mailer.studio.frames import preview_html
from mailer.studio.guard import Keys

HOSTED = 'public = "static"\npublic_url = "https://news.example.org"'


@pytest.mark.parametrize("public", ['public = "none"', HOSTED])
def test_a_preview_shows_the_made_pictures_from_here_wherever_the_mail_has_them(
    tmp_path: Path, public: str
) -> None:
    root = copy_workspace(tmp_path)
    toml = root / "mailer.toml"
    toml.write_text(
        re.sub(r'public = "none"[^\n]*', public, toml.read_text(encoding="utf-8")), encoding="utf-8"
    )
    desk = Desk(open_workspace(root, {}))
    composed = desk.look(SLUG, ("press",)).composed
    assert composed
    (rendition, *_) = composed.renditions
    assert rendition.images == ("hosted" if public == HOSTED else "embedded")
    html = preview_html(composed, rendition, "", Keys("secret"))
    shown = re.findall(r'<img[^>]+src="([^"]+)"', html)
    assert shown
    hashes = [re.fullmatch(r"/picture/([0-9a-f]{64})\?key=[0-9a-f]+", address) for address in shown]
    assert all(hashes)
    kept = {picture.sha256: picture.content for picture in desk.pictures()}
    sent = {picture.sha256: picture.content for picture in rendition.pictures}
    assert {found[1] for found in hashes if found} == set(sent)
    assert {name: kept[name] for name in sent} == sent
    sources = {path.read_bytes() for path in (root / "issues" / SLUG / "images").iterdir()}
    assert not sources & {picture.content for picture in rendition.pictures}
