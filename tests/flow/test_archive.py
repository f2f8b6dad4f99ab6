"""The archive on the web: what everybody finds, that nobody's name is in it, and that old pages stay right."""

from __future__ import annotations

import csv
import re
import shutil
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import feedparser
import lxml.html
import pytest
from icalendar import Calendar
from lxml import etree

from mailer.config import Workspace, open_workspace
from mailer.content import read_issue
from mailer.errors import MailerError, ProblemsError
from mailer.flow import archive_files
from mailer.flow.archive import ArchiveBuilt, build_archive
from mailer.flow.archive_editions import archive_words
from mailer.flow.compose import compose_issue
from mailer.flow.prove import draft_proof
from mailer.flow.starter import make_workspace
from mailer.model.proof import Proof
from mailer.proof import difference, what_changed
from mailer.proof.changed import changed_words
from tests.flow.office import Office

SAMPLE, SAMPLE_ID = "2016-12-cami", "cami-newsletter-2016-12"
ARABIC = Path(__file__).parents[1] / "data" / "issues" / "steppe-news-ar"
ATOM = "{http://www.w3.org/2005/Atom}"
SMALL = """\
id: small-issue
series: Small News
date: 2017-02-01
subject: A subject
preheader: A line below it
items:
  - {id: opening, kind: announcement, title: Hello, body: "{{salutation}}, news from {{country|your country}}."}
  - {id: heading, kind: heading, title: For some}
  - {id: some, kind: article, title: For the press, show_to: press, expires: 2017-02-02,
     body: "### Words\\n\\nA briefing."}
  - id: worded
    kind: article
    title: Own title
    body: Own words.
    lead_for: press
    wording:
      - {for: press, title: For the press only}
      - {title: General title}
  - {id: secret, kind: event, title: A closed meeting, start: 2017-03-01, archive: no}
  - {id: plain-event, kind: event, title: An open meeting, start: 2017-03-02, calendar: none}
  - {id: grants, kind: call, title: Grants, closes: 2017-03-15, apply: {url: "https://example.org/a", text: Apply},
     conditions: "### One page\\n\\nNo more."}
"""
RUSSIAN = "language: ru\nitems:\n  opening: {title: Здравствуйте, body: Слова.}\n"
ERRATUM = """\
name: erratum-1
date: 2017-02-03
words:
  en: {title: "It was in May", text: "We wrote **March**."}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample issue in three languages, an Arabic one and a small one."""
    root = tmp_path_factory.mktemp("archive") / "office"
    make_workspace(root, sample=True)
    shutil.copytree(ARABIC, root / "issues" / "steppe-news-ar")
    (root / "issues" / "small").mkdir()
    (root / "issues" / "small" / "issue.yaml").write_text(SMALL, encoding="utf-8")
    (root / "issues" / "small" / "issue.ru.yaml").write_text(RUSSIAN, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def site(made: Path) -> Path:
    """All of it, built."""
    out = made.parent / "site"
    build_archive(open_workspace(made), [SAMPLE, "steppe-news-ar", "small"], out)
    return out


@pytest.fixture
def small(made: Path, tmp_path: Path) -> Workspace:
    """The workspace with the small issue alone, to be changed."""
    root = tmp_path / "office"
    ignored = shutil.ignore_patterns(SAMPLE, "steppe-news-ar", "build", ".mailer")
    return open_workspace(shutil.copytree(made, root, ignore=ignored))


def built(workspace: Workspace, *slugs: str) -> ArchiveBuilt:
    return build_archive(workspace, slugs or ("small",))


def changed(workspace: Workspace, old: str, new: str) -> None:
    path = workspace.issues / "small" / "issue.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def page(folder: Path, name: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring((folder / name).read_bytes())


def words_of(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_address_that_is_not_a_link_elsewhere_is_a_file_of_the_site(site: Path) -> None:
    for path in pages(site):
        document = page(site, str(path.relative_to(site)))
        for element, name, address, _ in document.iterlinks():
            parts = urlsplit(address)
            if element.tag == "a" and parts.scheme in ("https", "http", "mailto", "tel"):
                continue
            assert not parts.scheme
            assert not parts.netloc, (path, name, address)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path, address)
            assert target.is_relative_to(site)
            if parts.fragment and not parts.path:
                assert document.get_element_by_id(parts.fragment) is not None


def test_pages_are_whole_and_carry_no_script_and_nothing_from_elsewhere(site: Path) -> None:
    for path in pages(site):
        text = path.read_text(encoding="utf-8")
        document = page(site, str(path.relative_to(site)))
        assert text.startswith("<!DOCTYPE html>")
        assert not document.xpath("//script|//iframe|//object|//form|//base|//@style")
        assert not re.search(r"url\(|@import|%%slot|slot\.invalid|\{\{", text)
        ids = document.xpath("//@id")
        assert len(ids) == len(set(ids))
        for once in ("main", "h1", "title", "header[not(ancestor::main)]", "footer"):
            assert len(document.xpath(f"//{once}")) == 1, (path, once)
        for image in document.xpath("//img"):
            assert {"alt", "width", "height"} <= set(image.attrib)
        levels = [int(each.tag[1]) for each in document.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert all(after <= before + 1 for before, after in pairwise(levels)), path
        as_xml = re.sub(
            r"<(meta|link|img|br|hr)\b([^<>]*?)\s*/?>", r"<\1\2/>", text.replace("&nbsp;", "&#160;")
        )
        etree.fromstring(as_xml.partition("\n")[2].encode())  # every element is closed, in its order


def test_a_page_names_its_language_and_leads_to_the_same_issue_in_the_others(site: Path) -> None:
    document = page(site, f"{SAMPLE_ID}/ru/index.html")
    assert document.get("lang") == "ru"
    links = {each.get("hreflang"): each.get("href") for each in document.xpath("//ul[@class='languages']//a")}
    assert links == {"en": "../en/index.html", "fr": "../fr/index.html"}
    alternates = document.xpath("//link[@rel='alternate'][@hreflang]/@hreflang")
    assert alternates == ["en", "fr", "ru"]
    assert page(site, "steppe-news-ar-2017-03/ar/index.html").get("dir") == "rtl"


def test_what_is_not_translated_stands_in_another_language_and_says_so(site: Path) -> None:
    document = page(site, f"{SAMPLE_ID}/fr/index.html")
    item = document.get_element_by_id("item-iucn-ecaro")
    assert item.getparent().get("lang") == "en"
    assert "anglais" in words_of(item.getparent().getparent())
    assert (site / "small-issue" / "ru").is_dir()


def test_everybody_finds_all_items_in_their_order_and_the_general_wording(site: Path) -> None:
    document = page(site, "small-issue/en/index.html")
    shown = [each.removeprefix("item-") for each in document.xpath("//main//*[starts-with(@id,'item-')]/@id")]
    assert shown == ["opening", "heading", "some", "worded", "plain-event", "grants"]
    said = words_of(document.get_element_by_id("content"))
    assert "General title" in said
    assert "Dear colleague, news from your country." in said
    for words in ("Own title", "For the press only", "closed meeting"):
        assert words not in said
    call = words_of(document.get_element_by_id("item-grants"))
    assert call.startswith(
        "Open call Grants Closing date: 15 March 2017 Apply: Apply Conditions One page No more."
    )


def test_headings_go_down_below_a_heading_over_items(site: Path) -> None:
    document = page(site, "small-issue/en/index.html")
    tags = {
        words_of(each): each.tag for each in document.xpath("//main//h2|//main//h3|//main//h4|//main//h5")
    }
    assert (tags["For some"], tags["For the press"], tags["Words"]) == ("h2", "h3", "h4")
    assert (tags["Grants"], tags["Conditions"], tags["One page"]) == ("h3", "h4", "h5")
    assert tags["Hello"] == "h2"


def test_an_item_that_is_kept_out_is_nowhere_and_its_calendar_file_is_not_either(site: Path) -> None:
    everything = b"".join(
        content for name, content in tree(site).items() if "small" in name or "/" not in name
    )
    assert b"closed meeting" not in everything
    assert b"secret" not in everything
    assert not list((site / "small-issue").rglob("*.ics"))


def test_calendar_files_are_in_the_language_of_the_page_and_are_linked_to(site: Path) -> None:
    for language, words in (("en", "CMS Conference"), ("ru", "Конференция")):
        folder = site / SAMPLE_ID / language
        (entry,) = Calendar.from_ical((folder / "calendar/save-the-date-cop12.ics").read_bytes()).walk(
            "VEVENT"
        )
        assert words.casefold() in str(entry["summary"]).casefold()
        item = page(site, f"{SAMPLE_ID}/{language}/index.html").get_element_by_id("item-save-the-date-cop12")
        assert "calendar/save-the-date-cop12.ics" in item.xpath(".//a/@href")


def test_the_page_says_all_that_the_issue_says(site: Path, made: Path) -> None:
    for language in ("en", "ru", "fr"):
        text = (site / SAMPLE_ID / language / "message.txt").read_text(encoding="utf-8")
        shown = words_of(page(site, f"{SAMPLE_ID}/{language}/index.html").get_element_by_id("content"))
        known = set(re.findall(r"\w{4,}", shown.casefold()))
        alts = page(site, f"{SAMPLE_ID}/{language}/index.html").xpath("//img/@alt")
        known |= set(re.findall(r"\w{4,}", " ".join(alts).casefold()))
        for item in read_issue(made / "issues" / SAMPLE, made).issue.items if language == "en" else ():
            for word in re.findall(r"\w{4,}", re.sub(r"\{\{.*?\}\}|https?://\S+", "", item.body).casefold()):
                assert word in known, (item.id, word)
        body = text.partition("\n----")[2].rpartition("-" * 72)[0]
        body = re.sub(r"<[^<>]*>|\[[^\]]*\]", "", body)
        strange = {word for word in re.findall(r"\w{4,}", body.casefold()) if word not in known}
        assert len(strange) < 15, strange  # labels that only one of the two has


def test_nothing_in_it_is_personal(site: Path, made: Path) -> None:
    with (made / "recipients" / "contacts.csv").open(encoding="utf-8", newline="") as file:
        addresses = {cell for row in csv.reader(file) for cell in row if "@" in cell}
    assert len(addresses) > 20
    everything = b"\n".join(tree(site).values()).decode("utf-8", "replace")
    found = {each for each in addresses if each in everything}
    assert not found
    assert "unsubscribe" not in everything.casefold()
    assert "receive this newsletter" not in everything


def test_feeds_are_whole_and_their_ids_are_for_ever(site: Path) -> None:
    for language in ("ar", "en", "fr", "ru"):
        root = etree.parse(site / f"feed.{language}.xml").getroot()
        assert root.tag == f"{ATOM}feed"
        entries = root.findall(f"{ATOM}entry")
        assert entries
        for each in (root, *entries):  # RFC 4287, 4.1.1 and 4.1.2
            for name in ("id", "title", "updated"):
                assert len(each.findall(f"{ATOM}{name}")) == 1
                assert each.findtext(f"{ATOM}{name}")
            assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", each.findtext(f"{ATOM}id") or "")
            alternates = [link for link in each.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
            assert len(alternates) == 1
            assert (site / (alternates[0].get("href") or "")).is_file()
        assert root.findtext(f"{ATOM}author/{ATOM}name")
        ids = [each.findtext(f"{ATOM}id") for each in (root, *entries)]
        assert len(ids) == len(set(ids))
        read = feedparser.parse((site / f"feed.{language}.xml").read_bytes())
        assert not read.bozo
        assert [each.updated for each in read.entries] == sorted(
            (each.updated for each in read.entries), reverse=True
        )
        assert read.feed.language == language
    assert len(feedparser.parse((site / "feed.en.xml").read_bytes()).entries) == 2


def test_where_it_is_on_the_web_is_said_in_the_feed_and_nowhere_else(small: Workspace) -> None:
    settings = small.root / "mailer.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace('public = "none"', 'public = "static"\npublic_url = "https://news.example.org/"'),
        encoding="utf-8",
    )
    folder = built(open_workspace(small.root)).folder
    read = feedparser.parse((folder / "feed.en.xml").read_bytes())
    assert {link.rel: link.href for link in read.feed.links} == {
        "alternate": "https://news.example.org/archive/index.en.html",
        "self": "https://news.example.org/archive/feed.en.xml",
    }
    assert read.entries[0].link == "https://news.example.org/archive/small-issue/en/index.html"
    assert b"news.example.org" not in b"".join(path.read_bytes() for path in pages(folder))


def test_the_index_names_every_issue_by_year_in_whatever_language_it_has(site: Path) -> None:
    document = page(site, "index.ru.html")
    assert [words_of(each) for each in document.xpath("//section/h2")] == ["2017", "2016"]
    titles = {each.get("href"): each.get("lang") for each in document.xpath("//h3/a")}
    assert titles == {
        "steppe-news-ar-2017-03/ar/index.html": "ar",
        "small-issue/ru/index.html": None,
        f"{SAMPLE_ID}/ru/index.html": None,
    }
    assert (site / "index.html").read_bytes() == (site / "index.en.html").read_bytes()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Anchorage"])
def test_the_same_issues_give_the_same_bytes_anywhere_and_in_whatever_order(
    site: Path, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    other = tmp_path / "elsewhere"
    ignored = shutil.ignore_patterns("build", ".mailer")
    shutil.copytree(made, other, ignore=ignored)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    listing = Path.iterdir, Path.glob
    monkeypatch.setattr(Path, "iterdir", lambda self: sorted(listing[0](self), reverse=True))
    monkeypatch.setattr(Path, "glob", lambda self, pattern: sorted(listing[1](self, pattern), reverse=True))
    try:
        for slug in ("steppe-news-ar", SAMPLE, "small"):
            build_archive(open_workspace(other), [slug], tmp_path / "site")
    finally:
        monkeypatch.undo()
        time.tzset()
    ours, theirs = tree(site), tree(tmp_path / "site")
    assert ours.keys() == theirs.keys()
    for name, content in ours.items():
        assert content == theirs[name], name


def test_building_again_writes_nothing(small: Workspace) -> None:
    first = built(small)
    before = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    again = built(small)
    assert (again.written, again.removed, again.left) == (0, (), ())
    assert before == {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}


def test_another_issue_leaves_the_pages_before_as_they_were(small: Workspace) -> None:
    before = tree(built(small).folder)
    shutil.copytree(small.issues / "small", small.issues / "next")
    text = (small.issues / "next" / "issue.yaml").read_text(encoding="utf-8")
    text = text.replace("small-issue", "next-issue").replace("2017-02-01", "2018-02-01")
    (small.issues / "next" / "issue.yaml").write_text(text, encoding="utf-8")
    shutil.rmtree(small.issues / "small")
    now = built(small, "next")
    after = tree(now.folder)
    assert now.others == ("small-issue",)
    assert all(after[name] == content for name, content in before.items() if name.startswith("small-issue"))
    years = [words_of(each) for each in page(now.folder, "index.html").xpath("//section/h2")]
    assert years == ["2018", "2017"]
    assert len(feedparser.parse(after["feed.en.xml"]).entries) == 2


def test_what_is_gone_goes_and_what_somebody_else_wrote_stays(small: Workspace) -> None:
    folder = built(small).folder
    (folder / "robots.txt").write_text("User-agent: *\n", encoding="utf-8")
    (folder / "small-issue" / "ru" / "notes.html").write_text("mine", encoding="utf-8")
    mended = folder / "small-issue" / "ru" / "message.txt"
    mended.write_text("mended by hand", encoding="utf-8")
    (small.issues / "small" / "issue.ru.yaml").unlink()
    now = built(small)
    assert now.removed == ("feed.ru.xml", "index.ru.html", "small-issue/ru/index.html")
    assert now.left == ("small-issue/ru/message.txt",)
    assert mended.read_text(encoding="utf-8") == "mended by hand"
    assert (folder / "robots.txt").exists()
    assert (folder / "small-issue" / "ru" / "notes.html").exists()


def test_a_page_that_is_not_the_archives_is_never_overwritten(small: Workspace) -> None:
    folder = small.build / "archive"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("the office's own home page", encoding="utf-8")
    with pytest.raises(ProblemsError, match="not the archive's"):
        built(small)
    assert set(tree(folder)) == {"index.html"}


def test_a_page_that_somebody_has_changed_is_not_overwritten(small: Workspace) -> None:
    folder = built(small).folder
    mended = folder / "small-issue" / "en" / "index.html"
    mended.write_text("mended by hand", encoding="utf-8")
    before = tree(folder)
    with pytest.raises(ProblemsError, match="was changed by somebody") as caught:
        built(small)
    assert caught.value.problems[0].file == str(mended)
    assert tree(folder) == before
    mended.unlink()
    assert built(small).written == 1


def test_a_building_that_was_cut_off_goes_on_with_other_words(
    small: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = built(small).folder
    changed(small, "title: Hello,", "title: Good day,")
    writing = archive_files.write_atomically

    def cut_off(path: Path, content: bytes) -> None:
        if path.name == "message.txt":
            raise OSError("the lights went out")
        writing(path, content)

    monkeypatch.setattr(archive_files, "write_atomically", cut_off)
    with pytest.raises(OSError, match="lights"):
        built(small)
    monkeypatch.undo()
    changed(small, "title: Good day,", "title: Good morning,")
    built(small)
    assert b"Good morning" in (folder / "small-issue" / "en" / "index.html").read_bytes()
    assert (built(small).written, archive_files.read_archive(folder).under_way) == (0, {})


def test_removing_follows_no_folder_that_leads_elsewhere(small: Workspace) -> None:
    folder = built(small).folder
    elsewhere = small.root / "elsewhere"
    (folder / "small-issue" / "ru").rename(elsewhere)
    (folder / "small-issue" / "ru").symlink_to(elsewhere)
    (small.issues / "small" / "issue.ru.yaml").unlink()
    assert built(small).left == ("small-issue/ru/index.html", "small-issue/ru/message.txt")
    assert len(list(elsewhere.iterdir())) == 2


def test_the_list_of_files_cannot_be_made_to_reach_out_of_the_folder(small: Workspace) -> None:
    folder = built(small).folder
    outside = folder.parent / "precious.txt"
    outside.write_text("precious", encoding="utf-8")
    listing = folder / "archive.json"
    for damaged in ('{"files": {"../precious.txt": "' + "0" * 64 + '"}}', "{", '{"format": 2}', "[]"):
        listing.write_text(damaged, encoding="utf-8")
        with pytest.raises(MailerError, match=r"archive\.json"):
            built(small)
    assert outside.exists()
    listing.unlink()
    shutil.rmtree(folder / "small-issue")
    (folder / "small-issue").symlink_to(folder.parent)
    with pytest.raises(ProblemsError, match="leads out"):
        built(small)


def test_a_correction_marks_the_pages_the_index_and_the_feed(small: Workspace) -> None:
    before = feedparser.parse((built(small).folder / "feed.en.xml").read_bytes())
    (small.issues / "small" / "erratum.yaml").write_text(ERRATUM, encoding="utf-8")
    now = built(small)
    assert str(now.built[0].corrected) == "2017-02-03"
    document = page(now.folder, "small-issue/en/index.html")
    (box,) = document.xpath("//main/div[@class='corrected']")
    assert words_of(box) == "Correction It was in May We wrote March. Corrected on 3 February 2017"
    assert box.getparent()[0] is box
    (in_russian,) = page(now.folder, "small-issue/ru/index.html").xpath("//div[@class='corrected']")
    assert in_russian.xpath(".//*[@lang='en']")
    assert "3 февраля 2017" in words_of(in_russian)
    assert "Corrected on 3 February 2017" in words_of(page(now.folder, "index.html"))
    after = feedparser.parse((now.folder / "feed.en.xml").read_bytes())
    assert (before.entries[0].updated, after.entries[0].updated) == (
        "2017-02-01T00:00:00Z",
        "2017-02-03T00:00:00Z",
    )
    assert after.entries[0].id == before.entries[0].id
    assert after.entries[0].summary == "Correction: It was in May – A line below it"


def test_a_correction_that_was_put_away_stays_on_the_page_below_the_newer_one(small: Workspace) -> None:
    folder = small.issues / "small"
    (folder / "erratum-1.yaml").write_text(ERRATUM, encoding="utf-8")
    newer = ERRATUM.replace("erratum-1", "erratum-2").replace("02-03", "02-07").replace("May", "June")
    (folder / "erratum.yaml").write_text(newer, encoding="utf-8")
    document = page(built(small).folder, "small-issue/en/index.html")
    (box,) = document.xpath("//main/div[@class='corrected']")
    assert [words_of(each) for each in box.xpath(".//h2")] == ["It was in June", "It was in May"]
    assert "7 February 2017" in words_of(box)


@pytest.mark.parametrize("line", ["items: [secret]\n", "items: [opening, secret]\n", "archive: no\n"])
def test_an_erratum_about_what_is_kept_out_is_kept_out_too(small: Workspace, line: str) -> None:
    before = tree(built(small).folder)
    (small.issues / "small" / "erratum.yaml").write_text(ERRATUM + line, encoding="utf-8")
    now = built(small)
    assert (now.written, now.built[0].corrected, now.built[0].loose_errata) == (0, None, ())
    assert tree(now.folder) == before
    changed(small, ", archive: no", "")
    assert bool(built(small).built[0].corrected) == ("archive" not in line)


def test_an_erratum_that_may_be_about_what_is_kept_out_is_named(small: Workspace) -> None:
    path = small.issues / "small" / "erratum.yaml"
    path.write_text(ERRATUM, encoding="utf-8")
    printed = " ".join(Office(small).run("build", "small", "--archive").split())
    assert "Everybody reads the words of erratum-1, though items are kept out." in printed
    path.write_text(ERRATUM + "items: [opening]\n", encoding="utf-8")
    assert "erratum-1" not in Office(small).run("build", "small", "--archive")
    path.write_text(ERRATUM + "items: [openin]\n", encoding="utf-8")
    with pytest.raises(ProblemsError, match='no item "openin"') as caught:
        built(small)
    assert (caught.value.problems[0].line, caught.value.problems[0].hint) == (5, 'Did you mean "opening"?')


def test_overrides_in_a_title_turn_nothing_and_titles_stand_by_themselves(small: Workspace) -> None:
    changed(small, "title: Grants,", 'title: "\u202estnarG مهلة",')
    folder = built(small).folder
    document = page(folder, "small-issue/en/index.html")
    assert "\u202e" not in (folder / "small-issue" / "en" / "index.html").read_text(encoding="utf-8")
    (listed,) = document.xpath("//nav[@class='contents']//a[@href='#item-grants']/bdi")
    assert listed.text == "stnarG مهلة"


def test_a_correction_without_a_day_is_asked_for_one(small: Workspace) -> None:
    path = small.issues / "small" / "erratum.yaml"
    path.write_text(ERRATUM.replace("date: 2017-02-03\n", ""), encoding="utf-8")
    with pytest.raises(ProblemsError, match="has no day") as caught:
        built(small)
    assert caught.value.problems[0].file == "issues/small/erratum.yaml"
    assert not (small.build / "archive").exists()


def test_what_nobody_has_decided_is_not_published_in_any_language(small: Workspace) -> None:
    folder = small.issues / "small"
    changed(small, "preheader: A line below it", "preheader: A line {~~below~>above~~} it")
    changed(small, "title: Own title", "title: 'Own title{>>Clara: Is that so?<<}'")
    russian = RUSSIAN.replace("Слова.", "'Слова{++ и дела++}.'")
    (folder / "issue.ru.yaml").write_text(russian, encoding="utf-8")
    erratum = ERRATUM.replace("**March**", "{--March--}")
    (folder / "erratum-1.yaml").write_text(erratum, encoding="utf-8")
    newer = ERRATUM.replace("erratum-1", "erratum-2") + "  ru: {title: Май, text: 'Был{==о==} {++март++}.'}\n"
    (folder / "erratum.yaml").write_text(newer, encoding="utf-8")
    with pytest.raises(ProblemsError, match="Is that so") as caught:
        built(small)
    issue, other = "issues/small/issue.yaml", "issues/small/issue.ru.yaml"
    assert [(each.file, each.line, each.item, each.field) for each in caught.value.problems] == [
        (issue, 5, "", "preheader"),
        ("issues/small/erratum-1.yaml", 4, "erratum-1", "body"),
        (issue, 13, "worded", "title"),
        ("issues/small/erratum.yaml", 5, "erratum-2", "body"),
        ("issues/small/erratum.yaml", 5, "erratum-2", "body"),
        (other, 3, "opening", "body"),
    ]
    assert all(each.rule == "text.undecided" and "marks" in each.hint for each in caught.value.problems)
    assert not (small.build / "archive").exists()


def test_pages_for_the_web_site_wait_for_decisions_and_looking_does_not(small: Workspace) -> None:
    changed(small, "title: Own title", "title: 'Own title{>>Clara: Is that so?<<}'")
    refused = Office(small).run("build", "small", "--public", code=1)
    assert "issues/small/issue.yaml:13" in refused
    assert "Clara: Is that so?" in refused
    assert not (small.build / "public").exists()
    Office(small).run("build", "small")
    assert list((small.build / "small").rglob("index.html"))


def test_what_is_kept_out_and_what_only_looks_undecided_holds_nothing_up(small: Workspace) -> None:
    changed(small, "title: A closed meeting", "title: 'A meeting{>>Clara: Closed?<<}'")
    changed(small, "body: Own words.", "body: '`{++i++}`, and \\{--so--}.'")
    assert built(small).built[0].languages == ("en", "ru")


def test_an_issue_of_which_all_is_kept_out_is_taken_out(small: Workspace) -> None:
    folder = built(small).folder
    path = small.issues / "small" / "issue.yaml"
    text = re.sub(r"kind: (\w+),", r"kind: \1, archive: no,", path.read_text(encoding="utf-8"))
    text = text.replace(", archive: no}", "}").replace(
        "    kind: article\n", "    kind: article\n    archive: no\n"
    )
    path.write_text(text, encoding="utf-8")
    now = built(small)
    assert now.built[0].languages == ()
    assert set(tree(folder)) == {"archive.json"}


def test_without_a_name_only_what_was_sent_is_archived_and_what_is_there_stays(small: Workspace) -> None:
    with pytest.raises(MailerError, match="No issue has been sent yet"):
        build_archive(small)
    built(small)
    again = build_archive(small)
    assert [(one.slug, one.sent.was_sent) for one in again.built] == [("small", False)]


def test_two_issues_with_one_id_do_not_share_their_pages(small: Workspace) -> None:
    built(small)
    shutil.copytree(small.issues / "small", small.issues / "copy")
    with pytest.raises(ProblemsError, match="under which the archive has"):
        built(small, "copy")


def test_a_template_without_pages_says_where_to_get_them(small: Workspace) -> None:
    shutil.rmtree(small.templates / "newsletter" / "web")
    for path in (small.templates / "newsletter").glob("strings.*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^archive\..*\n", "", text), encoding="utf-8")
    with pytest.raises(MailerError, match="has no web/page") as caught:
        built(small)
    assert "templates/newsletter" in caught.value.hint


def test_a_template_replaces_a_block_of_the_page_and_leaves_the_rest(small: Workspace) -> None:
    own = small.templates / "own"
    (own / "web").mkdir(parents=True)
    (own / "template.yaml").write_text("base: newsletter\n", encoding="utf-8")
    (own / "web" / "page.html.j2").write_text(
        '{% extends "newsletter/web/page.html.j2" %}{% block footer %}<footer>{{ office.name }}, {{ day }}</footer>'
        "{% endblock %}",
        encoding="utf-8",
    )
    changed(small, "series: Small News", "series: Small News\ntemplate: own\ntheme: glacier")
    document = page(built(small).folder, "small-issue/en/index.html")
    assert words_of(document.xpath("//footer")[0]).endswith(", 2017-02-01")
    assert document.get_element_by_id("item-grants") is not None
    assert "#1f3f63" in document.xpath("//style")[0].text


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<img src="https://elsewhere.example.org/a.png" alt="">',
        '<p onclick="x">a</p>',
        '<link rel="stylesheet" href="../../style.css">',
        "<style>p { background: url(https://elsewhere.example.org/a.png) }</style>",
        '<a href="javascript:x">a</a>',
        '<a href="//elsewhere.example.org/">a</a>',
    ],
)
def test_a_template_cannot_make_a_page_run_or_load_anything(small: Workspace, bad: str) -> None:
    path = small.templates / "newsletter" / "web" / "page.html.j2"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</body>", f"{bad}</body>"), encoding="utf-8")
    with pytest.raises(MailerError, match="no page of the archive may have"):
        built(small)
    assert not (small.build / "archive").exists()


def test_the_command_says_what_was_built_and_whether_it_was_sent(small: Workspace) -> None:
    office = Office(small)
    printed = office.run("build", "small", "--archive")
    assert re.search(r"small\s+en, ru\s+not sent yet; without secret", printed)
    assert "1 issue in build/archive" in printed
    assert 'Everybody finds there what only some get: "For the press".' in printed
    assert "for everybody" in office.run("build", "small", "--archive", "--to", "everyone", code=2)
    assert "Say which issue" in office.run("build", code=2)


def test_it_is_said_before_the_approval_what_everybody_will_find(small: Workspace) -> None:
    file = read_issue(small.issues / "small", small.root)
    assert archive_words(small, file) == (
        'Archive: all items but "A closed meeting", in English and Russian. '
        'Everybody finds there what only some get: "For the press".'
    )
    changed(small, ", archive: no", "")
    assert archive_words(small, read_issue(small.issues / "small", small.root)) == ""


def test_what_is_kept_out_is_approved_and_changing_it_voids_the_approval(small: Workspace) -> None:
    def proof() -> Proof:
        return draft_proof(
            small, compose_issue(small, "small", ("everyone",), secret=b"", with_findings=False)
        )

    before = proof()
    assert before.kept_out == ("secret",)
    printed = Office(small).run("proof", "small", "--to", "everyone", "--no-screenshots")
    assert 'Archive: all items but "A closed meeting", in English and Russian.' in printed
    (shown,) = page(small.build / "small" / "proof", "index.html").xpath(
        "//dt[.='Archive']/following-sibling::dd"
    )
    assert words_of(shown).startswith('All items but "A closed meeting"')
    changed(small, "title: Hello,", "title: Hello, archive: no,")
    after = proof()
    assert what_changed(before, after) == what_changed(after, before) == ("archive",)
    assert changed_words(what_changed(before, after)) == ("what the archive leaves out",)
    assert difference(before, after).others == ("Kept out of the archive: now also opening.",)
    changed(small, ", archive: no", "")
    nothing = proof()
    assert "archive" not in nothing.parts
    assert what_changed(before, nothing) == ("archive",)


CHROMIUM = Path("/usr/bin/chromium")
SEEN = (
    (f"{SAMPLE_ID}/en/index.html", "dark", 390),
    ("steppe-news-ar-2017-03/ar/index.html", "light", 1200),
    ("index.ru.html", "dark", 1200),
    ("small-issue/ru/index.html", "light", 390),
)
MORE = tuple(
    (name, mode, width)
    for name in (f"{SAMPLE_ID}/fr/index.html", "steppe-news-ar-2017-03/ar/index.html", "index.en.html")
    for mode in ("light", "dark")
    for width in (320, 1200)
)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    playwright_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium")
    with playwright_api.sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])


@pytest.mark.parametrize(
    ("name", "mode", "width"), [*SEEN, *(pytest.param(*case, marks=pytest.mark.slow) for case in MORE)]
)
def test_a_browser_finds_no_fault_and_asks_for_nothing_from_elsewhere(
    site: Path, browser: object, name: str, mode: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=mode, viewport={"width": width, "height": 900})  # type: ignore[attr-defined]
    asked: list[str] = []
    try:
        shown = context.new_page()
        shown.on("request", lambda request: asked.append(request.url))
        shown.goto((site / name).as_uri())
        assert Axe().run(shown).violations_count == 0
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        home = site.as_uri()
        assert all(url.startswith(home) for url in asked)
    finally:
        context.close()
