"""What is done around an issue, by hand in a real Chromium: each page from its first look to what it writes."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from studio_server import SLUG, RunningStudio, copy_workspace, start_studio, stop_studio

from mailer.config import open_workspace
from mailer.content import read_issue
from mailer.flow.translation_exchange import export_translation

playwright_api = pytest.importorskip("playwright.sync_api")
from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from docx import Document  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import BrowserContext, Page, expect  # noqa: E402
from studio_browser import CHROMIUM, PHONE, SHOTS, Watched, a_browser  # noqa: E402

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
WIDE = {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with a_browser() as made:
        # Here issues are composed, archives built and pages set, beside the other tests' work.
        made.set_default_timeout(90_000)
        expect.set_options(timeout=60_000)
        yield made


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    """A studio whose files these tests change."""
    running = start_studio(copy_workspace(tmp_path_factory.mktemp("around")))
    yield running
    stop_studio(running)


@pytest.fixture
def watched(context: BrowserContext, own: RunningStudio) -> Iterator[Watched]:
    made = Watched(context, own)
    made.page.set_viewport_size(WIDE)
    yield made
    made.close()


def look_at(page: Page, name: str) -> None:
    """Photographed wide and narrow, light and dark; nothing sticks out, and axe-core finds nothing."""
    SHOTS.mkdir(exist_ok=True)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=SHOTS / f"around-{name}-{size['width']}-{scheme}.png")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    page.evaluate(Axe().axe_script)
    found = page.evaluate("axe.run({resultTypes: ['violations'], preload: false})")
    assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]] == []


def word_file(path: Path) -> Path:
    """A piece with a photo, as a colleague sends it."""
    document = Document()
    document.add_heading("Rangers trained in Nukus", 1)
    document.add_paragraph("Twenty rangers met on 24 April 2016 and learnt how to count tracks.")
    photo = io.BytesIO()
    Image.new("RGB", (1200, 800), (170, 140, 90)).save(photo, "JPEG")
    photo.seek(0)
    document.add_picture(photo)
    document.save(str(path))
    return path


def test_what_colleagues_sent_is_shown_then_written(watched: Watched, tmp_path: Path) -> None:
    issue = watched.studio.issue_file
    before = issue.read_bytes()
    page = watched.open(f"/issues/{SLUG}")
    page.get_by_role("link", name="Add contributions").click()
    files = page.locator("input[type=file]")
    old = tmp_path / "report.doc"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000)
    files.set_input_files(old)
    expect(page.get_by_role("alert")).to_contain_text("report.doc")
    page.get_by_role("button", name="Take away report.doc").click()
    expect(page.get_by_role("alert")).to_have_count(0)

    files.set_input_files(word_file(tmp_path / "rangers.docx"))
    expect(page.get_by_role("heading", name="What would become of it")).to_be_visible()
    expect(page.get_by_text("Rangers trained in Nukus", exact=True)).to_be_visible()
    look_at(page, "add")
    assert issue.read_bytes() == before
    page.get_by_label("Who made it").fill("A. Photographer")
    page.get_by_label("On what terms it may be used").fill("May be used here")
    page.get_by_role("button", name="Add 1 item").click()
    expect(page.get_by_role("heading", name="1 item in the issue")).to_be_visible()
    read = read_issue(issue.parent, watched.studio.root).issue
    image = read.item("rangers-trained-in-nukus").image
    assert image
    assert (image.credit, image.rights) == ("A. Photographer", "May be used here")


def test_a_translation_goes_out_and_comes_back(watched: Watched, tmp_path: Path) -> None:
    page = watched.open(f"/issues/{SLUG}/translations")
    page.get_by_role("button", name="Word file in French").click()
    with page.expect_download() as saving:
        page.get_by_role("link", name=f"Save {SLUG}.fr.docx").click()
    sent = tmp_path / "from-the-translator.docx"
    saving.value.save_as(sent)
    document = Document(str(sent))
    cell = next(
        cell
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        if cell.text.strip() == "Conférence des Parties à la CMS (COP12)"
    )
    cell.paragraphs[0].runs[0].text = "La Conférence des Parties (COP12)"
    for run in cell.paragraphs[0].runs[1:]:
        run.text = ""
    document.save(str(sent))
    overlay = watched.studio.issue_file.with_name("issue.fr.yaml")
    before = overlay.read_text(encoding="utf-8")
    page.locator("input[type=file]").set_input_files(sent)
    expect(page.get_by_role("heading", name="French: 1 change")).to_be_visible()
    page.get_by_text("The words that change").click()
    expect(page.locator("ins")).to_have_text("La Conférence des Parties (COP12)")
    look_at(page, "translations")
    assert overlay.read_text(encoding="utf-8") == before
    page.get_by_role("button", name="Put 1 change in its place").click()
    expect(page.get_by_text("1 change in issues/")).to_be_visible()
    changed = set(overlay.read_text(encoding="utf-8").splitlines()) - set(before.splitlines())
    assert [line.strip() for line in changed] == ["title: La Conférence des Parties (COP12)"]


def test_a_translation_of_another_issue_changes_nothing(watched: Watched, tmp_path: Path) -> None:
    root = tmp_path / "elsewhere"
    root.mkdir()
    other = open_workspace(copy_workspace(root), {})
    file = other.issues / SLUG / "issue.yaml"
    file.write_text(file.read_text("utf-8").replace("cami-newsletter-2016-12", "another-issue"), "utf-8")
    sent = tmp_path / "other.docx"
    sent.write_bytes(export_translation(other, SLUG, "fr"))
    overlay = watched.studio.issue_file.with_name("issue.fr.yaml")
    before = overlay.read_bytes()
    page = watched.open(f"/issues/{SLUG}/translations")
    page.locator("input[type=file]").set_input_files(sent)
    expect(page.get_by_role("alert")).to_contain_text("another-issue")
    assert overlay.read_bytes() == before
    shutil.rmtree(root)


def test_calendar_archive_print_and_the_next_issue(watched: Watched) -> None:
    page = watched.open(f"/issues/{SLUG}/calendar")
    expect(page.get_by_text("23–28 October 2017, whole days")).to_be_visible()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Russian").first.click()
    assert b"DTEND;VALUE=DATE:20171029" in Path(saving.value.path()).read_bytes()
    look_at(page, "calendar")

    page.get_by_role("link", name="Archive").click()
    page.get_by_role("button", name="Build the archive").click()
    with watched.context.expect_page() as opening:
        page.get_by_role("link", name="Russian").click(timeout=60_000)
    archived = opening.value
    expect(archived.locator("html")).to_have_attribute("lang", "ru")
    picture = archived.locator("main img").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 100
    archived.close()
    look_at(page, "archive")

    page.get_by_role("link", name="Print").click()
    page.get_by_label("Language").select_option("ru")
    page.get_by_role("button", name="Make the PDF").click()
    expect(page.locator(".chip.ok")).to_contain_text("pages", timeout=60_000)
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save it").click()
    assert Path(saving.value.path()).read_bytes().startswith(b"%PDF-")
    look_at(page, "print")

    page.get_by_role("link", name="Next issue").click()
    page.get_by_label("Name of its folder").fill(SLUG)
    page.get_by_label("Planned for").fill("2017-03-15")
    expect(page.get_by_role("alert")).to_contain_text("already")
    page.get_by_label("Name of its folder").fill("2017-03-cami")
    page.keyboard.press("Tab")
    expect(page.locator("section", has_text="Left behind").get_by_text("Season's greetings")).to_be_visible()
    look_at(page, "next")
    assert not (watched.studio.root / "issues" / "2017-03-cami").exists()
    page.get_by_role("button", name="Begin 2017-03-cami").click()
    expect(page).to_have_url(f"{watched.studio.origin}/issues/2017-03-cami")
    kept = read_issue(watched.studio.root / "issues" / "2017-03-cami", watched.studio.root).issue
    assert "save-the-date-cop12" in {item.id for item in kept.items}
