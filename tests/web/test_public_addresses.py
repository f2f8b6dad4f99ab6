"""Which network addresses may be connected to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.web.addresses import public_only, refusal


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:2800:220:1::5", "2a00:1450:4001::200e"]
)
def test_the_public_web_is_allowed(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "::1", "::"),
        *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd00::1", "fc00::1", "fec0::1"),
        *("169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0"),
        *("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("100.64.0.1", "100.127.255.255"),
        *("224.0.0.1", "239.255.255.250", "ff02::1", "240.0.0.1", "255.255.255.255"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.216.34", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::5db8:d822", "64:ff9b:1::a00:1"),
        *("2002:7f00:1::", "2001:0:1::1", "2001:db8::1", "3fff::1"),
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.88.99.1"),
        *("", "localhost", "1.2.3", "2130706433", "2606:2800::1%eth0"),
    ],
)
def test_everything_else_is_refused(address: str) -> None:
    assert refusal(address)


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_is_allowed_that_wraps_one_of_ours(ip: IPv6Address) -> None:
    wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
    if wrapped or not ip.is_global:
        assert refusal(str(ip))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_allowed_that_is_not_global(ip: IPv4Address) -> None:
    if not ip.is_global or ip.is_multicast:
        assert refusal(str(ip))
    assert refusal(f"::ffff:{ip}")


def test_one_forbidden_address_forbids_the_name() -> None:
    assert public_only(["93.184.216.34", "127.0.0.1"]) == ((), "the machine itself")
    assert public_only(["93.184.216.34", "::ffff:10.0.0.1"]) == ((), "a private network")


def test_addresses_made_up_for_ipv6_only_machines_are_left_out() -> None:
    assert public_only(["64:ff9b::5db8:d822", "93.184.216.34"]) == (("93.184.216.34",), None)
    assert public_only(["64:ff9b::5db8:d822"]) == ((), "a translated address")
