"""npm's mjml with juice over the same documents: what most of the field renders with."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

SCRIPT = """\
const mjml2html = require('mjml'), juice = require('juice');
const { documents, rounds } = JSON.parse(require('fs').readFileSync(0));
const render = async (document) => juice((await mjml2html(document)).html, { removeStyleTags: false });
(async () => {
  for (let round = 0; round < 3; round++) for (const document of documents) await render(document);
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const started = process.hrtime.bigint();
    for (const document of documents) await render(document);
    times.push(Number(process.hrtime.bigint() - started) / 1e9);
  }
  const version = (name) => require(name + '/package.json').version;
  console.log(JSON.stringify({ times, versions: `mjml ${version('mjml')}, juice ${version('juice')}` }));
})();
"""


class Yardstick:
    """A Node process with mjml and juice, installed from npm into a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trouble = self._install()
        """Why it cannot be had; "" where it can."""

    def _install(self) -> str:
        if not shutil.which("node") or not shutil.which("npm"):
            return "no Node: skipped"
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "mjml@5", "juice@11"]
        try:
            subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError):
            return "npm gave no mjml and juice: skipped"
        return ""

    def time(self, documents: Sequence[str], rounds: int) -> tuple[list[float], str]:
        """Seconds of each round over all documents, in one warm process; and the versions measured."""
        given = json.dumps({"documents": list(documents), "rounds": rounds})
        ended = subprocess.run(
            ["node", "-e", SCRIPT], cwd=self.folder, input=given, capture_output=True, text=True, check=True
        )
        said = json.loads(ended.stdout)
        return said["times"], said["versions"]
