"""A studio that really runs, in a process of its own, on a copy of the sample workspace."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

REPOSITORY = Path(__file__).parents[2]
SLUG = "2016-12-cami"
HOSTILE_NAME = "<img src=x onerror=document.title='owned'>"
HOSTILE_ROW = (
    f'hostile@example.org,,"{HOSTILE_NAME}",Marked,"Dear {HOSTILE_NAME},",en,KZ,"<b>Bold</b> Ministry",'
    "press,cami-newsletter,,,,"
)
PROGRAM = (
    "import sys; from pathlib import Path; from mailer.studio import run_studio;"
    "run_studio(Path(sys.argv[1]), port=int(sys.argv[2]), open_browser=False,"
    " say=lambda words: print(words, flush=True))"
)
TRACKED = b"""From: "CMS Secretariat" <newsletter@cami.example.org>
To: somebody@example.org
Delivered-To: somebody@example.org
Subject: A mail with everything in it that a frame must not do
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><head><title>x</title></head><body><h1>Tracked</h1>
<img src="http://tracker.example.org/pixel.gif" alt="pixel">
<img src="http://127.0.0.1:1/elsewhere.gif" alt="other port">
<link rel="stylesheet" href="https://style.example.org/a.css">
<script>document.title = 'script ran'; fetch('https://script.example.org/');</script>
<iframe src="https://frame.example.org/"></iframe>
<form action="https://form.example.org/"><button>Press me</button></form>
<a href="https://link.example.org/" target="_self">Follow me</a>
<meta http-equiv="refresh" content="0;url=https://refresh.example.org/">
</body></html>
"""


def copy_workspace(target: Path) -> Path:
    """The sample workspace, with one contact whose name is markup."""
    for name in ("issues", "templates", "recipients"):
        shutil.copytree(REPOSITORY / name, target / name)
    shutil.copy(REPOSITORY / "mailer.toml", target / "mailer.toml")
    contacts = target / "recipients" / "contacts.csv"
    text = contacts.read_text(encoding="utf-8").rstrip("\n")
    contacts.write_text(f"{text}\n{HOSTILE_ROW}\n", encoding="utf-8")
    return target


@dataclass
class RunningStudio:
    """Where it listens and what opens it."""

    root: Path
    port: int
    token: str
    process: subprocess.Popen[str]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        return f"saiga_studio_{self.port}={self.token}"

    @property
    def issue_file(self) -> Path:
        return self.root / "issues" / SLUG / "issue.yaml"

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, body; `Host` may be any."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest("GET", path, skip_host=True)
            sent = {"Host": f"127.0.0.1:{self.port}"} | {k.replace("_", "-"): v for k, v in headers.items()}
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def enter(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """The same with the token's cookie."""
        return self.get(path, Cookie=self.cookie, **headers)


def start_studio(root: Path, port: int = 0) -> RunningStudio:
    """Start one and wait until it says its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=root,
    )
    said: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda: said.append(process.stdout.readline()), daemon=True)
    reader.start()
    reader.join(timeout=60)
    if not said or "http://" not in said[0]:
        process.kill()
        raise AssertionError(f"the studio did not start: {said} {process.communicate()[1]}")
    address = urlsplit(said[0].split()[-1])
    assert address.hostname == "127.0.0.1"
    assert address.port
    return RunningStudio(root, address.port, parse_qs(address.query)["token"][0], process)


def stop_studio(studio: RunningStudio) -> int:
    """Stop it as Ctrl-C does, and return its exit code."""
    studio.process.terminate()
    try:
        return studio.process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        studio.process.kill()
        raise
