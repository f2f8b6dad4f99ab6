"""Pictures on their way: the bytes that were made are those in the mail, the proof, the studio and on the web."""

from __future__ import annotations

import email
import re
from email.message import Message
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from mailer.config import open_workspace
from mailer.flow import compose_issue
from mailer.flow.pictures import picture_store
from tests.flow.office import Office

URL = "https://news.example.org"
ITEMS = """\
  - kind: article
    id: wide
    title: A wide one
    image: {src: images/herd.png, alt: A herd, ratio: "2:1", focus: [0.5, 0.2]}
  - kind: article
    id: left
    title: On the left
    layout: half
    image: {src: images/herd.png, alt: The same herd}
  - kind: article
    id: right
    title: On the right
    layout: half
    show_to: press
    body: Only the press sees this one, so that others see the left one wide.
"""
SIZES = {"wide": (1104, 552), "half": (528, 396), "alone": (1104, 828)}


@pytest.fixture
def pictured(office: Office) -> Office:
    folder = office.issue.parent / "images"
    folder.mkdir()
    Image.effect_noise((1600, 1200), 20).convert("RGB").save(folder / "herd.png")
    text = office.issue.read_text(encoding="utf-8")
    head = text[: text.index("items:\n")]
    office.issue.write_text(head + "items:\n" + ITEMS, encoding="utf-8")
    return office


def says(office: Office, line: str) -> None:
    """Put a line at the top of the issue."""
    office.issue.write_text(f"{line}\n{office.issue.read_text(encoding='utf-8')}", encoding="utf-8")


def answers_on_the_web(office: Office) -> None:
    path = office.root / "mailer.toml"
    text = re.sub(
        r'public = "none"[^\n]*', f'public = "static"\npublic_url = "{URL}"', path.read_text(encoding="utf-8")
    )
    path.write_text(text, encoding="utf-8")


def built(office: Office) -> dict[Path, Message]:
    office.run("build", "test-issue")
    files = sorted((office.root / "build" / "test-issue").glob("*/message.eml"))
    return {file.parent: email.message_from_bytes(file.read_bytes()) for file in files}


def part(message: Message, kind: str) -> str:
    (found,) = [p for p in message.walk() if p.get_content_type() == kind]
    return str(found.get_payload(decode=True), "utf-8")  # type: ignore[arg-type]


def embedded(message: Message) -> dict[str, bytes]:
    return {
        str(p["Content-ID"]).strip("<>"): p.get_payload(decode=True)  # type: ignore[misc]
        for p in message.walk()
        if p.get_content_maintype() == "image"
    }


def shown_sizes(html: str, pictures: dict[str, bytes]) -> list[tuple[int, tuple[int, int]]]:
    """(width in the html, pixels of the picture) for each picture of an item."""
    found = []
    for tag in re.findall(r"<img[^>]+alt=\"[^\"]*herd\"[^>]*>", html):
        name = re.search(r'src="cid:([^"]+)"', tag)
        width = re.search(r'\swidth="(\d+)"', tag)
        assert name
        assert width
        with Image.open(BytesIO(pictures[name[1]])) as picture:
            found.append((int(width[1]), picture.size))
    return found


def test_without_a_web_address_pictures_are_in_the_message_made_as_each_version_shows_them(
    pictured: Office,
) -> None:
    seen = set()
    for message in built(pictured).values():
        html, pictures = part(message, "text/html"), embedded(message)
        assert set(re.findall(r"cid:([^\"]+)", html)) == set(pictures)
        assert "http" not in " ".join(re.findall(r'<img[^>]+src="([^"]+)"', html))
        seen.add(tuple(shown_sizes(html, pictures)))
    assert seen == {
        ((552, SIZES["wide"]), (264, SIZES["half"])),
        ((552, SIZES["wide"]), (552, SIZES["alone"])),
    }


def test_an_attached_picture_has_the_ending_of_what_it_became(pictured: Office) -> None:
    (message, *_) = built(pictured).values()
    names = [p.get_filename() for p in message.walk() if p.get_content_maintype() == "image"]
    assert "herd.jpg" in names
    assert all(
        str(name).endswith({"image/jpeg": ".jpg", "image/png": ".png"}[p.get_content_type()])
        for p in message.walk()
        if (name := p.get_filename())
    )


@pytest.mark.parametrize("said", ["", "images: hosted"])
def test_with_a_web_address_they_are_hosted_there(pictured: Office, said: str) -> None:
    answers_on_the_web(pictured)
    if said:
        says(pictured, said)
    for folder, message in built(pictured).items():
        html = part(message, "text/html")
        assert "cid:" not in html
        assert embedded(message) == {}
        addresses = set(re.findall(rf'src="{URL}/pictures/([^"]+)"', html))
        assert addresses == {file.name for file in (folder / "pictures").iterdir()}
        page = (folder / "index.html").read_text(encoding="utf-8")
        assert set(re.findall(r'src="([^"]+)"', page)) == {f"pictures/{name}" for name in addresses}


