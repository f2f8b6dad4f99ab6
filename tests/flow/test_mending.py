"""`mailer check --fix`: what is certain is mended at its very place; everything else stays, byte for byte."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mailer.check import RULES, CheckedIssue, check_issue
from mailer.check.fixes import FIXES, mends_in
from mailer.cli.mending import mend_issue
from mailer.config import Workspace, open_workspace
from mailer.content import find_issue, read_issue
from mailer.errors import MailerError
from mailer.flow.mending import plan_mending, write_mending
from mailer.model.finding import Finding
from mailer.model.issue import Issue
from mailer.model.translation import head_digest, item_digest, progress_of
from tests.flow.office import Office

ROOT = Path(__file__).parents[2]
MENDED = {fix.rule for fix in FIXES}

HEAD = """\
# A note at the top.
id: trial
series:   'Trial'   # beside it
date: 2016-12-19
subject: A subject that says enough
preheader: Forty signs or so that say what else is inside.
items:
"""


def a_workspace(root: Path, issue: str, **translations: str) -> Workspace:
    folder = root / "issues" / "trial"
    folder.mkdir(parents=True)
    (root / "mailer.toml").write_bytes((ROOT / "mailer.toml").read_bytes())
    (folder / "issue.yaml").write_bytes(issue.encode())
    for language, text in translations.items():
        (folder / f"issue.{language}.yaml").write_bytes(text.encode())
    return open_workspace(root, {})


def file_of(workspace: Workspace, name: str = "issue.yaml") -> str:
    return (workspace.issues / "trial" / name).read_bytes().decode()


def findings(workspace: Workspace) -> list[Finding]:
    file = read_issue(find_issue("trial", workspace.issues), workspace.root)
    checked = CheckedIssue(
        issue=file.issue,
        locate=file.locate,
        day=date(2016, 12, 19),
        translations=file.translations,
        locate_in={language: file.locate_in(language) for language in file.translations},
    )
    return check_issue(checked, strict=True)


def mend(workspace: Workspace) -> None:
    write_mending(workspace, plan_mending(workspace, "trial"))


def items(body: str, more: str = "") -> str:
    return (
        f"{HEAD}  # before the item\n  - id: one\n    kind: article\n    title: One\n    body: {body}\n{more}"
    )


def test_every_fix_is_of_a_rule_that_there_is() -> None:
    assert {rule.id for rule in RULES} >= MENDED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the fi rst of  them", "the first of them"),
        ('"the fi rst of\\u00a0 them  all con\\u00adserved"', '"the first of\\u00a0 them all conserved"'),
        ("'it''s  the fi rst'", "'it''s the first'"),
        ("plain  words\n      that go  on", "plain words\n      that go on"),
        (
            "|\n      # no comment\n      the \ufb01rst  one \n\n      ok",
            "|\n      # no comment\n      the first one\n\n      ok",
        ),
        (
            ">-\n      folded  words\n      and the fi\n      rst\n\n      end",
            ">-\n      folded words\n      and the first\n\n      end",
        ),
        ("|\r\n      two  words\r\n      more", "|\r\n      two words\r\n      more"),
        ("'Ask [Ana](mailto: ana@example.org)'", "'Ask [Ana](mailto:ana@example.org)'"),
        ("Ask [Ana](<mailto:%20ana@example.org>) now", "Ask [Ana](<mailto:ana@example.org>) now"),
    ],
)
def test_words_are_mended_in_whatever_way_they_are_written(tmp_path: Path, before: str, after: str) -> None:
    workspace = a_workspace(tmp_path, items(before, "    layout:   half  # stays\n"))
    mend(workspace)
    assert file_of(workspace) == items(after, "    layout:   half  # stays\n")
    assert not [finding for finding in findings(workspace) if finding.rule in MENDED]


@pytest.mark.parametrize(
    "body",
    [
        "|\n      One  \n      two breaks\n\n      ```\n      a  b fi rst \n      ```",
        "|\n      | a  b | c |\n      |---|---|\n      | d  e | f |",
        "|\n      See https://example.org/a\u00adb and `a  b` and [x](<https://example.org/fi rst>).",
        "|\n      a conserva\u00ad\n      tion",
        "|\n      1.  one\n      >  two\n      #  three",
        "the cliff edge and sci-fi eld",
        "'ask mailto: ana@example.org'",
        "Use ``a  b`` here and ``ef fi cient`` and ``con\u00adserve \ufb01``.",
        "|\n      Use `a \n      b  c` here.",
        "|\n      See [it][r].\n\n      [r]: https://example.org/a 'ti  tle of fi re'",
        "|\n      See [it](https://example.org/a 'ti  tle (one)  [two]') there.",
        "Dear {{country|your  country of fi ce}}.",
        "A <b title='a  b'>word</b> of <!-- a  b --> HTML.",
        "|\n      - a ` b\n      - c ` d  d ` `e  e` `\n",
        "|\n      `` one ` two  two ``",
        r"Not code \`a and `b  b` so.",
    ],
)
def test_what_is_not_certain_stays(tmp_path: Path, body: str) -> None:
    workspace = a_workspace(tmp_path, items(body))
    assert plan_mending(workspace, "trial").files == ()


def test_mending_never_changes_how_markdown_lays_a_text_out(tmp_path: Path) -> None:
    workspace = a_workspace(tmp_path, items("|\n      \u00ad- no list"))
    assert plan_mending(workspace, "trial").files == ()
    assert "text.soft-hyphen" in {finding.rule for finding in findings(workspace)}


MARKS = st.sampled_from(
    [
        "`",
        "``",
        "```",
        "\\",
        "a  b",
        "of fi ce",
        "con\u00adserve",
        "\ufb01sh",
        " \n",
        "\n",
        "\n\n",
        "- ",
        "> ",
        "| ",
        "    ",
        "[",
        "](https://example.org/a  b 'c  d')",
        "](<https://example.org/fi rst>)",
        "[r]",
        "[r]: https://e.org 'a  b'",
        "{{name|dear  fi end}}",
        "<b title='a  b'>",
        "<https://example.org/fi>",
        "mailto: ana",
        "](mailto: a@b)",
        "word",
        "!",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(MARKS, min_size=1, max_size=25).map("".join))
def test_whatever_a_text_is_made_of_code_and_addresses_stay(text: str) -> None:
    issue = Issue.model_validate(
        {
            "id": "a",
            "series": "S",
            "date": "2016-12-19",
            "items": [{"id": "i", "kind": "article", "body": text}],
        }
    )
    for one in mends_in(issue):
        old, new = (_read_as_markdown(each) for each in (one.old, one.new))
        assert new == old


def _read_as_markdown(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Code, and links but for those to mailboxes: what they lead to may be mended."""
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    code, links = [], []
    for block in reader.parse(text):
        for token in (block, *(block.children or ())):
            if token.type in ("fence", "code_block", "code_inline"):
                code.append(token.content)
            elif token.type == "link_open" and not str(token.attrs["href"]).startswith("mailto:"):
                links.append((str(token.attrs["href"]), str(token.attrs.get("title"))))
    return code, links


