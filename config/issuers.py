"""The backends that may sign tokens, from the file that ISSUERS_FILE names.

The file is TOML, because TOML has comments, and keys in PEM over several lines, which JSON does not."""

import logging
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, Field, SecretStr, ValidationError

from config.verifying_keys import Algorithm, NoKey, VerifyingKey, public_key, secret_key
from tickets.model import UserKey, UserRole

log = logging.getLogger(__name__)

OUR_OWN: Final = "guildesk."
"""The beginning of the names of our own issuers. No backend may have such a name, so that its users are never
taken for ours."""
DEFAULT_ISSUER: Final = "default"
"""The issuer of users whose backend signs with JWT_SECRET_KEY."""
LOOK_EVERY: Final = 1.0
"""Seconds between two checks whether the file has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A backend. ``name`` is part of the keys of its users and tickets, because the same id of two issuers
    means two users."""

    iss: str
    name: str
    audiences: frozenset[str]
    algorithms: frozenset[Algorithm]
    roles: frozenset[UserRole]
    keys: Mapping[str, VerifyingKey]
    """By ``kid``."""
    jwks_url: str | None
    service_tokens: bool = False
    """Whether it may sign tokens for services."""
    emails_verified: bool = False
    """Whether it has verified its users' addresses, so that mail may be sent to them."""


