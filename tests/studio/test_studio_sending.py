"""A real sending in the studio: watched, loaded anew, held, let go on and ended from a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sending_office import HOSTILE, a_troubled_sending, the_sending
from studio_server import RunningStudio, start_studio, stop_studio

pytest.importorskip("playwright.sync_api")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect
from studio_browser import CHROMIUM, DESKTOP, PHONE, SHOTS, Watched, a_browser

from mailer.flow import ledger_of
from mailer.ledger import EventKind
from mailer.model.dispatch import DispatchState, State
from tests.flow.office import MailService, Office, a_mail_service, an_office, wait_for

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
TROUBLED = "a1b2c3d4"
READERS = 60


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with a_browser() as made:
        yield made


@pytest.fixture(scope="module")
def service() -> Iterator[MailService]:
    with a_mail_service() as made:
        yield made


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory, service: MailService) -> Office:
    """An office with a mail service that has one line."""
    office = an_office(tmp_path_factory.mktemp("sender") / "office", READERS)
    office.use_relay(service.port, connections=1)
    return office


@pytest.fixture(scope="module")
def studio(sender: Office) -> Iterator[RunningStudio]:
    running = start_studio(sender.root)
    yield running
    stop_studio(running)


@pytest.fixture
def watched(context: BrowserContext, studio: RunningStudio) -> Iterator[Watched]:
    made = Watched(context, studio)
    yield made
    made.close()


def taken_over(page: Page) -> int:
    words = page.locator(".now .count", has_text="taken over").locator("b")
    return int(words.inner_text()) if words.count() else 0


def faults(page: Page) -> list[str]:
    """What axe-core finds, each with the first place."""
    page.evaluate(Axe().axe_script)
    # Without preloading: that fetches style sheets, for which Quasar draws a line of its own.
    found = page.evaluate("axe.run({resultTypes: ['violations'], preload: false})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


def photograph(page: Page, name: str) -> None:
    page.evaluate("document.getElementById('content').scrollTo(0, 0)")
    expect(page.locator("#toast.shown")).to_have_count(0)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=SHOTS / f"studio-{name}-{size['width']}-{scheme}.png")
            if (size, scheme) in ((DESKTOP, "light"), (PHONE, "dark")):
                assert not faults(page), (size, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")


def test_a_sending_is_watched_held_let_go_on_and_finished_from_the_browser(
    watched: Watched, sender: Office, service: MailService
) -> None:
    # Three at once, then one a second: there is time to look, however busy the machine is.
    service.on_accepted = lambda count: setattr(service, "delay", 0 if count < 3 else 1.2)
    service.answers = {"reader3@example.org": f"550 5.1.1 no such user {HOSTILE}"}
    digest = sender.approved()
    started = sender.start(
        *("send", "test-issue", "--to", "everyone", "--relay", "office", "--yes", "--digest", digest)
    )
    dispatch_id = the_sending(sender, started)
    wait_for(lambda: len(service.accepted) >= 3)

    page = watched.open(f"/sendings/{dispatch_id}")
    state = page.locator(".now-state")
    expect(state).to_have_text("Under way")
    expect(page.locator(".now-facts")).to_contain_text(re.compile(r"Sent by\s*process \d+"))
    expect(page.locator(".now-facts")).to_contain_text("Limited by")
    before = taken_over(page)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", re.compile(r"\d+"))
    page.reload()
    expect(state).to_have_text("Under way")
    wait_for(lambda: taken_over(page) > before)

    other = Watched(watched.context, watched.studio)
    second = other.open(f"/sendings/{dispatch_id}")
    expect(second.locator(".now-state")).to_have_text("Under way")
    photograph(page, "sending")

    page.get_by_role("button", name="Pause …").click()
    dialog = page.get_by_role("dialog", name="Pause this sending")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Pause it").click()
    expect(dialog.get_by_role("alert")).to_have_text("Say why: it is kept in the send record.")
    dialog.get_by_role("textbox").fill(f"wrong date {HOSTILE}")
    assert not faults(page)
    dialog.get_by_role("button", name="Pause it").click()
    expect(dialog).to_be_hidden()
    for each in (page, second):
        expect(each.locator(".now-state")).to_have_text("Paused")
        expect(each.locator(".now .notice")).to_contain_text(f"wrong date {HOSTILE}")
    other.close()
    started.wait(timeout=30)
    with ledger_of(sender.workspace) as ledger:
        assert ledger.find_dispatch(dispatch_id).state is DispatchState.PAUSED
        (event,) = [one for one in ledger.events(dispatch_id) if one.kind is EventKind.PAUSED]
        assert event.by
        assert HOSTILE in event.why
        wait_for(lambda: not [one for one in ledger.workers(dispatch_id) if one.is_alive])
    held = len(service.accepted)
    assert held < READERS - 1

    page.get_by_role("button", name="Go on").click()
    expect(state).to_have_text("Under way")
    wait_for(lambda: len(service.accepted) > held)
    service.on_accepted = lambda _count: None
    service.delay = 0
    expect(state).to_have_text("Finished", timeout=60_000)
    expect(page.locator(".now-percent")).to_have_text("100 %")
    expect(page.locator(".now-facts")).to_contain_text("Ended")
    assert not page.get_by_role("button", name="Pause …").is_visible()
    assert not page.get_by_role("button", name="Go on").is_visible()
    expect(page.locator(".reason.bad")).to_contain_text("There is no such mailbox.")
    page.get_by_text("Who, and the answer as it came").first.click()
    expect(page.locator(".answers")).to_contain_text(HOSTILE)
    expect(page.locator(".tally", has_text="By domain")).to_contain_text("example.org")
    assert taken_over(page) == READERS - 1
    assert set(service.recipients.values()) == {1}
    assert len(service.accepted) == READERS - 1
    assert "owned" not in page.title()


def test_what_is_left_is_cancelled_only_after_a_second_question(watched: Watched, sender: Office) -> None:
    a_troubled_sending(sender, "cafe0001")
    page = watched.open("/sendings/cafe0001")
    expect(page.locator(".now-state")).to_have_text("Paused")
    page.get_by_role("button", name="Cancel what is left …").click()
    dialog = page.get_by_role("dialog", name="Cancel what is left")
    expect(dialog).to_contain_text("This cannot be taken back")
    dialog.get_by_role("button", name="Leave it as it is").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".now-state")).to_have_text("Paused")
    page.get_by_role("button", name="Cancel what is left …").click()
    dialog.get_by_role("textbox").fill("the meeting is off")
    dialog.get_by_role("button", name="Cancel what is left").click()
    expect(page.locator(".now-state")).to_have_text("Cancelled")
    expect(page.locator(".now .notice")).to_contain_text("the meeting is off")
    expect(page.get_by_role("button", name="Go on")).to_be_hidden()
    with ledger_of(sender.workspace) as ledger:
        assert ledger.progress("cafe0001").counts.get(State.CANCELLED) == 10


def test_a_paused_sending_says_why_not_what_is_in_doubt_and_to_whom(watched: Watched, sender: Office) -> None:
    a_troubled_sending(sender, TROUBLED)
    page = watched.open("/sendings")
    page.get_by_role("row", name=re.compile(TROUBLED)).get_by_role("link").click()
    expect(page.locator(".now-state")).to_have_text("Paused")
    expect(page.locator(".now .notice")).to_contain_text(HOSTILE)
    expect(page.locator(".reason.bad").first).to_contain_text("3 refused")
    doubts = page.locator(".reason.doubt")
    expect(doubts).to_have_count(2)
    expect(doubts.first).to_contain_text("The link was lost")
    command = f"mailer settle {TROUBLED} 'o'\"'\"'neil&sons@example.org' --resend"
    copy = page.get_by_role("button", name=f"Copy: {command}")
    copy.click()
    assert page.evaluate("navigator.clipboard.readText()") == command
    for title, row in (
        ("By country", "Kazakhstan"),
        ("By language", "Russian"),
        ("By domain", "example.com"),
    ):
        expect(page.locator(".tally", has_text=title)).to_contain_text(row)
    expect(page.locator("table.mails")).to_contain_text(HOSTILE)
    page.get_by_role("button", name=re.compile("^in doubt 2")).click()
    expect(page.locator("table.mails tbody tr")).to_have_count(2)
    words = set(page.locator("body").inner_text().lower().replace(".", " ").split())
    assert not {"claimed", "handed", "settled", "delivered", "deferred"} & words
    photograph(page, "sending-paused")


def test_letting_go_on_what_cannot_go_on_says_why_and_changes_nothing(
    watched: Watched, sender: Office, service: MailService
) -> None:
    a_troubled_sending(sender, "cafe0002")
    page = watched.open("/sendings/cafe0002")
    page.get_by_role("button", name="Go on").click()
    # Its proof was never frozen here.
    expect(page.get_by_role("alert").filter(has_text="is not a proof that is kept here")).to_be_visible()
    expect(page.locator(".now-state")).to_have_text("Paused")
    with ledger_of(sender.workspace) as ledger:
        assert ledger.find_dispatch("cafe0002").state is DispatchState.PAUSED


def test_a_sending_that_is_not_there_is_said(watched: Watched) -> None:
    page = watched.open("/sendings/nowhere")
    expect(page.get_by_text("This sending is not in the send record")).to_be_visible()


def test_screens_are_kept(tmp_path: Path) -> None:
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            assert (SHOTS / f"studio-sending-{width}-{scheme}.png").is_file()
