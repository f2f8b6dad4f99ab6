"""Rendering is offline: every test of this folder runs where no socket can be opened."""

from __future__ import annotations

import socket

import pytest


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test of this folder runs where no socket can be opened."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("rendering must not open a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
