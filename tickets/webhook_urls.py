"""Checks the addresses of webhooks, as far as reading them tells. Pure."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Final
from urllib.parse import urlsplit

LONGEST_URL: Final = 2000


def fault_of_url(url: str, *, private: bool) -> str | None:
    """The fault of an endpoint's URL, as far as reading it tells; where a name leads is seen when connecting.
    ``private`` allows http, and addresses of one's own network."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no URL"
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return f"must be at most {LONGEST_URL} characters of ASCII"
    if parts.scheme not in ("https", "http") or not host:
        return "must be a URL, as https://shop.example.com/hooks"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "must hold no user, no password and no fragment"
    if private:
        return None
    if parts.scheme == "http":
        return "must begin with https://; WEBHOOK_PRIVATE=on allows http://"
    address = _literal(host)
    if f".{host}".rstrip(".").endswith(".localhost") or (address is not None and not is_public(address)):
        return "is a private address; WEBHOOK_PRIVATE=on allows those"
    return None


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


_EMBEDDING: Final = (
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
    (IPv6Network("2002::/16"), 80),
)
"""Networks whose addresses lead to an address of IPv4 that stands in them, and at which bit it ends: NAT64,
mapped, translated, 6to4 (RFC 6052, 4291, 2765, 3056)."""
_REFUSED: Final = tuple(
    ipaddress.ip_network(it)
    for it in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "64:ff9b:1::/48",
        "::/96",
        "2001::/32",
        "3fff::/20",
        "fec0::/10",
        "5f00::/16",
    )
)
"""Networks that ``ipaddress`` of some Python takes for public: those of protocols, with Oracle's metadata at
192.0.0.192; relays of 6to4; Azure's platform, which a machine there reaches at a public address; local NAT64,
compatible, Teredo, documentation, site-local, segment routing."""
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)
"""Before an address of IPv4 in the last 64 bits of one of IPv6, in any network (RFC 5214, 6.1)."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is an address of the Internet, also where it leads to another one by translation."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        for network, shift in _EMBEDDING:
            if address in network:
                return is_public(IPv4Address((int(address) >> shift) & 0xFFFF_FFFF))
        if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
            return False
    if any(address in network for network in _REFUSED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
