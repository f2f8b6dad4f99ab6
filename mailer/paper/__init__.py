"""From a page's html to a tagged PDF, by WeasyPrint, in a program of its own that is ended when it takes too long.

`pdf_of` takes html and the pictures that it names as `cid:NAME`; nothing else is ever loaded: no file, no
address on the web. The same html, pictures, fonts and libraries give the same bytes. `missing` says what is not
installed, and how to get it.
"""

from mailer.paper.fonts import undrawn_words
from mailer.paper.printing import MOST_MEMORY, MOST_PAGES, MOST_SECONDS, SCHEME, Paper, missing, pdf_of

__all__ = [
    "MOST_MEMORY",
    "MOST_PAGES",
    "MOST_SECONDS",
    "SCHEME",
    "Paper",
    "missing",
    "pdf_of",
    "undrawn_words",
]
