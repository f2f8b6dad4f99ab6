"""Work in a thread of its own, which a program that ends does not wait for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def aside(work: Callable[[], T]) -> Future[T]:
    """Begin it; the future cannot be cancelled, only left alone. (asyncio.run waits for asyncio.to_thread's.)"""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, name="mailer-aside", daemon=True).start()
    return future
