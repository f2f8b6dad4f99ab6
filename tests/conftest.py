"""What holds for every test: wide output whatever the terminal, and no settings from outside."""

from __future__ import annotations

import os

os.environ["COLUMNS"] = "200"
os.environ["NO_COLOR"] = "1"
for name in [name for name in os.environ if name.startswith("MAILER_")]:
    del os.environ[name]