def test_what_would_read_as_something_else_is_left_to_people(tmp_path: Path) -> None:
    workspace = a_workspace(
        tmp_path, items("the  end", "    links: [{url: https://example.org, text: \u00ad12}]\n")
    )
    mending = plan_mending(workspace, "trial")
    write_mending(workspace, mending)
    assert "the end" in file_of(workspace)
    assert read_issue(workspace.issues / "trial", workspace.root).issue.items[0].links[0].text in (
        "12",
        "\u00ad12",
    )


def test_addresses_in_their_own_fields(tmp_path: Path) -> None:
    more = (
        "    links:\n      - {url: 'mailto: ana@example.org', text: Ana}\n"
        "  - {id: two, kind: contact, email: 'mailto: office@example.org'}\n"
    )
    workspace = a_workspace(tmp_path, items("Words.", more))
    mend(workspace)
    assert "url: 'mailto:ana@example.org'" in file_of(workspace)
    assert "email: 'office@example.org'" in file_of(workspace)


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    workspace = a_workspace(tmp_path, "\ufeff" + items("two  words"))
    mend(workspace)
    assert file_of(workspace) == "\ufeff" + items("two words")


def test_translations_are_mended_and_stay_as_fresh_as_they_were(tmp_path: Path) -> None:
    workspace = a_workspace(
        tmp_path, items("two  words", "  - {id: two, kind: article, title: A  b, body: c}\n")
    )
    issue = read_issue(workspace.issues / "trial", workspace.root).issue
    overlay = (
        f"language: fr  # French\nsource: {json.dumps(head_digest(issue))}\ntitle: Un  titre\nitems:\n"
        f"  one:\n    source: {json.dumps(item_digest(issue.items[0]))}\n    title: Un\n    body: deux  mots\n"
        "  two:\n    source: '000000000000'\n    title: A b\n    body: c\n"
    )
    path = workspace.issues / "trial" / "issue.fr.yaml"
    path.write_text(overlay)
    before = progress_of(issue, read_issue(path.parent, workspace.root).translations["fr"])
    assert before.stale == ("two",)
    mending = plan_mending(workspace, "trial")
    assert mending.stamps == 1
    write_mending(workspace, mending)
    again = read_issue(path.parent, workspace.root)
    assert progress_of(again.issue, again.translations["fr"]).stale == ("two",)
    assert "body: deux mots" in path.read_text()
    assert "language: fr  # French" in path.read_text()


