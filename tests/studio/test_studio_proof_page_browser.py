"""From an issue to the page of its proof and back, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from studio_server import SLUG, RunningStudio, copy_workspace, start_studio, stop_studio
from test_studio_proof_page import write_page

from mailer.config import open_workspace
from mailer.content import add_approval
from mailer.model.proof import Approval

playwright_api = pytest.importorskip("playwright.sync_api")
from playwright.sync_api import BrowserContext, Locator, Page, expect  # noqa: E402
from studio_browser import CHROMIUM, PHONE, SHOTS, Watched, a_browser  # noqa: E402

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
WIDE = {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with a_browser() as made:
        yield made


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    """A studio whose issue has no proof yet."""
    running = start_studio(copy_workspace(tmp_path_factory.mktemp("own")))
    yield running
    stop_studio(running)


@pytest.fixture
def watched(context: BrowserContext, own: RunningStudio) -> Iterator[Watched]:
    made = Watched(context, own)
    yield made
    made.close()


def take(page: Page, part: Locator, name: str) -> None:
    """The page wide and narrow, light and dark, with that part in view."""
    SHOTS.mkdir(exist_ok=True)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # Not scroll_into_view_if_needed: it fails where the card is drawn anew in between.
            expect(part).to_be_visible()
            part.evaluate("part => part.scrollIntoView({block: 'center'})")
            page.screenshot(path=SHOTS / f"{name}-{size['width']}-{scheme}.png")
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(wide) <= 0
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def test_from_the_issue_to_the_page_of_its_proof(watched: Watched, context: BrowserContext) -> None:
    # Nobody has composed the issue before.
    watched.page.set_default_navigation_timeout(90_000)
    page = watched.open(f"/issues/{SLUG}")
    page.set_viewport_size(WIDE)
    side = page.locator(".side")
    not_checked = side.get_by_role("region", name="Not checked")
    expect(not_checked).to_contain_text("no mail service in mailer.toml")
    take(page, not_checked, "not-checked")
    side.get_by_role("button", name="Next steps").click()
    expect(side).to_contain_text("There is none yet.")

    # A page that is made meanwhile appears by itself.
    workspace = open_workspace(watched.studio.root, {})
    proof = write_page(workspace, ("everyone",))
    link = side.get_by_role("link", name="Open the proof page")
    expect(link).to_be_visible()
    card = side.locator(".proof-page")
    expect(card).to_contain_text(proof.seal)
    expect(card).to_contain_text("as it is now")
    expect(card).to_contain_text("0 of 1 approval")
    by = Approval(digest=proof.digest, by="A. Reviewer", at=datetime.now(UTC), words="Fine with me")
    add_approval(workspace.issues / SLUG, by)
    expect(card).to_contain_text("Approved by A. Reviewer")
    take(page, card, "proof-card")

    with context.expect_page() as opening:
        link.click()
    opened = opening.value
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.reload()
    expect(opened.get_by_role("heading", level=1)).to_contain_text(proof.seal)
    mail = opened.frame_locator(".look-light iframe").first
    expect(mail.get_by_role("heading", level=1)).to_be_visible()
    picture = mail.locator("img[alt*='snow leopard']").first
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 100
    assert opened.evaluate("getComputedStyle(document.body).marginTop") == "0px"
    expect(opened.get_by_role("heading", name="Not checked")).to_be_visible()
    other = opened.get_by_role("link", name="see it whole").first
    other.click()
    expect(opened).to_have_url(re.compile(r"/proof-page/.*/mails/.*\.html$"))
    opened.go_back()
    expect(opened.get_by_role("heading", level=1)).to_contain_text(proof.seal)
    assert not [words for words in said if "Content Security Policy" in words]
    opened.close()

    file = watched.studio.issue_file
    file.write_text(file.read_text(encoding="utf-8").replace("mall grants", "mall Grants"), encoding="utf-8")
    expect(card).to_contain_text("changed since")
    expect(card).to_contain_text("Changed since: ")
    take(page, card, "proof-card-changed")
