"""The studio: a local web app that shows issues, the practice tray and sendings.

It begins no sending; one that is there it can hold, let go on, and end. `run_studio()` serves it on this machine
alone, to whoever has the token, until it is stopped. What the browser shows comes from the same functions as what is
sent. Mail html is never part of a page: it is served apart, into sandboxed frames. NiceGUI is imported here and
nowhere else.
"""

from mailer.studio.app import create_studio
from mailer.studio.server import DEFAULT_PORT, run_studio

__all__ = ["DEFAULT_PORT", "create_studio", "run_studio"]
