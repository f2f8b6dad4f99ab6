"""A DNS of our own: a table, asked directly or as a server on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

from mailer.flow.doctor_dns import DnsResolver, DnsSilentError


@dataclass
class Table:
    """Names and their records; a name in `silent` gives no answer."""

    text: dict[str, list[str]] = field(default_factory=dict)
    mail: dict[str, list[str]] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def _note(self, name: str) -> None:
        self.asked.append(name)
        if name in self.silent or "*" in self.silent:
            raise DnsSilentError(f"DNS could not be asked for {name} (TXT): no answer in time.")

    def texts(self, name: str) -> list[str]:
        self._note(name)
        return self.text.get(name, [])

    def exchanges(self, name: str) -> list[str]:
        self._note(name)
        return self.mail.get(name, [])

    def has_address(self, name: str) -> bool:
        self._note(name)
        return name in self.hosts


@contextmanager
def a_dns_server(table: Table, seconds: float = 2.0) -> Iterator[DnsResolver]:
    """The table behind a UDP port of loopback, and what asks it. Silent names get no answer at all."""
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.bind(("127.0.0.1", 0))
    link.settimeout(0.05)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                wire, peer = link.recvfrom(4096)
                if answer := _answer(table, dns.message.from_wire(wire)):
                    link.sendto(answer.to_wire(), peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = link.getsockname()[1]
    try:
        yield DnsResolver(resolver, seconds)
    finally:
        ended.set()
        thread.join(5)
        link.close()


def _answer(table: Table, query: dns.message.Message) -> dns.message.Message | None:
    [question] = query.question
    name = question.name.to_text(omit_final_dot=True)
    kind = question.rdtype.name
    if name in table.silent:
        return None
    records = {
        "TXT": [_strings(text) for text in table.text.get(name, [])],
        "MX": [f"{(number + 1) * 10} {host}." for number, host in enumerate(table.mail.get(name, []))],
        "A": ["127.0.0.1"] if name in table.hosts else [],
    }.get(kind, [])
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA
    if records:
        reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *records))
    elif name not in {*table.text, *table.mail, *table.hosts}:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


def _strings(text: str) -> str:
    """A TXT record in strings of at most 255 octets, as zone files have it."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