CUT_OFF = """\
import os, sys
from pathlib import Path
from mailer.config import open_workspace
from mailer.flow import mending

write, left = mending.write_atomically, int(sys.argv[2])

def cut_off(path, content):
    global left
    if not left:
        os._exit(9)
    left -= 1
    write(path, content)

mending.write_atomically = cut_off
workspace = open_workspace(Path(sys.argv[1]), {})
mending.write_mending(workspace, mending.plan_mending(workspace, "trial"))
"""


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_cut_off_after_any_file_a_second_run_finishes_and_no_translation_is_stale(
    tmp_path: Path, after: int
) -> None:
    source = items("con\u00adserved  words", "  - {id: two, kind: article, title: A  b, body: c}\n")
    workspace = a_workspace(tmp_path, source)
    folder = workspace.issues / "trial"
    issue = read_issue(folder, workspace.root).issue
    for language in ("fr", "ru"):
        (folder / f"issue.{language}.yaml").write_text(
            f"language: {language}\nsource: {json.dumps(head_digest(issue))}\ntitle: T\nitems:\n"
            f"  one:\n    source: {json.dumps(item_digest(issue.items[0]))}\n    title: Un\n    body: deux  mots\n"
            "  two:\n    source: '000000000000'\n    title: A b\n    body: c\n"
        )
    child = subprocess.run(
        [sys.executable, "-c", CUT_OFF, str(tmp_path), str(after)], check=False, timeout=60
    )
    assert child.returncode == (9 if after < 3 else 0)
    half = read_issue(folder, workspace.root)
    assert all("two" in progress_of(half.issue, words).stale for words in half.translations.values())
    mend(workspace)
    again = read_issue(folder, workspace.root)
    assert again.issue.items[0].body == "conserved words"
    assert {tag: progress_of(again.issue, words).stale for tag, words in again.translations.items()} == {
        "fr": ("two",),
        "ru": ("two",),
    }
    assert plan_mending(workspace, "trial").files == ()


@pytest.mark.parametrize("name", ["issue.yaml", "issue.fr.yaml"])
def test_a_file_that_is_a_link_to_another_is_refused_and_both_stay(tmp_path: Path, name: str) -> None:
    workspace = a_workspace(tmp_path, items("two  words"), fr="language: fr\nitems: {one: {title: A  b}}\n")
    path = workspace.issues / "trial" / name
    shared = path.with_name("shared.yaml")
    path.rename(shared)
    path.symlink_to(shared)
    before = shared.read_bytes()
    with pytest.raises(MailerError, match=rf"{name} is a link to issues/trial/shared.yaml. Mend it there"):
        plan_mending(workspace, "trial")
    assert path.is_symlink()
    assert shared.read_bytes() == before


def test_a_file_that_somebody_else_saves_meanwhile_is_not_touched(tmp_path: Path) -> None:
    workspace = a_workspace(tmp_path, items("two  words"))
    mending = plan_mending(workspace, "trial")
    theirs = items("other  words")
    (workspace.issues / "trial" / "issue.yaml").write_text(theirs)
    with pytest.raises(MailerError, match="meanwhile"):
        write_mending(workspace, mending)
    assert file_of(workspace) == theirs


def test_what_reads_otherwise_afterwards_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = a_workspace(tmp_path, items("two  words"))
    monkeypatch.setattr("mailer.flow.mending._is_as_planned", lambda *_: False)
    with pytest.raises(MailerError, match="as they were"):
        mend(workspace)
    assert file_of(workspace) == items("two  words")


# Whatever is written, in whatever way.

WORDS = st.sampled_from(
    "herds move across the steppe in spring; Parties met \u00e9t\u00e9 \u0441\u0442\u0435\u043f\u044c".split()
)
SLIPS = st.sampled_from(
    [
        "fi rst",
        "notifi cation",
        "off er",
        "con\u00adserve",
        "\ufb01nd",
        "pro\ufb01le",
        "a  b",
        "c   d",
        "[Ana](mailto: ana@example.org)",
    ]
)
SENTENCES = st.lists(st.one_of(WORDS, WORDS, SLIPS), min_size=1, max_size=8).map(" ".join)
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=3)
LITERAL = st.lists(st.tuples(SENTENCES, st.sampled_from(["", " ", "\t", "  "])), min_size=1, max_size=3)


