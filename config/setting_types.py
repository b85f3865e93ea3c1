"""The types of settings: which texts are valid, and which values they become."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Final
from urllib.parse import urlsplit

from discord import Permissions
from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr
from pydantic_settings import NoDecode


def _base(url: str) -> str:
    """Paths are appended to the address, so it must not end with a query or a fragment."""
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must have no query, no fragment and no name of a user")
    return url.rstrip("/")


def _split(value: object) -> object:
    """At commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _url(text: str) -> str:
    try:
        return str(HttpUrl(text))
    except ValueError:
        raise ValueError("must be a URL, as https://support.example.com") from None


def _network(text: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(text))
    except ValueError:
        raise ValueError("must be addresses or networks, as 10.0.0.0/8, separated by commas") from None


def _origin(text: str) -> str:
    if text not in ("*", "null") and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]+/?", text):
        raise ValueError("must be * or origins, as https://app.example.com, separated by commas")
    return text


def _permission(name: str) -> str:
    name = name.lower().replace(" ", "_")
    if name not in Permissions.VALID_FLAGS:
        raise ValueError("must be a permission of Discord's, as manage_messages")
    return name


def _webhook(url: SecretStr) -> SecretStr:
    _url(url.get_secret_value())
    return url


Snowflake = Annotated[int, Field(gt=0, lt=2**63)]
Origin = Annotated[str, AfterValidator(_origin)]
Webhook = Annotated[SecretStr, AfterValidator(_webhook)]
Url = Annotated[str, AfterValidator(_url), AfterValidator(_base)]
AT_COMMAS: Final = BeforeValidator(_split)
Snowflakes = Annotated[tuple[Snowflake, ...] | None, NoDecode, AT_COMMAS]
"""The whole type is not decoded: one id alone would be taken for a number of JSON."""
Networks = Annotated[
    tuple[Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)], ...] | None,
    NoDecode,
    AT_COMMAS,
]
Permission = Annotated[str, AfterValidator(_permission)]
