"""Certificates made for this run, and a `before_dot` that remembers being called."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from relay_peers import make_certificate


class Dots:
    """A `before_dot` that counts its calls."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def before_dot() -> Dots:
    return Dots()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return make_certificate(tmp_path_factory.mktemp("certificate"), "IP:127.0.0.1,DNS:localhost")


@pytest.fixture(scope="session")
def certificate(made: tuple[Path, ssl.SSLContext]) -> Path:
    """A self-signed certificate for 127.0.0.1 and localhost."""
    return made[0]


@pytest.fixture(scope="session")
def server_tls(made: tuple[Path, ssl.SSLContext]) -> ssl.SSLContext:
    """A server's side of that certificate."""
    return made[1]
