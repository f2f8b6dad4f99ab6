"""The print edition says all that the issue says, in its order, and can be read by ear."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from mailer.cli.entry import run
from mailer.config import Workspace, open_workspace
from mailer.content import find_issue, read_issue
from mailer.errors import MailerError, ProblemsError
from mailer.flow.printing import Printed, print_issue, printed_issue
from mailer.paper import printing, undrawn_words
from mailer.render import archive_variant, edition_of

pytest.importorskip("weasyprint")

ROOT = Path(__file__).parents[2]
SLUG = "2016-12-cami"
ARABIC = """\
id: arabic-1
series: نشرة الثدييات
number: "3"
title: شركاء جدد
date: 2017-01-19
language: ar
preheader: أخبار الشهر.
items:
  - {id: first, kind: article, title: كلمة الافتتاح, body: "انظر [صفحة المؤتمر](https://www.example.org/cop) للمزيد."}
  - {id: due, kind: deadline, title: التقارير الوطنية, due: 2017-04-24, body: على كل طرف أن يقدم تقريره.}
  - {id: out, kind: article, title: خارج الأرشيف, archive: no, body: "[x](https://www.example.org/kept-out)"}
"""


MIXED = """\
id: mixed
series: "\u202eNews"
number: "2017/1"
date: 2017-01-19
items:
  - {id: due, kind: deadline, title: مهلة, due: 2017-03-26, body: By then.}
  - {id: open, kind: article, title: An open meeting, body: "LONG"}
  - {id: more, kind: article, title: One more thing, body: Short.}
  - {id: secret, kind: article, title: Closed, archive: no, body: Not said.}
""".replace("LONG", "All are welcome to come and to bring others. " * 250)
ERRATUM = """\
name: erratum-1
date: 2017-02-03
items: [open]
words:
  en: {title: "It was in May", text: "We wrote **March**."}
"""
KEPT_OUT = """\
name: erratum-0
date: 2017-02-02
items: [secret]
words:
  en: {title: "Something confidential", text: "Very confidential."}
