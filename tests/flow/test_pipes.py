"""A pipe where a file should be: said at once, never waited for."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailer.config import read_config
from mailer.content import read_waivers
from mailer.errors import MailerError
from mailer.source import load_round_trip, read_bytes
from tests.flow.office import Office


@contextmanager
def without_waiting(seconds: int = 60) -> Iterator[None]:
    """What waits for longer ends in a TimeoutError."""

    def wake(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, wake)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def pipe(path: Path) -> Path:
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("issues/test-issue/waivers.yaml", ("check", "test-issue")),
        ("issues/test-issue/approvals.yaml", ("send", "test-issue", "--to", "everyone", "--yes")),
        ("issues/test-issue/dispatches.yaml", ("send", "test-issue", "--to", "everyone", "--yes")),
        ("issues/test-issue/issue.fr.yaml", ("check", "test-issue")),
        ("recipients/segments.yaml", ("check", "test-issue")),
        ("recipients/countries.yaml", ("check", "test-issue")),
        ("recipients/species.yaml", ("check", "test-issue")),
        ("recipients/contacts.csv", ("check", "test-issue")),
    ],
)
def test_a_pipe_in_place_of_a_file_is_named(office: Office, name: str, command: tuple[str, ...]) -> None:
    if name.endswith(("approvals.yaml", "dispatches.yaml")):
        office.use_relay(1)
        digest = office.approved()
        command = (
            ("approve", digest, "--by", "Deputy") if "approvals" in name else (*command, "--relay", "office")
        )
    pipe(office.root / name)
    with without_waiting():
        printed = office.run(*command, code=1)
    assert name.rpartition("/")[2] in printed
    assert "pipe" in printed or "is not a file" in printed


def a_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def a_device(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [pipe, a_folder, a_device])
@pytest.mark.parametrize(
    "name",
    [
        "issues/test-issue/waivers.yaml",
        "recipients/segments.yaml",
        "recipients/countries.yaml",
        "recipients/species.yaml",
    ],
)
def test_what_is_no_file_is_a_finding_for_programs(
    office: Office, name: str, put: Callable[[Path], object]
) -> None:
    put(office.root / name)
    with without_waiting():
        printed = office.run("check", "test-issue", "--format", "json", code=1)
    [found] = json.loads(printed)["findings"]
    assert (found["rule"], found["severity"]) == ("file.yaml", "stop")
    assert found["file"].endswith(name)
    assert "no ordinary file" in found["message"] or "Is a directory" in found["message"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("mailer.toml", "is not in a workspace"), ("issues/test-issue/issue.yaml", "There is no issue")],
)
def test_a_pipe_is_no_workspace_and_no_issue(office: Office, name: str, words: str) -> None:
    pipe(office.root / name)
    with without_waiting():
        assert words in office.run("check", "test-issue", code=1)


def test_a_pipe_is_no_password(office: Office) -> None:
    office.use_relay(1)
    digest = office.approved()
    settings = office.root / "mailer.toml"
    way_in = 'security = "tls"\nusername = "office"\npassword_file = "password"'
    settings.write_text(settings.read_text(encoding="utf-8").replace('security = "plaintext"', way_in))
    pipe(office.root / "password")
    with without_waiting():
        to = ("--to", "everyone", "--relay", "office")
        printed = office.run("send", "test-issue", *to, "--yes", "--digest", digest, code=1)
    assert "password is no ordinary file" in printed


def test_every_reader_refuses_a_pipe_by_itself(tmp_path: Path) -> None:
    path = pipe(tmp_path / "waivers.yaml")
    with without_waiting():
        for read in (
            lambda: read_bytes(path, "waivers.yaml", 100),
            lambda: load_round_trip(path, "waivers.yaml"),
            lambda: read_config(path, {}),
            lambda: read_waivers(tmp_path),
        ):
            with pytest.raises(
                MailerError, match=r"waivers\.yaml:? is no ordinary file, but a pipe or a device"
            ):
                read()
        (tmp_path / "link.yaml").symlink_to(path)
        with pytest.raises(MailerError, match="pipe"):
            read_bytes(tmp_path / "link.yaml", "link.yaml", 100)


def test_devices_and_folders_are_no_files_either(tmp_path: Path) -> None:
    with pytest.raises(MailerError, match="or a device"):
        read_bytes(Path("/dev/zero"), "zero", 100)
    with pytest.raises(MailerError, match="Is a directory"):
        read_bytes(tmp_path, "folder", 100)
