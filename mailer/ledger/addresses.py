"""The one form in which an address is compared."""

from __future__ import annotations

import unicodedata


def normalised(address: str) -> str:
    """`address` in NFC, without blanks around it, its domain in lower case; the local part is left as it is."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    return f"{local}{at}{domain.lower()}"
