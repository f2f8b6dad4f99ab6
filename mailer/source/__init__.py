"""Reading files within bounds: plain values with their lines, or every problem at its place.

`read_yaml` reads one YAML 1.2 document and refuses what could grow, hide or run; `read_noun` makes one of our
nouns of it; `lay_over` merges files of which each says only what it changes; `problems_of` turns a model's
complaints into problems a person can mend. `load_round_trip` and
`dump_round_trip` change a file and keep the comments and the order of whoever wrote it; `alone_in` lets one program
at a time do so in a folder.
"""

from mailer.source.document import Document, Loc, field_path
from mailer.source.folder_lock import alone_in
from mailer.source.hidden import UNHIDE, hidden_part, is_hidden
from mailer.source.languages import is_language, language_name, nearest_language
from mailer.source.layers import Layers, lay_over
from mailer.source.nouns import as_noun, read_noun
from mailer.source.problems import problems_of
from mailer.source.reader import MAX_BYTES, decode, parse_yaml, read_bytes, read_yaml
from mailer.source.round_trip import dump_round_trip, is_there, load_round_trip, write_atomically
from mailer.source.shapes import shape_of
from mailer.source.zones import first_hour_after, is_zone, nearest_zone, times_that_clocks_show

__all__ = [
    "MAX_BYTES",
    "UNHIDE",
    "Document",
    "Layers",
    "Loc",
    "alone_in",
    "as_noun",
    "decode",
    "dump_round_trip",
    "field_path",
    "first_hour_after",
    "hidden_part",
    "is_hidden",
    "is_language",
    "is_there",
    "is_zone",
    "language_name",
    "lay_over",
    "load_round_trip",
    "nearest_language",
    "nearest_zone",
    "parse_yaml",
    "problems_of",
    "read_bytes",
    "read_noun",
    "read_yaml",
    "shape_of",
    "times_that_clocks_show",
    "write_atomically",
]
