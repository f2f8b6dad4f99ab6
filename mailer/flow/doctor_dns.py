"""Asking the DNS. Whoever examines is given a `Resolver`, so that tests need no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mailer.errors import MailerError

if TYPE_CHECKING:
    import dns.rdatatype
    import dns.resolver

SECONDS = 5.0
"""That one question may take."""


class DnsSilentError(MailerError):
    """The DNS gave no answer: it is not known whether the name has such a record."""


class Resolver(Protocol):
    """What is asked of the DNS. Each raises DnsSilentError where there is no answer; no record is an answer."""

    def texts(self, name: str) -> list[str]:
        """The TXT records, the strings of each joined."""

    def exchanges(self, name: str) -> list[str]:
        """Hosts that take mail for the name (MX), the preferred first; [""] where it says that it takes none."""

    def has_address(self, name: str) -> bool:
        """Whether the name has an A or AAAA record."""


class DnsResolver:
    """The DNS as this machine is set up to ask it."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None, seconds: float = SECONDS) -> None:
        self._resolver = resolver
        self._seconds = seconds

    def texts(self, name: str) -> list[str]:
        """The TXT records, the strings of each joined (RFC 7208 section 3.3)."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def exchanges(self, name: str) -> list[str]:
        """The MX records' hosts, the preferred first; [""] for a null MX (RFC 7505)."""
        records = sorted(self._ask(name, "MX"), key=lambda record: record.preference)
        return [record.exchange.to_text(omit_final_dot=True).removesuffix(".") for record in records]

    def has_address(self, name: str) -> bool:
        """Whether the name has an A or AAAA record."""
        return bool(self._ask(name, "A") or self._ask(name, "AAAA"))

    def _ask(self, name: str, kind: str) -> list[_Record]:
        import dns.exception
        import dns.resolver

        try:
            if self._resolver is None:
                self._resolver = dns.resolver.Resolver()
            answer = self._resolver.resolve(
                f"{name.rstrip('.')}.", kind, lifetime=self._seconds, raise_on_no_answer=False, search=False
            )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise DnsSilentError(f"DNS could not be asked for {name} ({kind}): {_reason(error)}.") from error
        return list(answer.rrset or ())


class _Record(Protocol):
    """What is read of a record, whichever kind was asked for."""

    strings: tuple[bytes, ...]
    preference: int
    exchange: dns.name.Name


def _reason(error: Exception) -> str:
    import dns.resolver

    match error:
        case dns.resolver.LifetimeTimeout():
            return "no answer in time"
        case dns.resolver.NoNameservers():
            return "the name servers refused, or are in trouble"
        case dns.resolver.NoResolverConfiguration():
            return "this machine names no name server"
        case _:
            return str(error).rstrip(".") or type(error).__name__


def tags_of(record: str) -> dict[str, str]:
    """Names and values of a DKIM or DMARC record, without blanks."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, sign, value in pairs if sign}
