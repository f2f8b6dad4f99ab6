"""Records beside an issue: added to without touching what is there, and receipts that cannot be quietly changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.content import (
    Receipt,
    add_approval,
    add_receipt,
    add_waiver,
    chain_head,
    read_approvals,
    read_receipts,
    read_waivers,
)
from mailer.content.errata import begin_erratum, note_digests, read_erratum, wrong_digests
from mailer.content.records import MOST_ENTRIES
from mailer.errors import MailerError, ProblemsError
from mailer.model.finding import Waiver
from mailer.model.proof import Approval

NOON = datetime(2016, 12, 19, 12, 0, tzinfo=UTC)


def receipt(name: str = "d1", accepted: int = 3) -> Receipt:
    return Receipt(
        id=name,
        digest="12e4567" + "0" * 57,
        ledger="l1",
        finished_at=NOON,
        counts={"accepted": accepted, "refused": 1},
        relay="office",
        segments=("everyone",),
    )


def test_without_files_there_are_no_records(tmp_path: Path) -> None:
    assert read_waivers(tmp_path) == read_approvals(tmp_path) == read_receipts(tmp_path) == ()


def test_what_is_added_is_read_back(tmp_path: Path) -> None:
    waiver = Waiver(
        rule="link.http", item="news", words="http://example.org", by="A. B.", because="no https: theirs"
    )
    approval = Approval(digest="1e5", by="Ö. Ü.", at=NOON, words="fine:\ngo # now")
    add_waiver(tmp_path, waiver)
    add_approval(tmp_path, approval)
    add_approval(tmp_path, approval.model_copy(update={"by": "C. D."}))
    assert read_waivers(tmp_path) == (waiver,)
    assert [known.by for known in read_approvals(tmp_path)] == ["Ö. Ü.", "C. D."]
    assert read_approvals(tmp_path)[0] == approval


def test_comments_and_quotes_of_a_person_stay(tmp_path: Path) -> None:
    written = (
        "# our exceptions\n\nwaivers:\n  # agreed in the meeting\n"
        "  - rule: 'link.http'\n    by: \"A. B.\"   # head of unit\n    because: theirs\n"
    )
    (tmp_path / "waivers.yaml").write_text(written)
    add_waiver(tmp_path, Waiver(rule="date.past", by="C. D.", because="on purpose"))
    assert (tmp_path / "waivers.yaml").read_text() == (
        written + "  - rule: date.past\n    by: C. D.\n    because: on purpose\n"
    )


def test_an_empty_list_is_filled_in_block_form(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text("waivers: []   # none yet\n")
    add_waiver(tmp_path, Waiver(rule="a.b", by="C. D.", because="x"))
    assert "  - rule: a.b\n" in (tmp_path / "waivers.yaml").read_text()


def test_a_broken_record_is_told_and_not_added_to(tmp_path: Path) -> None:
    path = tmp_path / "approvals.yaml"
    path.write_text("approvals:\n  - digest: a\n    by: b\n    on: 2016-12-19\n")
    with pytest.raises(ProblemsError) as caught:
        add_approval(tmp_path, Approval(digest="a", by="b", at=NOON))
    assert {(problem.line, problem.field) for problem in caught.value.problems} == {
        (2, "approvals[0].at"),
        (4, "approvals[0].on"),
    }
    assert "on: 2016-12-19" in path.read_text()


def test_receipts_form_a_chain(tmp_path: Path) -> None:
    first = add_receipt(tmp_path, receipt("d1"))
    second = add_receipt(tmp_path, receipt("d2"))
    assert first.chain_head == chain_head("", receipt("d1"))
    assert second.chain_head == chain_head(first.chain_head, receipt("d2"))
    assert read_receipts(tmp_path) == (first, second)


def test_a_receipt_is_added_once_however_often_one_tries(tmp_path: Path) -> None:
    first = add_receipt(tmp_path, receipt())
    before = (tmp_path / "dispatches.yaml").read_bytes()
    assert add_receipt(tmp_path, receipt()) == first
    assert (tmp_path / "dispatches.yaml").read_bytes() == before
    with pytest.raises(MailerError, match="already has another receipt"):
        add_receipt(tmp_path, receipt(accepted=4))


@pytest.mark.parametrize(
    "change", [("accepted: 3", "accepted: 4"), ("id: d1", "id: d9"), ("relay: office", "relay: x")]
)
def test_a_receipt_changed_by_hand_is_noticed(tmp_path: Path, change: tuple[str, str]) -> None:
    add_receipt(tmp_path, receipt("d1"))
    add_receipt(tmp_path, receipt("d2"))
    path = tmp_path / "dispatches.yaml"
    assert change[0] in path.read_text()
    path.write_text(path.read_text().replace(*change, 1))
    with pytest.raises(ProblemsError, match="was changed or taken out"):
        read_receipts(tmp_path)


def test_a_receipt_taken_out_is_noticed(tmp_path: Path) -> None:
    for name in ("d1", "d2", "d3"):
        add_receipt(tmp_path, receipt(name))
    path = tmp_path / "dispatches.yaml"
    parts = path.read_text().split("  - id: ")
    path.write_text("  - id: ".join([parts[0], parts[1], parts[3]]))
    with pytest.raises(ProblemsError, match="was changed or taken out"):
        read_receipts(tmp_path)


def test_two_who_approve_at_once_are_both_recorded(tmp_path: Path) -> None:
    people = [f"Person {n}" for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda by: add_approval(tmp_path, Approval(digest="d", by=by, at=NOON)), people))
    assert sorted(approval.by for approval in read_approvals(tmp_path)) == sorted(people)


@pytest.mark.parametrize("name", ["approvals.yaml", "waivers.yaml", "dispatches.yaml", "erratum.yaml"])
@pytest.mark.parametrize("target", ["gone.yaml", "itself"])
def test_a_record_that_is_a_link_to_nothing_is_refused_and_left_as_it_is(
    tmp_path: Path, name: str, target: str
) -> None:
    folder = tmp_path / "issue"
    folder.mkdir()
    path = folder / name
    path.symlink_to(name if target == "itself" else tmp_path / target)
    waiver = Waiver(rule="a.b", by="C. D.", because="x")
    uses: dict[str, tuple[Callable[[], object], ...]] = {
        "approvals.yaml": (
            lambda: read_approvals(folder, tmp_path),
            lambda: read_approvals(folder),
            lambda: add_approval(folder, Approval(digest="a", by="b", at=NOON)),
        ),
        "waivers.yaml": (lambda: read_waivers(folder, tmp_path), lambda: add_waiver(folder, waiver)),
        "dispatches.yaml": (lambda: read_receipts(folder, tmp_path), lambda: add_receipt(folder, receipt())),
        "erratum.yaml": (
            lambda: read_erratum(folder, tmp_path),
            lambda: wrong_digests(folder),
            lambda: begin_erratum(folder, ["en"], "erratum-1", "x", "issue"),
            lambda: note_digests(folder, "wrong", ["a"]),
        ),
    }
    for use in uses[name]:
        with pytest.raises(ProblemsError, match=rf"{name}: is a link to a file that is not there\."):
            use()
    assert path.is_symlink()
    assert os.listdir(folder) == [name]
    assert os.listdir(tmp_path) == ["issue"]


@pytest.mark.parametrize(
    ("name", "entry", "read"),
    [
        ("approvals", "{digest: a, by: b, at: 2016-12-19T12:00:00Z}", read_approvals),
        ("waivers", "{rule: a.b, by: c, because: x}", read_waivers),
    ],
)
def test_more_entries_than_anybody_writes_are_refused_in_words(
    tmp_path: Path, name: str, entry: str, read: Callable[[Path], tuple[object, ...]]
) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(f"{name}:\n" + f"  - {entry}\n" * MOST_ENTRIES)
    assert len(read(tmp_path)) == MOST_ENTRIES
    path.write_text(f"{name}:\n" + f"  - {entry}\n" * (MOST_ENTRIES + 1))
    with pytest.raises(ProblemsError, match=rf"{name}\.yaml:1: {name}: has more than 2,000 entries\."):
        read(tmp_path)