@st.composite
def written(draw: st.DrawFn) -> str:
    match draw(st.sampled_from(["plain", "'", '"', "escaped", "|", ">", "folded plain"])):
        case "plain":
            return "x" + _bare(draw(SENTENCES))
        case "'":
            return f"'{draw(SENTENCES)} it''s'"
        case '"':
            return json.dumps(draw(SENTENCES), ensure_ascii=False)
        case "escaped":
            return json.dumps("\n".join(draw(PARAGRAPHS)))
        case "|":
            return "|\n" + "\n\n".join(f"      {words}{end}" for words, end in draw(LITERAL))
        case ">":
            return ">\n" + "\n".join(f"      {words}" for words in draw(PARAGRAPHS))
        case _:
            return "x" + "\n      ".join("y" + _bare(words) for words in draw(PARAGRAPHS))


def _bare(words: str) -> str:
    """Without quotes, a colon and a space would begin a value."""
    return words.replace("mailto: ", "mailto:%20")


@st.composite
def issues(draw: st.DrawFn) -> str:
    text = HEAD
    for number in range(draw(st.integers(1, 3))):
        text += f"  # comment  {number}: fi rst\n  - id: item-{number}\n    kind: article # fi rst\n"
        text += f"    title: {json.dumps(draw(SENTENCES))}\n"
        text += f"    body: {draw(written())}\n\n"
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(issues())
def test_mended_once_it_is_clean_and_mended_twice_it_is_the_same(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = a_workspace(Path(folder), text)
        before = findings(workspace)
        mending = plan_mending(workspace, "trial")
        assert mending.by_hand == ()
        write_mending(workspace, mending)
        after, mended = findings(workspace), file_of(workspace)
        assert [finding for finding in after if finding.rule in MENDED] == []
        assert plan_mending(workspace, "trial").files == ()
    assert _others(after) == _others(before)
    assert _comments(mended) == _comments(text)
    assert mended.count("\r") == mended.count("\n") * ("\r\n" in text)


def _others(found: list[Finding]) -> Counter[tuple[str, str | None, str | None]]:
    return Counter((each.rule, each.item, each.field) for each in found if each.rule not in MENDED)


def _comments(text: str) -> list[str]:
    return ["#" + line.partition("#")[2] for line in text.splitlines() if "#" in line]


# At the command.


def test_it_shows_first_and_writes_only_when_told(office: Office) -> None:
    text = office.issue.read_text()
    office.issue.write_text(text.replace("title: Snow", "title: Snow  and", 1))
    slug = office.issue.parent.name
    said = office.run("check", slug, "--fix")
    assert "-    title: Snow  and" in said
    assert "+    title: Snow and" in said
    assert "Nothing was written" in said
    assert "Snow  and" in office.issue.read_text()
    assert "mended" in office.run("check", slug, "--fix", "--yes")
    assert office.issue.read_text() == text.replace("title: Snow", "title: Snow and", 1)
    assert "nothing to mend" in office.run("check", slug, "--fix", "--yes")
    office.run("check", slug, "--yes", code=2)
    office.run("check", slug, "--fix", "--format", "json", code=2)


class Terminal(io.StringIO):
    """Somebody who types that at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "is_written"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_at_a_terminal_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, *, is_written: bool
) -> None:
    workspace = a_workspace(tmp_path, items("two  words"))
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    mend_issue(workspace, "trial", yes=False)
    assert ("two words" in file_of(workspace)) is is_written


def test_files_that_cannot_be_used_are_left_alone(tmp_path: Path) -> None:
    workspace = a_workspace(tmp_path, items("two  words", "    nonsense: [\n"))
    before = file_of(workspace)
    mend_issue(workspace, "trial", yes=True)
    assert file_of(workspace) == before


def test_what_issues_share_is_left_to_people(tmp_path: Path) -> None:
    own = "  - {id: own, kind: about, title: Ours, body: Own  words.}\n  - shared: office\n"
    workspace = a_workspace(tmp_path, HEAD + own)
    shared = workspace.issues / "shared" / "office.yaml"
    shared.parent.mkdir()
    shared.write_text("kind: about\ntitle: Office\nbody: Shared  words.\n", encoding="utf-8")
    mending = plan_mending(workspace, "trial")
    assert [file.shown for file in mending.files] == ["issues/trial/issue.yaml"]
    write_mending(workspace, mending)
    assert "Own words." in file_of(workspace)
    assert "Shared  words." in shared.read_text(encoding="utf-8")
