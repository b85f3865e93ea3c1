"""The address that a request comes from, also behind reverse proxies.

Only what trusted proxies have written is believed. The list of addresses is read from the right. The first
address that does not belong to a trusted proxy is the client's."""

import logging
import re
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import islice
from typing import Final

from aiohttp import web

log = logging.getLogger(__name__)

MOST_HOPS: Final = 32
Address = IPv4Address | IPv6Address

_FOR = re.compile(r"""(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)""", re.IGNORECASE)
_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]*)\]|(?P<four>[^:]*))(?::\d+)?")


class Proxies:
    """The reverse proxies that are trusted to name the client."""

    def __init__(self, networks: Collection[IPv4Network | IPv6Network] = ()) -> None:
        self._networks = tuple(networks)
        self._has_warned = False

    def client(self, request: web.BaseRequest) -> str | None:
        """The client's address. If X-Forwarded-For and Forwarded disagree, the client has invented one of
        them, and the request counts as the proxy's own."""
        peer = request.remote
        if not self._networks or not (here := _address(peer)) or not self._trusts(here):
            return peer
        told = {
            self._walked(here, hops)
            for name, hops in (
                ("X-Forwarded-For", _x_forwarded_for(request.headers.getall("X-Forwarded-For", []))),
                ("Forwarded", _forwarded(request.headers.getall("Forwarded", []))),
            )
            if name in request.headers
        }
        return str(told.pop() if len(told) == 1 else here)

    def notice(self, request: web.BaseRequest) -> None:
        """Warn once about a proxy that the settings do not name, because all its clients count as one."""
        if self._networks or self._has_warned:
            return
        if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
            self._has_warned = True
            log.warning(
                "requests come in with X-Forwarded-For or Forwarded, and TRUSTED_PROXIES is not set: all "
                "clients behind a proxy share its address and its limits; set TRUSTED_PROXIES to the proxy's "
                "address. If there is no proxy, a client has invented the header, and Guildesk ignores it"
            )

    def trusts(self, peer: str | None) -> bool:
        """Whether the address belongs to a trusted proxy."""
        address = _address(peer)
        return address is not None and self._trusts(address)

    def _walked(self, here: Address, hops: Iterator[str]) -> Address:
        for hop in islice(hops, MOST_HOPS):
            there = _address(hop)
            if there is None:
                break
            here = there
            if not self._trusts(here):
                break
        return here

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


PROXIES = web.AppKey("PROXIES", Proxies)


def address_of(request: web.Request) -> str | None:
    """The address of the request's client."""
    return request.app[PROXIES].client(request)


def _x_forwarded_for(values: list[str]) -> Iterator[str]:
    """The addresses from right to left, so the nearest comes first."""
    return reversed(",".join(values).split(","))


def _forwarded(values: list[str]) -> Iterator[str]:
    """The same for the header of RFC 7239. An element without "for" gives no address."""
    for element in reversed(",".join(values).split(",")):
        found = _FOR.search(element)
        yield found[1].strip('"') if found else ""


def _address(text: str | None) -> Address | None:
    """The address in a text, without its port. None if there is none, as in "unknown"."""
    text = (text or "").strip()
    try:
        address = ip_address(text)
    except ValueError:
        found = _WITH_PORT.fullmatch(text)
        try:
            address = ip_address((found["six"] or found["four"] or "") if found else "")
        except ValueError:
            return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