class IssuersAreWrong(Exception):
    """One line for each fault; never a secret."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


_Name = Annotated[str, Field(pattern=r"^[!-~]{1,256}$")]


class _Key(BaseModel, extra="forbid", hide_input_in_errors=True):
    secret: SecretStr | None = None
    public_key: str | None = None


def _listed(audience: object) -> object:
    """A single audience becomes a list of one."""
    return [audience] if isinstance(audience, str) else audience


_Audience = Annotated[str, Field(min_length=1)]


class _Issuer(BaseModel, extra="forbid", hide_input_in_errors=True):
    iss: _Name
    name: _Name | None = None
    aud: Annotated[list[_Audience], Field(min_length=1), BeforeValidator(_listed)]
    algorithms: Annotated[list[Algorithm], Field(min_length=1)]
    roles: Annotated[list[UserRole], Field(min_length=1)]
    keys: dict[str, _Key] = {}
    jwks_url: str | None = None
    service_tokens: bool = False
    emails_verified: bool = False


class _File(BaseModel, extra="forbid", hide_input_in_errors=True):
    issuer: Annotated[list[_Issuer], Field(min_length=1)]


class IssuersFile:
    """The issuers of a file, which is read again when it changes. If it is wrong then, that is logged, and
    the previous issuers stay."""

    def __init__(self, path: Path, *, has_default: bool, in_production: bool = False) -> None:
        self._path = path
        self._has_default = has_default
        self._in_production = in_production
        self._looked_at = monotonic()
        self._stamp = _stamp(path)
        self._issuers = self._read()
        self._secrets = set(_secrets(self._issuers.values()))

    @property
    def secrets(self) -> Collection[str]:
        """What must never be shown: every secret that was in the file since the start."""
        return self._secrets

    def by_iss(self, iss: str) -> Issuer | None:
        """The issuer whose tokens have this ``iss``."""
        if monotonic() - self._looked_at >= LOOK_EVERY:
            self._look()
        return self._issuers.get(iss)

    def vouches(self, name: str) -> bool:
        """Whether the issuer of this name has verified the addresses of its users."""
        if monotonic() - self._looked_at >= LOOK_EVERY:
            self._look()
        return any(it.emails_verified for it in self._issuers.values() if it.name == name)

    def _read(self) -> dict[str, Issuer]:
        return read_issuers(self._path, has_default=self._has_default, in_production=self._in_production)

    def _look(self) -> None:
        self._looked_at = monotonic()
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._issuers = self._read()
        except IssuersAreWrong as wrong:
            for fault in wrong.faults:
                log.error("ISSUERS_FILE: %s; the issuers stay as they were", fault)
        else:
            self._secrets.update(_secrets(self._issuers.values()))
            log.info("ISSUERS_FILE: read again, %d issuers", len(self._issuers))


def _secrets(issuers: Iterable[Issuer]) -> Iterator[str]:
    for issuer in issuers:
        for key in issuer.keys.values():
            if isinstance(key.key, bytes):
                yield key.key.decode()


def read_issuers(path: Path, *, has_default: bool, in_production: bool = False) -> dict[str, Issuer]:
    """The issuers by ``iss``. Raises IssuersAreWrong. With ``has_default``, JWT_SECRET_KEY is an issuer too.
    ``in_production``, no secret may be known to others or easy to guess."""
    try:
        listed = _File.model_validate(tomllib.loads(path.read_text("utf-8"))).issuer
    except OSError as error:
        raise IssuersAreWrong([f"cannot be read: {error.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IssuersAreWrong([f"is no TOML: {error}"]) from None
    except ValidationError as error:
        raise IssuersAreWrong([_line(fault) for fault in error.errors(include_input=False)]) from None
    faults = list(_doubles(listed, has_default=has_default))
    issuers = {}
    for number, told in enumerate(listed, 1):
        try:
            issuers[told.iss] = _issuer(told, in_production=in_production)
        except IssuersAreWrong as wrong:
            faults += [f"issuer {number}, {fault}" for fault in wrong.faults]
    if faults:
        raise IssuersAreWrong(faults)
    return issuers


def _issuer(told: _Issuer, *, in_production: bool) -> Issuer:
    faults, keys = [], {}
    for kid, key in told.keys.items():
        try:
            keys[kid] = _key(key, in_production=in_production)
            if keys[kid].algorithm not in told.algorithms:
                raise NoKey(f"is for {keys[kid].algorithm}, which algorithms does not list")
        except NoKey as why:
            faults.append(f"key {kid}: {why}")
    if told.jwks_url is not None and (why_not := _refused(told.jwks_url)):
        faults.append(f"jwks_url: {why_not}")
    if not told.keys and told.jwks_url is None:
        faults.append("keys: is missing, and jwks_url too")
    if faults:
        raise IssuersAreWrong(faults)
    return Issuer(
        iss=told.iss,
        name=told.name or told.iss,
        audiences=frozenset(told.aud),
        algorithms=frozenset(told.algorithms),
        roles=frozenset(told.roles),
        keys=keys,
        jwks_url=told.jwks_url,
        service_tokens=told.service_tokens,
        emails_verified=told.emails_verified,
    )


def _key(told: _Key, *, in_production: bool) -> VerifyingKey:
    if told.secret is not None and told.public_key is None:
        return secret_key(told.secret.get_secret_value(), in_production=in_production)
    if told.public_key is None or told.secret is not None:
        raise NoKey("needs either secret or public_key")
    return public_key(told.public_key)


def _doubles(listed: list[_Issuer], *, has_default: bool) -> Iterator[str]:
    """Faults by which users of two issuers could be taken for each other."""
    taken = {UserKey.DISCORD} | ({DEFAULT_ISSUER} if has_default else set())
    seen: set[str] = set()
    for number, told in enumerate(listed, 1):
        name = told.name or told.iss
        if told.iss in seen:
            yield f"issuer {number}, iss: another issuer has it too"
        if name in taken:
            yield f"issuer {number}, name: {name} is taken"
        if name.startswith(OUR_OWN):
            yield f"issuer {number}, name: begins with {OUR_OWN}, as only Guildesk's own issuers do"
        elif told.iss.startswith(OUR_OWN):
            yield f"issuer {number}, iss: begins with {OUR_OWN}, as only Guildesk's own issuers do"
        seen.add(told.iss)
        taken.add(name)


def _refused(url: str) -> str | None:
    """Why keys must not be fetched from there: whoever can change them on the way can sign as anybody."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no URL"
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.fragment:
        return "is no URL of http or https"
    if parts.scheme == "http" and not _is_loopback(host):
        return "is not https"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _line(fault: Mapping[str, Any]) -> str:
    """Where the fault is, counted from 1, and what is wrong or what would be right."""
    where = [it for it in fault["loc"] if it != "issuer"]
    what = "is missing" if fault["type"] == "missing" else _what(fault["msg"])
    issuer = ""
    if where and isinstance(where[0], int):
        issuer = f"issuer {where.pop(0) + 1}, "
    names = " ".join(f"no. {it + 1}" if isinstance(it, int) else str(it) for it in where)
    return f"{issuer}{names or ('all of it' if issuer else 'issuer')}: {what}"


def _what(message: str) -> str:
    said = re.sub(r"^(Input|String|List) should ", "must ", message)
    return said[:1].lower() + said[1:]


def _stamp(path: Path) -> tuple[int, ...]:
    """A value that changes when the file does."""
    try:
        told = path.stat()
    except OSError:
        return ()
    return told.st_mtime_ns, told.st_size, told.st_ino
