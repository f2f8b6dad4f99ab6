"""Mail addresses: whether one can be written to, and the one form under which a person is known."""

from __future__ import annotations

import re

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+([A-Za-z]{{2,63}}))")
"""Most addresses: an ASCII dot-atom (RFC 5321 4.1.2) at a domain of letters, digits and hyphens."""

MAX_ADDRESS = 254
MAX_LOCAL = 64
_NOWHERE = frozenset({"invalid", "localhost", "test", "local", "onion", "arpa", "example"})


class AddressError(ValueError):
    """An address that cannot be written to, and why in words."""


def normalise(email: str) -> str:
    """The address in NFC and lower case, to tell people apart by; AddressError, saying why, where it is none."""
    return plain_form(email) or in_full(email)


def plain_form(email: str) -> str:
    """The same of most addresses, quickly; "" where only the full test can tell. AddressError as there."""
    plain = _PLAIN.fullmatch(email)
    # Domains with "--" may be encoded IDNs, which only the full test decodes.
    if plain and len(email) <= MAX_ADDRESS and len(plain[1]) <= MAX_LOCAL and "--" not in plain[2]:
        if plain[3].lower() in _NOWHERE:
            raise AddressError(f'nothing can be delivered to ".{plain[3].lower()}"')
        return plain[0].lower()
    return ""


def in_full(email: str) -> str:
    """The same by email-validator, strictly: an address alone, its domain decoded, nothing looked up."""
    if not email:
        raise AddressError("it is empty")
    if "<" in email or ">" in email:
        raise AddressError("write the address alone, without a name and without < and >")
    if email.lower().endswith(("@localhost", ".localhost")):
        raise AddressError('nothing can be delivered to "localhost"')
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            email, check_deliverability=False, strict=True, allow_smtputf8=False, allow_display_name=False
        )
    except EmailNotValidError as error:
        text = str(error).rstrip(".")
        raise AddressError(text[:1].lower() + text[1:]) from error
    return found.normalized.lower()
