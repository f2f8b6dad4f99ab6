"""Which network addresses are the public web's, and may be connected to."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_V4_APART = tuple(
    (ip_network(network), what)
    for network, what in (
        ("100.64.0.0/10", "a provider's own network"),  # RFC 6598
        ("168.63.129.16/32", "a cloud's own service"),  # Azure's, though it looks public
        ("192.0.0.0/24", "a network for special use"),  # RFC 6890; Oracle's metadata is in it
        ("192.88.99.0/24", "a network for special use"),  # RFC 7526
    )
)
_V6_APART = tuple(
    (ip_network(network), what)
    for network, what in (
        ("64:ff9b::/96", "a translated address"),  # RFC 6052
        ("64:ff9b:1::/48", "a translated address"),  # RFC 8215
        ("2001::/23", "a network for special use"),  # RFC 2928; Teredo is in it
        ("2001:db8::/32", "a network for examples"),  # RFC 3849
        ("2002::/16", "a translated address"),  # RFC 3056
        ("3fff::/20", "a network for examples"),  # RFC 9637
    )
)
_V6_PUBLIC = ip_network("2000::/3")
"""All that is given out for the public internet (RFC 4291 section 2.4)."""


def refusal(address: str) -> str | None:
    """What is wrong with connecting to that address, such as "a private network"; None where nothing is.

    Whatever is not plainly public is refused: an IPv6 address that wraps an IPv4 one too, whichever that is.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return "no network address"
    return _v4(ip) if isinstance(ip, IPv4Address) else _v6(ip)


def public_only(addresses: Sequence[str]) -> tuple[tuple[str, ...], str | None]:
    """The addresses of a name that may be connected to, once each; or none, and what is wrong with them.

    One forbidden address among them forbids all: an honest site has none. Those that a network makes up for its
    IPv6-only machines (RFC 6147) are only left out.
    """
    usable: list[str] = []
    made_up: str | None = None
    for address in dict.fromkeys(addresses):
        wrong = refusal(address)
        if wrong == "a translated address":
            made_up = wrong
        elif wrong:
            return (), wrong
        else:
            usable.append(address)
    return tuple(usable), None if usable else made_up


def _v4(ip: IPv4Address) -> str | None:
    for network, what in _V4_APART:
        if ip in network:
            return what
    if ip.is_loopback or ip.is_unspecified:
        return "the machine itself"
    if ip.is_link_local:
        return "the network next to it, or a cloud's own service"
    if ip.is_multicast:
        return "many machines at once"
    if ip.is_private:
        return "a private network"
    return None if ip.is_global and not ip.is_reserved else "a network for special use"


def _v6(ip: IPv6Address) -> str | None:
    if ip.ipv4_mapped is not None:
        return "a translated address" if _v4(ip.ipv4_mapped) is None else _v4(ip.ipv4_mapped)
    if ip.is_loopback or ip.is_unspecified:
        return "the machine itself"
    if ip.is_link_local:
        return "the network next to it"
    if ip.is_multicast:
        return "many machines at once"
    for network, what in _V6_APART:
        if ip in network:
            return what
    return None if ip in _V6_PUBLIC and ip.scope_id is None else "a private network"