"""


@dataclass
class Edition:
    """A print edition as a reader opens it."""

    printed: Printed

    def __post_init__(self) -> None:
        self.reader = PdfReader(io.BytesIO(self.printed.content))
        self.root: Any = self.reader.trailer["/Root"]
        self.texts = [page.extract_text() for page in self.reader.pages]

    @property
    def letters(self) -> str:
        """Letters and digits of all pages one after the other, without what stands above and below the columns."""
        pages = [[line.strip() for line in text.splitlines()] for text in self.texts]
        around = set(pages[1]).intersection(*pages[2:])
        lines = [line for page in pages for line in page if not re.match(r"\d+ / \d+$", line)]
        return "".join(_letters(line) for line in lines if line not in around)

    @property
    def addresses(self) -> set[str]:
        """Where its links lead, but for those within it."""
        return {str(link["/A"]["/URI"]) for link in self.links if "/A" in link}

    @property
    def links(self) -> list[Any]:
        return [link.get_object() for page in self.reader.pages for link in page.get("/Annots", [])]

    def tags(self) -> Iterator[Any]:
        """Every element of the structure, in reading order."""
        waiting = [self.root["/StructTreeRoot"]["/K"]]
        while waiting:
            each = waiting.pop().get_object()
            if isinstance(each, list):
                waiting += reversed(each)
            elif isinstance(each, dict) and "/S" in each:
                yield each
                waiting += [each["/K"]] if "/K" in each else []


def _letters(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", text))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("print") / "office"
    for name in ("issues", "recipients", "templates"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "mailer.toml", root)
    (root / "issues" / "arabic").mkdir()
    (root / "issues" / "arabic" / "issue.yaml").write_text(ARABIC, encoding="utf-8")
    return open_workspace(root)


@pytest.fixture(scope="module")
def english(workspace: Workspace) -> Edition:
    return Edition(printed_issue(workspace, SLUG))


@pytest.fixture(scope="module")
def french(workspace: Workspace) -> Edition:
    return Edition(printed_issue(workspace, SLUG, "fr"))


@pytest.fixture(scope="module")
def arabic(workspace: Workspace) -> Edition:
    return Edition(printed_issue(workspace, "arabic"))


@pytest.fixture(scope="module")
def mixed(workspace: Workspace) -> Edition:
    folder = workspace.issues / "mixed"
    folder.mkdir()
    (folder / "issue.yaml").write_text(MIXED, encoding="utf-8")
    (folder / "erratum.yaml").write_text(ERRATUM, encoding="utf-8")
    (folder / "erratum-0.yaml").write_text(KEPT_OUT, encoding="utf-8")
    return Edition(printed_issue(workspace, "mixed"))


def _words_of(workspace: Workspace, language: str) -> list[list[str]]:
    """Item after item, the words of its title and body."""
    file = read_issue(find_issue(SLUG, workspace.issues), workspace.root)
    edition = edition_of(file.issue, archive_variant(file.issue, language), file.translations)
    found = []
    for item in edition.issue.items:
        body = re.sub(r"\]\([^)]*\)|\{\{[^}]*\}\}", " ", item.body)
        found.append(re.findall(r"[^\W_]+", f"{item.title} {body}"))
    return found


def _assert_says_all(edition: Edition, workspace: Workspace) -> None:
    text = edition.letters
    items = _words_of(workspace, edition.printed.language)
    # The contents list names the titles first.
    place = text.index(_letters("".join(items[0][:4])))
    for words in items:
        begun = place
        for word in words:
            place = text.find(word, place)
            assert place >= 0, f'"{word}" is not where it should be'
            place += len(word)
        assert place - begun < 2 * sum(map(len, words)) + 900


def test_every_word_is_there_in_the_order_of_the_items(english: Edition, workspace: Workspace) -> None:
    _assert_says_all(english, workspace)


def test_words_that_have_fallen_back_are_there_and_marked(french: Edition, workspace: Workspace) -> None:
    _assert_says_all(french, workspace)
    assert french.root["/Lang"] == "fr"
    borrowed = [tag for tag in french.tags() if tag["/S"] == "/Div" and tag.get("/Lang") == "en"]
    assert borrowed
    assert not [tag for tag in french.tags() if tag.get("/Lang", "en") != "en"]


@pytest.mark.slow
def test_cyrillic_is_there_too(workspace: Workspace) -> None:
    _assert_says_all(Edition(printed_issue(workspace, SLUG, "ru")), workspace)


def test_links_lead_where_those_of_the_issue_do(english: Edition, workspace: Workspace) -> None:
    text = (workspace.issues / SLUG / "issue.yaml").read_text(encoding="utf-8")
    of_issue = set(re.findall(r"(?:url: |\]\()(https?://[^\s)]+)", text))
    of_issue |= {f"mailto:{address}" for address in re.findall(r"email: (\S+)", text)}
    beside = {workspace.config.office.website, "https://www.cms.int"}
    assert {each for each in english.addresses if not each.startswith("tel:")} - beside == of_issue - beside


def test_addresses_can_be_read_on_paper(english: Edition) -> None:
    assert _letters("www.cms.int/cami/en/page/cami-contacts") in english.letters


def test_the_contents_lead_to_items_and_say_their_pages(english: Edition) -> None:
    inner = [link for link in english.links if "/Dest" in link]
    places = {
        str(name): english.reader.get_destination_page_number(each)
        for name, each in english.reader.named_destinations.items()
    }
    assert len(inner) > 10
    assert {str(link["/Dest"]) for link in inner} <= set(places)
    number = places["item-china-partnership"] + 1
    assert re.search(rf"A first formal partner in China\s*{number}\b", english.texts[0])


def test_it_is_tagged_and_says_what_it_is(english: Edition) -> None:
    assert english.root["/MarkInfo"]["/Marked"]
    assert english.root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert english.root["/Lang"] == "en"
    assert (
        b"<pdfuaid:part>1" in english.root["/Metadata"].get_data()
        or b'part="1"' in english.root["/Metadata"].get_data()
    )
    said = english.reader.metadata
    assert said is not None
    assert said.title == "CAMI Newsletter, December 2016: New partners, new dates"
    assert said.author == "UNEP/CMS Secretariat"
    assert said.subject
    assert said["/CreationDate"] == "D:20161219"
    assert "Meetings and events" in {str(entry.title) for entry in _flat(english.reader.outline)}


def test_every_picture_is_described_and_every_link_says_where_it_leads(english: Edition) -> None:
    figures = [tag for tag in english.tags() if tag["/S"] == "/Figure"]
    assert len(figures) == 8
    assert all(str(figure["/Alt"]).startswith("Drawing") for figure in figures)
    assert all(str(link["/Contents"]) for link in english.links)


def test_headings_skip_no_level(english: Edition) -> None:
    levels = [int(tag["/S"][2:]) for tag in english.tags() if re.fullmatch(r"/H[1-6]", tag["/S"])]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_pages_are_numbered_and_a4(english: Edition) -> None:
    pages = len(english.reader.pages)
    assert english.printed.pages == pages
    for number, (page, text) in enumerate(zip(english.reader.pages, english.texts, strict=True), start=1):
        assert f"{number} / {pages}" in text
        assert abs(float(page.mediabox.width) - 595.276) < 1
        assert abs(float(page.mediabox.height) - 841.89) < 1


def test_its_pictures_have_the_pixels_that_print_wants_and_no_more(english: Edition) -> None:
    widths = {image.image.width for page in english.reader.pages for image in page.images if image.image}
    assert widths == {840, 1200}  # of a column, and the theme's banner
    assert len(english.printed.content) < 600_000


def test_arabic_runs_from_the_right(arabic: Edition) -> None:
    assert arabic.root["/Lang"] == "ar"
    assert arabic.addresses >= {"https://www.example.org/cop"}
    lefts: dict[str, float] = {}

    def seen(text: str, _cm: object, tm: list[float], _font: object, _size: float) -> None:
        for word in ("للمزيد", "تقريره"):
            if word in text or word[::-1] in text:
                lefts[word] = tm[4]

    arabic.reader.pages[0].extract_text(visitor_text=seen)
    assert lefts["للمزيد"] > lefts["تقريره"]


def test_words_from_the_right_turn_nothing_that_stands_beside_them(mixed: Edition) -> None:
    assert mixed.printed.warnings == ()
    first, second = mixed.texts[0], mixed.texts[1]
    assert "\u202e" not in mixed.printed.content.decode("latin-1")
    assert re.search(r"26 March 2017\W*1\b", first)
    assert "News · 2017/1" in " ".join(second.split())
    assert mixed.reader.metadata is not None
    assert "\u202e" not in str(mixed.reader.metadata.title)


def test_the_box_of_a_correction_is_printed_on_top(mixed: Edition) -> None:
    first = mixed.texts[0]
    assert first.index("It was in May") < first.index("All are welcome")
    assert "We wrote March." in first
    assert "confidential" not in "".join(mixed.texts)


def test_signs_that_no_font_has_are_named_with_what_to_install(workspace: Workspace) -> None:
    folder = workspace.issues / "strange"
    folder.mkdir()
    (folder / "issue.yaml").write_text(
        MIXED.replace("id: mixed", "id: strange").replace("An open meeting", "\U000f0001 here"),
        encoding="utf-8",
    )
    (words,) = printed_issue(workspace, "strange").warnings
    assert words == (
        "No font here has these signs, and each is printed as an empty box: private U+F0001. Write other signs."
    )


def test_packages_are_named_by_script() -> None:
    said = undrawn_words("ཀཁ中😀")
    assert "Tibetan ཀ (U+0F40), ཁ (U+0F41)" in said
    assert said.endswith("`apt install fonts-noto-cjk fonts-noto-color-emoji fonts-noto-core`.")
    assert undrawn_words("") == ""


def test_what_is_kept_out_of_the_archive_is_not_printed(arabic: Edition) -> None:
    assert "https://www.example.org/kept-out" not in arabic.addresses


def test_the_same_issue_gives_the_same_bytes(arabic: Edition, workspace: Workspace, tmp_path: Path) -> None:
    printed = print_issue(workspace, "arabic", out=tmp_path / "again.pdf")
    assert printed.path == tmp_path / "again.pdf"
    assert printed.path.read_bytes() == arabic.printed.content


def test_a_language_without_words_is_refused(workspace: Workspace) -> None:
    with pytest.raises(MailerError, match='no words in "de"'):
        printed_issue(workspace, SLUG, "de")


def test_what_nobody_has_decided_is_not_printed(workspace: Workspace, tmp_path: Path) -> None:
    folder = workspace.issues / "doubtful"
    folder.mkdir()
    marked = ARABIC.replace("للمزيد.", "للمزيد{>>Clara: Is that so?<<}.").replace(
        "التقارير الوطنية", "'{~~26~>24~~}'"
    )
    (folder / "issue.yaml").write_text(marked.replace("arabic-1", "doubtful"), encoding="utf-8")
    with pytest.raises(ProblemsError, match="26 → 24") as caught:
        print_issue(workspace, "doubtful", out=tmp_path)
    assert [(each.line, each.item, each.field) for each in caught.value.problems] == [
        (9, "first", "body"),
        (10, "due", "title"),
    ]
    assert not any(tmp_path.iterdir())


def test_the_command_says_what_is_missing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    assert run(["-w", str(workspace.root), "build", SLUG, "--pdf"]) == 1
    said = capsys.readouterr()
    assert "pip install saiga-mailer[pdf]" in said.out + said.err
    assert not (workspace.build / SLUG).exists()


def _flat(outline: Any) -> Iterator[Any]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry
