"""What is answered to "we got nothing", in the languages of the templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mailer.source import read_yaml

LANGUAGES = ("en", "ru", "fr", "ar")
FALLBACK = "en"


def words_in(language: str) -> tuple[str, Mapping[str, str]]:
    """The language of those that there are in which to answer somebody who reads `language`; and its words."""
    primary = language.partition("-")[0]
    chosen = primary if primary in LANGUAGES else FALLBACK
    return chosen, _read(chosen)


@cache
def _read(language: str) -> Mapping[str, str]:
    name = f"enquiry.{language}.yaml"
    data = read_yaml(Path(__file__).with_name("data") / name, name).data
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}
