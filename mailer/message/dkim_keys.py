"""DKIM keys: read with care, chosen by the sender's domain, and as records for the DNS."""

from __future__ import annotations

import os
import re
import stat
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import idna

from mailer.config import DkimKey
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.message.dkim import Signer
from mailer.source import MAX_BYTES, read_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

LEAST_BITS = 1024
"""Shorter keys verify nowhere (RFC 8301 section 3.2)."""
MOST_BITS = 4096
"""Longer ones need not be verified (RFC 8301 section 3.2)."""
ADVISED_BITS = 2048
TXT_STRING = 255
"""Octets of one string of a TXT record (RFC 1035 section 3.3.14)."""
LABELS = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
HEADS = {"BEGIN PUBLIC KEY": "a public key; the private one is needed", "BEGIN CERTIFICATE": "a certificate"}


@dataclass(frozen=True, slots=True)
class Signers:
    """The keys of a workspace, by domain."""

    by_domain: Mapping[str, Signer]

    def signer_for(self, domain: str) -> Signer | None:
        """The key of the domain, or of the nearest one above it; None where there is none."""
        labels = a_labels(domain).split(".")
        above = (".".join(labels[at:]) for at in range(len(labels)))
        return next((self.by_domain[name] for name in above if name in self.by_domain), None)


def load_signers(keys: Iterable[DkimKey], root: Path, environ: Mapping[str, str] = os.environ) -> Signers:
    """Read all keys that mailer.toml names; files lie in `root`. ProblemsError with everything that is wrong."""
    found: dict[str, Signer] = {}
    problems: list[Problem] = []
    for number, settings in enumerate(keys):
        place = f"dkim.{number}"
        try:
            signer = _signer(settings, root, environ, place)
        except ProblemsError as error:
            problems += error.problems
            continue
        if signer.domain in found:
            words = f"{signer.domain} has two keys; only one can sign."
            hint = "Take out the one whose record is not in the DNS, or the older one."
            problems.append(Problem(words, hint, "mailer.toml", field=f"{place}.domain"))
        found[signer.domain] = signer
    if problems:
        raise ProblemsError(problems)
    return Signers(found)


def _signer(settings: DkimKey, root: Path, environ: Mapping[str, str], place: str) -> Signer:
    domain, selector = checked_name(settings.domain, settings.selector, place)
    if settings.key_env:
        text = environ.get(settings.key_env, "")
        if not text.strip():
            words = f"The environment variable {settings.key_env} is empty."
            raise _trouble(words, "Put the key there, in PEM.", "mailer.toml", f"{place}.key_env")
        # Programs that take variables from one-line files write line ends as \n.
        pem = text.replace("\\n", "\n").encode("utf-8", "replace")
        return Signer(domain, selector, read_key(pem, "mailer.toml", f"{place}.key_env"))
    pem = _read_file(root / settings.key_file, settings.key_file)
    return Signer(domain, selector, read_key(pem, settings.key_file))


def checked_name(domain: str, selector: str, place: str = "") -> tuple[str, str]:
    """Domain, in A-labels, and selector. ProblemsError where one cannot stand in the DNS."""
    name = a_labels(domain)
    if "." not in name or not LABELS.fullmatch(name):
        field = f"{place}.domain" if place else "domain"
        raise _trouble(f'"{domain}" is not a domain.', "Write it as example.org.", "mailer.toml", field)
    if not LABELS.fullmatch(selector.lower()):
        field = f"{place}.selector" if place else "selector"
        words = f'"{selector}" is not a selector.'
        raise _trouble(words, "Use letters, digits and hyphens, such as 2026a.", "mailer.toml", field)
    return name, selector.lower()


def _read_file(path: Path, shown: str) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise _trouble("can be read by others.", f"Run `chmod 600 {shown}`.", shown)
        return read_bytes(path, shown, MAX_BYTES)
    except FileNotFoundError as error:
        hint = "Make a key with `mailer dkim new SELECTOR`, or mend `key_file` in mailer.toml."
        raise _trouble("does not exist.", hint, shown) from error
    except OSError as error:
        raise _trouble(f"cannot be read: {error.strerror}.", "", shown) from error
    except ProblemsError:
        raise
    except MailerError as error:
        raise ProblemsError([Problem(error.message, error.hint, "mailer.toml")]) from error


def read_key(pem: bytes, file: str, field: str = "") -> RSAPrivateKey:
    """The RSA key in a PEM. ProblemsError where it is none that can sign."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    hint = "Make one with `mailer dkim new SELECTOR`."
    for head, words in HEADS.items():
        if head.encode() in pem and b"PRIVATE KEY" not in pem:
            raise _trouble(f"is {words}.", hint, file, field)
    if b"-----BEGIN " not in pem:
        raise _trouble("is not a key in PEM (-----BEGIN PRIVATE KEY-----).", hint, file, field)
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as error:
        without = "Write it without one: `openssl pkey -in OLD -out NEW`, then `chmod 600 NEW`."
        raise _trouble("is locked with a password.", without, file, field) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _trouble("is not a whole key in PEM.", hint, file, field) from error
    if not isinstance(key, RSAPrivateKey):
        raise _trouble("is not an RSA key, which all receivers can verify.", hint, file, field)
    if not LEAST_BITS <= key.key_size <= MOST_BITS:
        words = f"has {key.key_size} bits; receivers verify {LEAST_BITS} to {MOST_BITS}."
        raise _trouble(words, hint, file, field)
    return key


def record_name(domain: str, selector: str) -> str:
    """Where the public key is in the DNS (RFC 6376 section 3.6.2.1)."""
    return f"{selector}._domainkey.{domain}"


def record_value(key: RSAPrivateKey) -> str:
    """The TXT record's value (RFC 6376 section 3.6.1)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def record_strings(value: str) -> list[str]:
    """The value in strings, as long as a TXT record may have them."""
    return [value[at : at + TXT_STRING] for at in range(0, len(value), TXT_STRING)]


def new_key(bits: int) -> tuple[RSAPrivateKey, bytes]:
    """A key, and its PEM (PKCS #8)."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = generate_private_key(public_exponent=65537, key_size=bits)
    return key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def a_labels(domain: str) -> str:
    """The domain in small ASCII letters (RFC 5890); as it is where that cannot be."""
    if domain.isascii():
        return domain.lower().rstrip(".")
    try:
        return idna.encode(domain.rstrip("."), uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain


def _trouble(words: str, hint: str, file: str, field: str = "") -> ProblemsError:
    return ProblemsError([Problem(words, hint, file, field=field)])
