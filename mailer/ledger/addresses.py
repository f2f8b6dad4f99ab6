"""The one form in which an address is compared."""

from __future__ import annotations

import unicodedata


def normalised(address: str) -> str:
    """`address` in NFC and lower case, without blanks around it.

    RFC 5321 (2.4) lets a host tell `A@` from `a@`; none that anybody knows does, and a person must not get the
    same mail twice, or in spite of the do-not-mail list, for a capital letter. Mail goes to the address as given.
    """
    return unicodedata.normalize("NFC", address.strip()).lower()
