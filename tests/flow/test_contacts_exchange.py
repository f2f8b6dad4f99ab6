"""`mailer contacts export` and `import`, as somebody at the office runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from mailer.audience import read_contacts
from mailer.cli import entry
from mailer.cli.entry import load_commands
from mailer.config import open_workspace
from mailer.errors import MailerError
from mailer.flow import ledger_of
from mailer.flow.contacts_exchange import apply_comparison, compare_contacts
from mailer.model.audience import Contact
from mailer.model.register import Registers
from mailer.model.suppression import Because
from tests.audience.lists import DAY

OURS = """email,given_name,family_name,country,organization,roles,subscriptions
ann@example.org,Ann,Lee,KZ,Ministry,national-focal-point:cms 2015-01-01.. {MoE 2015/1},cami-newsletter
bo@example.org,Bo,Kim,UZ,Agency,press,
"""
GROUPS = "segments:\n  national-focal-points:\n    title: NFP\n    rule: {role: national-focal-point}\n"
LIST = "E-mail;Nom complet;Pays;Organisme\nann@example.org;Lee, Ann;Kazakhstan;Bureau\ncy@example.org;Oz, Cy;KZ;\n"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    root = Path(__file__).parents[2]
    shutil.copytree(root / "recipients", tmp_path / "recipients")
    shutil.copy(root / "mailer.toml", tmp_path)
    (tmp_path / "recipients" / "contacts.csv").write_text(OURS, encoding="utf-8")
    (tmp_path / "recipients" / "segments.yaml").write_text(GROUPS, encoding="utf-8")
    shutil.rmtree(tmp_path / "recipients" / "deadlines", ignore_errors=True)
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def standing(office: Path) -> tuple[Contact, ...]:
    return read_contacts(office / "recipients" / "contacts.csv", office, Registers())


def run(office: Path, *arguments: str) -> tuple[int, str]:
    """Exit code, and all that was printed."""
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(out), chdir(office):
        code = entry.run(["-w", str(office), "contacts", *arguments])
    return code, out.getvalue()


def at_a_terminal(office: Path, monkeypatch: pytest.MonkeyPatch, answers: str, *arguments: str) -> str:
    """The same with somebody at the keyboard."""
    keyboard = StringIO(answers)
    monkeypatch.setattr(keyboard, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", keyboard)
    return run(office, *arguments)[1]


def test_a_dry_run_shows_everything_and_writes_nothing(office: Path) -> None:
    before = sorted(path.name for path in office.rglob("*"))
    ended = subprocess.run(
        [sys.executable, "-m", "mailer", "-w", str(office), "contacts", "import", "list.csv", "--dry-run"],
        capture_output=True,
        text=True,
        check=True,
        cwd=office,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "80"},
    )
    words = ended.stdout
    assert "organization: Ministry → Bureau" in words
    assert "row 3: Cy Oz <cy@example.org>, KZ" in words
    assert "1 added, 1 changed, 0 unchanged, 1 gone, 0 refused" in words
    assert max(len(line) for line in words.splitlines()) <= 80
    assert (office / "recipients" / "contacts.csv").read_text(encoding="utf-8") == OURS
    assert sorted(path.name for path in office.rglob("*")) == before


def test_without_a_terminal_nothing_is_written_unasked(office: Path) -> None:
    code, words = run(office, "import", "list.csv")
    assert code == 2
    assert "There is no terminal to ask at." in words
    assert (office / "recipients" / "contacts.csv").read_text(encoding="utf-8") == OURS


def test_what_was_agreed_to_is_written_and_then_there_is_nothing_more_to_do(office: Path) -> None:
    assert run(office, "import", "list.csv", "--yes")[0] == 0
    ann, bo, cy = standing(office)
    assert (ann.organization, bo.organization, cy.name) == ("Bureau", "Agency", "Cy Oz")
    assert ann.roles[0].letter == "MoE 2015/1"
    code, words = run(office, "import", "list.csv", "--yes")
    assert code == 0
    assert "0 added, 0 changed, 2 unchanged, 1 gone, 0 refused" in words
    assert "Nothing was written" in words


def test_refused_rows_stop_the_whole_import_unless_somebody_says_so(office: Path) -> None:
    with (office / "list.csv").open("a", encoding="utf-8") as file:
        file.write("nobody;No, Body;Atlantis;\n")
    code, words = run(office, "import", "list.csv", "--yes")
    assert (code, "--skip-refused" in words) == (1, True)
    assert (office / "recipients" / "contacts.csv").read_text(encoding="utf-8") == OURS
    assert run(office, "import", "list.csv", "--yes", "--skip-refused")[0] == 0
    assert len(standing(office)) == 3


def test_the_same_is_there_for_programs(office: Path) -> None:
    code, words = run(office, "import", "list.csv", "--format", "json")
    found = json.loads(words)
    assert code == 0
    assert found["changed"][0]["changes"] == [{"field": "organization", "old": "Ministry", "new": "Bureau"}]
    assert (found["added"][0]["email"], found["unchanged"], found["written"]) == ("cy@example.org", 0, 0)
    assert found["gone"] == [{"email": "bo@example.org", "name": "Bo Kim", "why": "", "asks": True}]
    assert (office / "recipients" / "contacts.csv").read_text(encoding="utf-8") == OURS


def test_columns_named_once_are_known_the_next_time(office: Path) -> None:
    (office / "list.csv").write_text("Ministry contact,Since\nann@example.org,03/04/2016\n", encoding="utf-8")
    code, words = run(office, "import", "list.csv", "--dry-run")
    assert (code, '--map "Ministry contact=email"' in words) == (2, True)
    assert (
        run(office, "import", "list.csv", "--map", "Ministry contact=email", "--day-first", "--yes")[0] == 0
    )
    assert str(standing(office)[0].since) == "2016-04-03"
    text = (office / "recipients" / "import-maps.yaml").read_text(encoding="utf-8")
    (office / "recipients" / "import-maps.yaml").write_text(text + "# mine\n", encoding="utf-8")
    (office / "list.csv").write_text("Since;Ministry contact\n05/06/2016;new@example.org\n", encoding="utf-8")
    code, words = run(office, "import", "list.csv", "--yes")
    assert (code, "columns are read as the last time" in words) == (0, True)
    assert str(standing(office)[2].since) == "2016-06-05"
    assert "# mine" in (office / "recipients" / "import-maps.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--map", "E-mail"), "is not COLUMN=FIELD"),
        (("--map", "E-mail=adress"), 'There is no field "adress"'),
        (("--day-first", "--month-first"), "say opposite things"),
        (("--within", "nobody-here"), 'There is no group "nobody-here"'),
    ],
)
def test_what_cannot_be_meant_is_told(office: Path, arguments: tuple[str, ...], words: str) -> None:
    code, said = run(office, "import", "list.csv", "--dry-run", *arguments)
    assert (code, words in said) == (2, True)


def test_those_who_are_gone_are_ended_by_a_file(office: Path) -> None:
    (office / "list.csv").write_text("Email\nbo@example.org\n", encoding="utf-8")
    assert run(office, "import", "list.csv", "--dry-run", "--write-gone", "gone.csv")[0] == 0
    text = (office / "gone.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[1] == "ann@example.org,Ann Lee,,,,"
    filled = text.replace("Ann Lee,,,", "Ann Lee,2016-09-30,MoE 2016/9,no")
    (office / "gone.csv").write_text(filled, encoding="utf-8")
    code, words = run(office, "import", "list.csv", "--gone", "gone.csv", "--yes")
    assert code == 0
    assert "ended on 2016-09-30, MoE 2016/9; does not stay on the newsletter" in " ".join(words.split())
    ann = standing(office)[0]
    assert (str(ann.roles[0].end), ann.roles[0].letter) == ("2016-09-30", "MoE 2015/1, ended by MoE 2016/9")
    assert str(ann.subscriptions[0].end) == "2016-09-30"


def test_those_who_are_gone_are_asked_about_at_a_terminal(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office / "list.csv").write_text("Email\nbo@example.org\n", encoding="utf-8")
    answers = ("y", "30/09", "2016-09-30", "MoE {9}", "n", "MoE 2016/9", "n", "y")
    words = at_a_terminal(office, monkeypatch, "\n".join(answers) + "\n", "import", "list.csv")
    assert '"30/09" is no day. Write it as 2016-12-19.' in words
    assert "1 person was written to contacts.csv." in words
    assert str(standing(office)[0].roles[0].end) == "2016-09-30"


def test_no_is_no(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = at_a_terminal(office, monkeypatch, "n\nn\n", "import", "list.csv")
    assert "Write 1 added, 1 changed to contacts.csv?" in words
    assert (office / "recipients" / "contacts.csv").read_text(encoding="utf-8") == OURS


def test_who_has_unsubscribed_is_not_subscribed_by_a_list(office: Path) -> None:
    workspace = open_workspace(office)
    with ledger_of(workspace) as ledger:
        ledger.suppress("cy@example.org", Because.UNSUBSCRIBED, "by web")
    (office / "list.csv").write_text(
        "Email,Newsletters\ncy@example.org,cami-newsletter\ndo@example.org,cami-newsletter\n",
        encoding="utf-8",
    )
    assert run(office, "import", "list.csv", "--yes")[0] == 0
    cy, do = standing(office)[2:]
    assert cy.subscriptions == ()
    assert do.subscriptions[0].source.startswith("list.csv, ")


def test_no_list_brings_back_who_was_forgotten(office: Path) -> None:
    cy = "cy@example.org,Cy,Oz,KZ,,press,cami-newsletter 2015-01-01..2016-01-01\n"
    path = office / "recipients" / "contacts.csv"
    path.write_text(OURS + cy, encoding="utf-8")
    assert run(office, "export", "--xlsx", "old.xlsx", "--csv", "old.csv")[0] == 0
    assert run(office, "forget", "CY@example.org", "--because", "asked", "--yes")[0] == 0
    for name in ("old.xlsx", "old.csv", "list.csv"):
        code, words = run(office, "import", name, "--yes")
        assert (code, "Nothing was written" in words) == (1, True)
        assert "cy@example.org was forgotten on 20" in " ".join(words.split())
        assert "Ask them first, then add them to contacts.csv by hand." in " ".join(words.split())
    assert run(office, "import", "old.xlsx", "--yes", "--skip-refused")[0] == 0
    (office / "list.csv").write_text("Email,Second email\nbo@example.org,Cy@example.org\n", encoding="utf-8")
    code, words = run(office, "import", "list.csv", "--yes")
    assert (code, "cy@example.org was forgotten" in " ".join(words.split())) == (1, True)
    assert path.read_text(encoding="utf-8") == OURS
    path.write_text(OURS + cy, encoding="utf-8")
    assert run(office, "import", "old.xlsx", "--yes")[0] == 0, "added by hand, they are one of ours again"


def test_the_same_workbook_twice_changes_nothing_the_second_time(office: Path) -> None:
    assert run(office, "export", "--xlsx", "out.xlsx")[0] == 0
    book = load_workbook(office / "out.xlsx")
    headings = [cell.value for cell in book["Contacts"][1]]
    for heading, words in (("Email", "cy@example.org"), ("Family name", "Oz")):
        book["Contacts"].cell(4, headings.index(heading) + 1, words)
    book.save(office / "out.xlsx")
    assert run(office, "import", "out.xlsx", "--yes")[0] == 0
    assert standing(office)[2].since is not None
    code, words = run(office, "import", "out.xlsx", "--yes")
    assert (code, "0 added, 0 changed, 3 unchanged" in words) == (0, True)
    assert "Nothing was written: contacts.csv says all this already." in words


def test_who_is_gone_and_stays_is_said_where_nothing_is_written(office: Path) -> None:
    (office / "list.csv").write_text("Email\nbo@example.org\n", encoding="utf-8")
    code, words = run(office, "import", "list.csv", "--yes")
    said = "says all else already. 1 person is gone from the list and stays as they are."
    assert (code, said in " ".join(words.split())) == (0, True)


def test_questions_about_the_gone_end_with_q(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (office / "list.csv").write_text("Email\nnew@example.org\n", encoding="utf-8")
    words = at_a_terminal(office, monkeypatch, "y\n2014-01-01\nq\ny\n", "import", "list.csv")
    assert "starts on 2015-01-01, after 2014-01-01" in " ".join(words.split())
    assert "Bo Kim" not in words.split("Say now")[1]
    assert "by which letter" not in words
    assert [len(standing(office)), standing(office)[0].roles[0].end] == [3, None]


def test_a_file_that_changed_meanwhile_is_not_written_over(office: Path) -> None:
    from mailer.audience.exchange import Choices

    workspace = open_workspace(office)
    proposed = compare_contacts(workspace, office / "list.csv", Choices(), DAY)
    path = office / "recipients" / "contacts.csv"
    path.write_text(OURS.replace("Agency", "Office"), encoding="utf-8")
    with pytest.raises(MailerError, match="has changed meanwhile"):
        apply_comparison(workspace, proposed)
    assert "Office" in path.read_text(encoding="utf-8")


def test_export_edit_import(office: Path) -> None:
    assert run(office, "export", "--xlsx", "out.xlsx")[0] == 0
    book = load_workbook(office / "out.xlsx")
    book["Contacts"]["I2"] = "Bureau"
    book.save(office / "out.xlsx")
    code, words = run(office, "import", "out.xlsx", "--yes")
    assert (code, "0 added, 1 changed, 1 unchanged, 0 gone, 0 refused" in words) == (0, True)
    assert (office / "recipients" / "contacts.csv").read_text(encoding="utf-8") == OURS.replace(
        "Ministry", "Bureau"
    )


def test_a_workbook_of_one_group_says_nothing_about_others(office: Path) -> None:
    assert run(office, "export", "--xlsx", "out.xlsx", "--to", "national-focal-points")[0] == 0
    code, words = run(office, "import", "out.xlsx", "--dry-run")
    assert (code, "0 added, 0 changed, 1 unchanged, 0 gone, 0 refused" in words) == (0, True)


def test_the_first_list_comes_in_before_anybody_has_the_roles_that_groups_name(office: Path) -> None:
    (office / "recipients" / "contacts.csv").write_text("email\n", encoding="utf-8")
    (office / "list.csv").write_text(
        "Email,Role\nann@example.org,National Focal Point (CMS)\n", encoding="utf-8"
    )
    assert run(office, "import", "list.csv", "--yes")[0] == 0
    assert standing(office)[0].roles[0].name == "national-focal-point"
    assert run(office, "export", "--csv", "out.csv", "--to", "national-focal-points")[0] == 0


def test_an_export_overwrites_nothing_unasked(office: Path) -> None:
    assert run(office, "export", "--csv", "list.csv")[0] == 2
    assert (office / "list.csv").read_text(encoding="utf-8") == LIST
    assert run(office, "export", "--csv", "list.csv", "--force")[0] == 0
    assert run(office, "export")[0] == 2


def test_both_modules_of_the_command_are_loaded() -> None:
    load_commands("contacts")
    from mailer.cli.app import app

    words = CliRunner().invoke(app, ["contacts", "--help"]).output
    assert all(name in words for name in ("check", "forget", "export", "import"))
