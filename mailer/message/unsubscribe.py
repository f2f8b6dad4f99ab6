"""Addresses that belong to one reader: how to leave, where to see the issue on the web.

A token is an HMAC over what it is for: it cannot be guessed, tells nothing about the reader, and a token for
one list is worth nothing for another.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from hashlib import sha256
from urllib.parse import quote

from mailer.config import PublicMode


def unsubscribe_token(secret: bytes, list_slug: str, address: str) -> str:
    """26 letters and digits (128 bits) that stand for this address leaving this list."""
    return _token(secret, "unsubscribe", list_slug, address)


def _token(secret: bytes, *parts: str) -> str:
    digest = hmac.new(secret, "\x00".join(parts).encode(), sha256).digest()[:16]
    return b32encode(digest).decode().rstrip("=").lower()


def unsubscribe_urls(
    token: str, list_slug: str, mail_address: str, public: PublicMode, public_url: str
) -> tuple[str, ...]:
    """The https address first where our server answers, then the mailto address, which always works."""
    subject = quote(f"unsubscribe {list_slug} {token}")
    mailto = f"mailto:{mail_address}?subject={subject}"
    if public is PublicMode.SERVER:
        return f"{public_url.rstrip('/')}/unsubscribe/{list_slug}/{token}", mailto
    return (mailto,)


def web_view_url(slug: str, variant: str, public: PublicMode, public_url: str) -> str:
    """Where the issue can be seen in a browser without personal data; "" where nothing answers."""
    if public is PublicMode.NONE:
        return ""
    return f"{public_url.rstrip('/')}/issues/{slug}/{variant}/"