def test_an_issue_may_embed_them_all_the_same_and_its_web_page_still_shows_them(pictured: Office) -> None:
    answers_on_the_web(pictured)
    says(pictured, "images: embedded")
    for message in built(pictured).values():
        html = part(message, "text/html")
        assert f"{URL}/pictures/" not in html
        assert f"{URL}/issues/" in html
        assert embedded(message)
    out = pictured.root / "site"
    pictured.run("build", "test-issue", "--public", "--out", str(out))
    pages = list(out.glob("issues/*/*/index.html"))
    assert pages
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert "cid:" not in html
        names = re.findall(rf'src="{URL}/pictures/([^"]+)"', html)
        assert names
        assert all((out / "pictures" / name).is_file() for name in names)


def test_hosting_them_nowhere_is_told_at_its_line_together_with_bad_pictures(pictured: Office) -> None:
    says(pictured, "images: hosted")
    (pictured.issue.parent / "images" / "herd.png").write_bytes(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic")
    printed = pictured.run("build", "test-issue", code=1)
    assert "issues/test-issue/issue.yaml:1" in printed
    assert 'is "hosted", but mailer.toml says public = "none"' in printed
    assert "is a HEIC photo from a telephone" in printed
    assert not (pictured.root / "build").exists()


def test_composing_again_makes_no_picture_again(pictured: Office) -> None:
    workspace = open_workspace(pictured.root)
    store = picture_store(workspace.pictures)
    for _ in range(3):
        compose_issue(workspace, "test-issue", secret=b"s")
        assert store.made == 3
    picture_store.cache_clear()
    compose_issue(workspace, "test-issue", secret=b"s")
    assert picture_store(workspace.pictures).made == 0


def test_what_is_approved_is_what_was_made(pictured: Office) -> None:
    digest = pictured.approved()
    kept = pictured.root / ".mailer" / "proofs" / digest
    made = {
        picture.sha256: picture.content
        for rendition in compose_issue(
            open_workspace(pictured.root), "test-issue", ("everyone",), secret=b"s"
        ).renditions
        for picture in rendition.pictures
    }
    assert made
    assert {name: (kept / name).read_bytes() for name in made} == made
    source = (pictured.issue.parent / "images" / "herd.png").read_bytes()
    assert source not in made.values()


@pytest.mark.parametrize(
    ("size", "count", "words"),
    [((300, 225), 1, "is 300 pixels wide, and there is room for 552"), ((560, 420), 0, "")],
)
def test_a_picture_too_small_for_its_place_is_found(
    pictured: Office, size: tuple[int, int], count: int, words: str
) -> None:
    Image.effect_noise(size, 20).save(pictured.issue.parent / "images" / "herd.png")
    findings = compose_issue(open_workspace(pictured.root), "test-issue", secret=b"s").findings
    found = [f for f in findings if f.rule == "image.too-small" and f.item == "left"]
    assert len(found) == count
    assert all(words in f.message and f.line and str(f.file).endswith("issue.yaml") for f in found)


def test_what_was_given_up_in_the_making_is_a_note(pictured: Office) -> None:
    frames = [Image.effect_noise((1200, 900), 250).convert("P") for _ in range(2)]
    path = pictured.issue.parent / "images" / "herd.png"
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])
    toml = pictured.root / "mailer.toml"
    toml.write_text("image_bytes = 10_000\n" + toml.read_text(encoding="utf-8"), encoding="utf-8")
    findings = compose_issue(open_workspace(pictured.root), "test-issue", secret=b"s").findings
    noted = {(f.rule, f.severity, f.item) for f in findings if f.rule.startswith("image.")}
    assert {("image.animated", "note", "wide"), ("image.heavy", "note", "wide")} <= noted


def everything(office: Office) -> dict[Path, bytes]:
    """All files of the workspace but the store of pictures, which may keep those that are good, and the ledger."""
    kept = {office.workspace.pictures, office.workspace.ledger_path.parent}
    found = (path for path in office.root.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found if path.parent not in kept}


@pytest.mark.parametrize("command", [("build",), ("proof", "--to", "everyone"), ("send", "--to", "everyone")])
def test_a_bad_picture_lets_no_command_write_anything(pictured: Office, command: tuple[str, ...]) -> None:
    pictured.run("check", "test-issue")
    folder = pictured.issue.parent / "images"
    (folder / "herd.png").replace(folder / "good.png")
    content = (folder / "good.png").read_bytes()
    (folder / "herd.png").write_bytes(content[: len(content) // 2])
    text = pictured.issue.read_text(encoding="utf-8")
    pictured.issue.write_text(
        text.replace("herd.png, alt: A herd,", "good.png, alt: A herd,"), encoding="utf-8"
    )
    before = everything(pictured), pictured.run("dispatches")
    name, *rest = command
    printed = pictured.run(name, "test-issue", *rest, code=1)
    assert '"images/herd.png" is damaged' in printed
    assert (everything(pictured), pictured.run("dispatches")) == before
