"""The studio as people use it: in a real Chromium, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from studio_server import HOSTILE_NAME, SLUG, RunningStudio

playwright_api = pytest.importorskip("playwright.sync_api")
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect  # noqa: E402
from studio_browser import CHROMIUM, DESKTOP, PATIENCE, PHONE, SHOTS, Watched, a_browser  # noqa: E402

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
DEADLINE = "december-contributions"


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    """One browser for all tests of this file."""
    with a_browser() as made:
        yield made


@pytest.fixture
def watched(context: BrowserContext, studio: RunningStudio) -> Iterator[Watched]:
    made = Watched(context, studio)
    yield made
    made.close()


def mail_in(page: Page) -> FrameLocator:
    """The mail in its frame."""
    return page.frame_locator(".stage iframe:not(.coming)")


def shown_address(page: Page) -> str:
    return page.locator(".stage").get_attribute("data-shown", timeout=PATIENCE) or ""


def test_from_the_list_to_an_issue_and_through_its_views_by_keyboard(watched: Watched) -> None:
    page = watched.open("/")
    expect(page).to_have_url(f"{watched.studio.origin}/")
    expect(page.get_by_role("link", name="New partners, new dates")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="New partners, new dates")).to_be_visible()

    mail = mail_in(page)
    expect(mail.get_by_role("heading", level=1)).to_be_visible()
    picture = mail.locator("img[alt*='snow leopard']").first
    expect(picture).to_be_attached()
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 100

    before = page.locator(".picker-words").inner_text()
    page.keyboard.press("2")
    expect(page.locator(".picker-name")).to_contain_text("Version 2 of")
    assert page.locator(".picker-words").inner_text() != before

    page.keyboard.press("d")
    expect(page.locator(".stage")).to_have_attribute("data-shown", re.compile("look=dark"))
    page.keyboard.press("d")
    expect(page.locator(".stage")).to_have_attribute("data-shown", re.compile("look=forced"))
    expect(page.get_by_text("An approximation")).to_be_visible()
    page.keyboard.press("i")
    expect(page.locator(".stage")).to_have_attribute("data-shown", re.compile("images=0"))
    assert mail_in(page).locator("img[src]").count() == 0
    page.keyboard.press("i")
    page.keyboard.press("p")
    expect(page.locator("[data-width='360']")).to_have_attribute("aria-pressed", "true")
    frame = page.locator(".stage iframe:not(.coming)").bounding_box()
    assert frame
    assert abs(frame["width"] - 360) < 2

    page.keyboard.press("t")
    expect(page.locator("pre.plain")).to_contain_text(re.compile("COP12|КС12"))
    page.keyboard.press("u")
    expect(page.locator("pre.source")).to_contain_text("<!DOCTYPE html")
    page.keyboard.press("l")
    expect(page.locator(".pane td code").first).to_be_visible()
    page.keyboard.press("m")
    expect(page.locator(".stage")).to_be_visible()
    page.reload()
    expect(page.locator(".picker-name")).to_contain_text("Version 2 of")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_changes_on_disk_is_shown_without_a_reload(watched: Watched) -> None:
    page = watched.open(f"/issues/{SLUG}")
    expect(mail_in(page).get_by_role("heading", name="A first formal partner in China")).to_be_attached()
    page.evaluate("window.sameDocument = true")
    file = watched.studio.issue_file
    good = file.read_text(encoding="utf-8")
    try:
        file.write_text(
            good.replace("A first formal partner in China", "Written a moment ago"), encoding="utf-8"
        )
        expect(mail_in(page).get_by_role("heading", name="Written a moment ago")).to_be_attached()

        file.write_text(good.replace("kind: deadline", "kind: dedline", 1), encoding="utf-8")
        expect(page.get_by_text("Last good state.")).to_be_visible()
        expect(page.locator(".finding.stop").first).to_contain_text("issue.yaml:")
        expect(mail_in(page).get_by_role("heading", name="Written a moment ago")).to_be_attached()
    finally:
        file.write_text(good, encoding="utf-8")
    expect(page.get_by_text("Last good state.")).to_be_hidden()
    expect(mail_in(page).get_by_role("heading", name="A first formal partner in China")).to_be_attached()
    assert page.evaluate("window.sameDocument")


def test_the_copy_of_a_reader_whose_name_is_markup_is_shown_literally(watched: Watched) -> None:
    page = watched.open(f"/issues/{SLUG}?to=everyone")
    field = page.get_by_role("combobox", name="Show the copy of a reader")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("hostile")
    answers = page.get_by_role("listbox", name="Readers")
    expect(answers).to_have_attribute("data-words", "hostile")
    option = answers.get_by_role("option")
    expect(option).to_have_count(1)
    expect(option).to_contain_text(HOSTILE_NAME)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.reader")).to_contain_text(HOSTILE_NAME)
    expect(page.locator(".stage")).to_have_attribute("data-shown", re.compile("hostile"))
    expect(mail_in(page).locator("body")).to_contain_text("onerror=")
    page.keyboard.press("t")
    expect(page.locator("pre.plain")).to_contain_text("onerror=")
    assert page.locator("img[src='x']").count() == 0
    assert "owned" not in page.title()


def test_a_mail_in_the_tray_can_do_nothing(watched: Watched) -> None:
    page = watched.open("/tray?mail=20200101T000000-tracked")
    mail = mail_in(page)
    expect(mail.get_by_role("heading", name="Tracked")).to_be_visible()
    assert "script ran" not in page.title()
    mail.get_by_role("link", name="Follow me").click()
    mail.get_by_role("button", name="Press me").click()
    page.wait_for_timeout(400)
    expect(mail.get_by_role("heading", name="Tracked")).to_be_visible()
    assert watched.context.pages == [page]


def test_the_tray_lists_and_opens_what_a_rehearsal_put_there(watched: Watched) -> None:
    page = watched.open("/tray")
    rows = page.locator(".mail-row")
    expect(rows.first).to_be_visible()
    total = rows.count()
    rows.first.click()
    expect(mail_in(page).get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".mail-head h2")).to_contain_text("CAMI Newsletter")
    body = page.locator("body")
    body.press("h")
    expect(page.locator("table.headers")).to_contain_text("List-Unsubscribe")
    body.press("r")
    expect(page.locator("pre.source")).to_contain_text("Content-Type: multipart/")
    body.press("t")
    expect(page.locator("pre.plain")).to_contain_text(re.compile("COP12|КС12"))
    page.get_by_label("Sending").select_option(index=1)
    expect(rows).to_have_count(total - 1)
    page.get_by_label("Search the tray").fill("nobody-has-this")
    expect(page.get_by_text("No mail has these words.")).to_be_visible()


def test_a_mail_that_arrives_is_listed_without_a_reload(watched: Watched) -> None:
    page = watched.open("/tray")
    expect(page.locator(".mail-row").first).to_be_visible()
    tray = watched.studio.root / ".mailer" / "outbox"
    new = tray / "20990101T000000-new.eml"
    new.write_bytes(
        b"From: a@example.org\r\nDelivered-To: b@example.org\r\nSubject: Just in\r\n\r\nHello\r\n"
    )
    try:
        expect(page.get_by_text("Just in")).to_be_visible()
    finally:
        new.unlink()
    expect(page.get_by_text("Just in")).to_be_hidden()


def test_sendings_show_counts_in_the_words_of_people(watched: Watched) -> None:
    page = watched.open("/sendings")
    row = page.locator("table.sendings tbody tr").first
    expect(row).to_contain_text("rehearsal")
    expect(row).to_contain_text("taken over")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name=SLUG)).to_be_visible()
    expect(page.locator("table.mails tbody tr").first).to_contain_text("250")
    words = page.locator("body").inner_text().lower()
    assert not {"claimed", "handed", "settled"} & set(words.split())


def test_next_steps_are_commands_ready_to_copy(watched: Watched) -> None:
    page = watched.open(f"/issues/{SLUG}?to=press")
    page.get_by_role("button", name="Next steps").click()
    copy = page.get_by_role("button", name=f"Copy: mailer proof {SLUG} --to press")
    copy.click()
    expect(page.locator("#toast")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"mailer proof {SLUG} --to press"
    expect(page.get_by_role("list").get_by_text("0 of 1 approval")).to_be_visible()


def test_a_finding_leads_to_its_item_in_the_preview(watched: Watched) -> None:
    page = watched.open(f"/issues/{SLUG}?to=everyone")
    mail = mail_in(page)
    expect(mail.get_by_role("heading", level=1)).to_be_visible()
    assert "`" not in "".join(page.locator(".finding").all_inner_texts()), "commands are set as code"
    link = page.locator("[data-jump]").first
    item = link.get_attribute("data-jump")
    heading = mail.locator(f"#{item}")
    versions = page.locator(".version").count()
    for number in range(1, versions + 1):
        if heading.count():
            break
        page.keyboard.press(str(number))
        page.wait_for_timeout(400)
    link.click()
    expect(heading).to_be_in_viewport()


def test_deadlines_show_who_owes_what_and_their_letters(watched: Watched) -> None:
    folder = watched.studio.root / "recipients" / "deadlines"
    words = (folder / f"{DEADLINE}.yaml").read_text(encoding="utf-8")
    words = words.replace(f"id: {DEADLINE}", "id: hostile")
    words = words.replace("  en: Contributions to the December issue", f'  en: "{HOSTILE_NAME}"', 1)
    file = folder / "hostile.yaml"
    page = watched.open("/deadlines?on=2017-01-24")
    expect(page.get_by_role("link", name="National report to COP12")).to_be_visible()
    expect(page.locator(".rung.today")).to_contain_text("due to")
    expect(page.locator(".named").first).to_contain_text("Kazakhstan")
    link = page.get_by_role("link", name=HOSTILE_NAME)
    try:
        file.write_text("due: [", encoding="utf-8")
        expect(page.locator(".finding.stop")).to_contain_text("recipients/deadlines/hostile.yaml")
        file.write_text(words, encoding="utf-8")
        expect(link).to_be_visible()
        link.click()
        expect(page.get_by_role("heading", level=1, name=HOSTILE_NAME)).to_be_visible()
        expect(mail_in(page).locator("body")).to_contain_text("onerror=")
        page.locator("body").press("d")
        expect(page.locator(".stage")).to_have_attribute(
            "data-shown", re.compile("^/letter/hostile/.*look=dark")
        )
        page.locator("body").press("t")
        expect(page.locator("pre.plain")).to_contain_text("onerror=")
        page.locator("body").press("2")
        expect(page.locator(".picker-name")).to_contain_text("Letter 2 of")
        expect(page.get_by_role("button", name="Copy: mailer deadlines proof hostile")).to_be_visible()
        assert page.locator("img[src='x']").count() == 0
        assert "owned" not in page.title()
    finally:
        file.unlink(missing_ok=True)


def test_an_issue_that_is_not_there_is_said(watched: Watched) -> None:
    page = watched.open("/issues/not-there")
    expect(page.get_by_text("There is no issue not-there")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("issues", "/"),
        ("issue", f"/issues/{SLUG}?to=everyone"),
        ("tray", "/tray"),
        ("sendings", "/sendings"),
        ("groups", "/groups"),
        ("deadlines", "/deadlines?on=2017-01-24"),
        ("letters", f"/deadlines/{DEADLINE}"),
    ],
)
def test_pages_fit_every_width_and_are_photographed(watched: Watched, name: str, path: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page = watched.open(path)
    expect(page.locator("h1").first).to_be_visible()
    if name == "tray":
        page.locator(".mail-row").first.click()
    if name == "deadlines":
        expect(page.locator(".standing[aria-busy=false]").first).to_be_visible()
        expect(page.locator(".standing[aria-busy=true]")).to_have_count(0)
    if name in ("issue", "tray", "letters"):
        expect(mail_in(page).get_by_role("heading", level=1)).to_be_visible()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=SHOTS / f"studio-{name}-{size['width']}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
