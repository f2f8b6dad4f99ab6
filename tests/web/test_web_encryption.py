"""Over TLS the name stays the site's own, though the connection goes to an address that was checked."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailer.model.visit import Found, Visit
from mailer.web import visit_all
from tests.web.sites import PUBLIC, some_sites


def identity(folder: Path, name: str, *, days: int = 1) -> tuple[Path, ssl.SSLContext]:
    """A certificate for that name, as a file to trust and as what a server shows; expired with days below 0."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, secret)
    return cert, server


async def ask(folder: Path, name: str, *, days: int = 1, is_trusted: bool = True) -> Visit:
    cert, server = identity(folder, name, days=days)
    trust = ssl.create_default_context(cafile=str(cert) if is_trusted else None)
    async with some_sites({"*": "200 OK"}, server, trust) as sites:
        (seen,) = await visit_all(["https://example.org/"], sites.web(), seconds=5)
        assert sites.connected[0] == (PUBLIC, 443)
    return seen


async def test_a_site_is_known_by_its_name(tmp_path: Path) -> None:
    assert (await ask(tmp_path, "example.org")).found is Found.ANSWERS


@pytest.mark.parametrize(
    ("name", "known", "why"),
    [
        ("example.com", {}, "for another name"),
        ("example.org", {"days": -1}, "has expired"),
        ("example.org", {"is_trusted": False}, "nobody vouches for"),
    ],
)
async def test_what_browsers_warn_of_is_told(tmp_path: Path, name: str, known: dict, why: str) -> None:
    seen = await ask(tmp_path, name, **known)
    assert seen.found is Found.TROUBLE
    assert why in seen.reason
