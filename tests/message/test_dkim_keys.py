"""Keys: read with care, chosen by the sender's domain, made once, and shown as the DNS wants them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from message_kit import compiled, private_key, reader, rendition

from mailer.config import DkimKey
from mailer.errors import ProblemsError
from mailer.message import load_signers

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def pem(
    key: PrivateKey,
    form: PrivateFormat = PrivateFormat.PKCS8,
    lock: KeySerializationEncryption | None = None,
) -> bytes:
    return key.private_bytes(Encoding.PEM, form, lock or NoEncryption())


def written(folder: Path, content: bytes, name: str = "key.pem", mode: int = 0o600) -> str:
    (folder / name).write_bytes(content)
    (folder / name).chmod(mode)
    return name


def in_file(name: str, domain: str = "example.org", selector: str = "2026a") -> DkimKey:
    return DkimKey(domain=domain, selector=selector, key_file=name)


def complaint(folder: Path, *keys: DkimKey, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ProblemsError) as caught:
        load_signers(keys, folder, environ or {})
    return str(caught.value)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_comes_from_a_file_in_either_form_of_pem(tmp_path: Path, form: PrivateFormat) -> None:
    name = written(tmp_path, pem(private_key(), form))
    signer = load_signers([in_file(name)], tmp_path).signer_for("example.org")
    assert signer is not None
    assert signer.key.private_numbers() == private_key().private_numbers()


def test_a_key_comes_from_the_environment_with_its_line_ends_written_out_or_not(tmp_path: Path) -> None:
    text = pem(private_key()).decode()
    for given in (text, text.replace("\n", "\\n")):
        key = DkimKey(domain="example.org", selector="a", key_env="OFFICE_KEY")
        assert load_signers([key], tmp_path, {"OFFICE_KEY": given}).signer_for("example.org") is not None


def test_the_nearest_domain_above_the_senders_signs(tmp_path: Path) -> None:
    name = written(tmp_path, pem(private_key()))
    keys = [
        in_file(name, "example.org"),
        in_file(name, "news.example.org", "b"),
        in_file(name, "пример.example.com", "c"),
    ]
    signers = load_signers(keys, tmp_path)
    chosen = {
        "example.org": "2026a",
        "EXAMPLE.org": "2026a",
        "a.b.example.org": "2026a",
        "news.example.org": "b",
        "cami.news.example.org": "b",
        "xn--e1afmkfd.example.com": "c",
        "пример.example.com": "c",
    }
    for domain, selector in chosen.items():
        signer = signers.signer_for(domain)
        assert signer is not None, domain
        assert signer.selector == selector
    for domain in ("notexample.org", "example.com", "org", "", "example.org.evil.example"):
        assert signers.signer_for(domain) is None, domain


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    name = written(tmp_path, pem(private_key()), mode=mode)
    assert complaint(tmp_path, in_file(name)) == "key.pem: can be read by others. Run `chmod 600 key.pem`."


def test_what_is_no_usable_key_is_refused_in_words(tmp_path: Path) -> None:
    small = rsa.generate_private_key(65537, 1024)
    public = private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    cases = {
        b"": "is not a key in PEM",
        b"\xff\xfe\x00nonsense": "is not a key in PEM",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n": "is not a whole key in PEM",
        pem(private_key())[:400]: "is not a whole key in PEM",
        public: "is a public key; the private one is needed",
        pem(private_key(), lock=BestAvailableEncryption(b"word")): "is locked with a password",
        pem(ed25519.Ed25519PrivateKey.generate()): "is not an RSA key",
        pem(ec.generate_private_key(ec.SECP256R1())): "is not an RSA key",
    }
    for number, (content, words) in enumerate(cases.items()):
        name = written(tmp_path, content, f"{number}.pem")
        assert complaint(tmp_path, in_file(name)).startswith(f"{name}: {words}"), words
    name = written(tmp_path, pem(small))
    assert load_signers([in_file(name)], tmp_path).signer_for("example.org") is not None


P = 0xF4AD4FA05C29E79C59C0BEB194935C2F3F3AED67F802093235A2E6209866578E27A8736677A6B5361C00A438ED0FD9A7
Q = 0xE47B82401E9432641B94573A5C5230F2A9C6D29DC0808E4491F881F1172929423DAF16716BDA27FA1D57283E9B83557B
"""Primes of a key of 768 bits, which libraries make no more, but still read."""


def test_a_key_of_too_few_bits_is_refused(tmp_path: Path) -> None:
    d = pow(65537, -1, (P - 1) * (Q - 1))
    public = rsa.RSAPublicNumbers(65537, P * Q)
    numbers = rsa.RSAPrivateNumbers(P, Q, d, d % (P - 1), d % (Q - 1), pow(Q, -1, P), public)
    name = written(tmp_path, pem(numbers.private_key()))
    assert complaint(tmp_path, in_file(name)).startswith(
        "key.pem: has 768 bits; receivers verify 1024 to 4096."
    )


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder.pem").mkdir()
    said = complaint(
        tmp_path,
        in_file("missing.pem"),
        in_file("folder.pem", "a.example.org"),
        DkimKey(domain="b.example.org", selector="a", key_env="NO_SUCH_VARIABLE"),
        in_file(written(tmp_path, b"x"), "not a domain"),
        in_file(written(tmp_path, b"x"), "c.example.org", "two words"),
        environ={"NO_SUCH_VARIABLE": "  "},
    )
    lines = said.split("\n")
    assert len(lines) == 5
    assert lines[0].startswith("missing.pem: does not exist. Make a key with `mailer dkim new SELECTOR`")
    assert "folder.pem cannot be read: Is a directory" in lines[1]
    assert "dkim.2.key_env: The environment variable NO_SUCH_VARIABLE is empty." in lines[2]
    assert lines[3].startswith('mailer.toml: dkim.3.domain: "not a domain" is not a domain.')
    assert lines[4].startswith('mailer.toml: dkim.4.selector: "two words" is not a selector.')


def test_two_keys_for_one_domain_are_refused(tmp_path: Path) -> None:
    name = written(tmp_path, pem(private_key()))
    said = complaint(tmp_path, in_file(name), in_file(name, "Example.ORG", "b"))
    assert "example.org has two keys; only one can sign." in said


def test_a_key_never_shows_itself(tmp_path: Path) -> None:
    name = written(tmp_path, pem(private_key()))
    signer = load_signers([in_file(name)], tmp_path).signer_for("example.org")
    template = compiled(rendition(), signer=signer)
    secret = pem(private_key()).decode().split("\n")[1]
    private = str(private_key().private_numbers().d)
    for shown in (repr(signer), repr(template), template.message_for(reader()).content.decode()):
        assert secret not in shown
        assert private not in shown


def test_the_mode_that_a_new_key_gets_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    from mailer.config import open_workspace
    from mailer.flow.dkim_keys import make_key
    from mailer.flow.starter import make_workspace

    make_workspace(tmp_path / "office", sample=True)
    workspace = open_workspace(tmp_path / "office")
    made = make_key(workspace, "2026a")
    path = workspace.root / made.key_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (
        load_signers([in_file(made.key_file, made.domain)], workspace.root).signer_for(made.domain)
        is not None
    )
