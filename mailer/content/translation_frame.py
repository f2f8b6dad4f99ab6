"""The bare frame of a translation: the source's words as comments, above keys that are still empty."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from mailer.model.base import Language
from mailer.model.issue import Issue, ItemBase
from mailer.model.translation import (
    HEAD_WORDS,
    OPTIONAL_WORDS,
    head_digest,
    item_digest,
    required_words,
    word_fields,
    words_of,
)
from mailer.source import language_name

_TEXT = """\
# yaml-language-server: $schema=../../schemas/translation.schema.json
#
# The issue in {language}. Write each translation at its key, under the {source} words.
# What stays empty is not translated yet: readers get such an item in another language, and are told so.
# `# credit:` and the like need not differ; take the # away where they do.
# `source` notes which words were translated. When they change, `mailer check` says so;
# `mailer translate stamp` notes anew once you have looked.
"""

_SHARED_TEXT = """\
# yaml-language-server: $schema=../../schemas/shared-translation.schema.json
#
# {name}.yaml in {language}, for every issue that names it. Write each translation at its key, under the {source}
# words. What stays empty is not translated yet. `source` notes which words were translated;
# `mailer translate stamp` notes anew once you have looked.
"""

_NOT_IN_COMMENTS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def frame_of(issue: Issue, language: Language, without: Collection[str] = ()) -> str:
    """A whole file. It is valid as it stands, and says that nothing is translated yet.

    `without`: items whose words stand elsewhere, since other issues have them too.
    """
    names = {"language": language_name(language), "source": language_name(issue.language)}
    lines = [
        _TEXT.format(**names),
        f"language: {_plain(language)}\n",
        f"source: {_plain(head_digest(issue))}\n",
    ]
    for name in HEAD_WORDS:
        if words := getattr(issue, name).strip():
            lines += ["\n", _comment(words, ""), f"{name}:\n"]
    own = [item for item in issue.items if item.id not in without]
    return "".join(lines) + "\nitems:\n" + item_frames(own, "  ")


def shared_frame(item: ItemBase, language: Language, source: Language) -> str:
    """The whole file of a shared item's words in that language, all of them still empty."""
    names = {"name": item.id, "language": language_name(language), "source": language_name(source)}
    return "".join([_SHARED_TEXT.format(**names), f"source: {_plain(item_digest(item))}\n", *_keys(item, "")])


def item_frames(items: Iterable[ItemBase], indent: str) -> str:
    """Frames of those items that have words to translate, with a blank line between them."""
    return "\n".join(
        "".join(
            [
                f"{indent}{_plain(item.id)}:\n",
                f"{indent}  source: {_plain(item_digest(item))}\n",
                *_keys(item, indent + "  "),
            ]
        )
        for item in items
        if required_words(item)
    )


def _keys(noun: BaseModel, indent: str) -> Iterator[str]:
    for key, name in word_fields(type(noun)).items():
        value = getattr(noun, name)
        if isinstance(value, BaseModel) and words_of(value):
            yield f"{indent}{key}:\n"
            yield from _keys(value, indent + "  ")
        elif isinstance(value, tuple) and value:
            yield from _list(key, value, indent)
        elif isinstance(value, str) and value.strip():
            if key in OPTIONAL_WORDS:
                yield _comment(f"{key}: {json.dumps(value, ensure_ascii=False)}", indent)
            else:
                yield _comment(value.strip(), indent)
                yield f"{indent}{key}: |\n" if "\n" in value.strip() else f"{indent}{key}:\n"


def _list(key: str, values: tuple[Any, ...], indent: str) -> Iterator[str]:
    if key in OPTIONAL_WORDS:
        yield _comment(f"{key}:", indent)
        yield from (_comment(f"  - {json.dumps(value, ensure_ascii=False)}", indent) for value in values)
        return
    yield f"{indent}{key}:\n"
    for value in values:
        if isinstance(value, BaseModel):
            yield f"{indent}  -\n"
            yield from _keys(value, indent + "    ")
        else:
            yield _comment(str(value), indent + "  ")
            yield f"{indent}  -\n"


def _comment(words: str, indent: str) -> str:
    lines = (_NOT_IN_COMMENTS.sub(" ", line).rstrip() for line in words.split("\n"))
    return "".join(f"{indent}# {line}".rstrip() + "\n" for line in lines)


def _plain(word: str) -> str:
    """A word as YAML takes it for text: in quotes where it would be a number or nothing."""
    is_text = re.fullmatch(r"[a-z].*|[0-9a-f]*[abcdf][0-9a-f]*", word)
    return word if is_text and word not in ("null", "true", "false") else json.dumps(word)
