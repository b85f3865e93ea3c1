"""Stores accounts, their sessions, the keys that sign their tokens, and proofs that were mailed."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Protocol, TypeVar

from tickets.model import Millis, Person, UserKey, UserRole
from tickets.ports.lists import Cursor, Page

T = TypeVar("T")


def email_key(email: str) -> str:
    """The normal form of an address. It is equal for two spellings of the same address."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who signs in here. ``id`` sorts by the time of registering."""

    id: str
    email: str
    username: str
    role: UserRole
    created_at: Millis
    password_hash: str | None = None
    """None for somebody who signs in elsewhere only."""
    email_verified: bool = False
    disabled: bool = False
    locale: str | None = None
    phone: str | None = None
    phone_verified: bool = False
    discord_id: str | None = None
    """Their id in Discord, if they sign in there."""

    @property
    def key(self) -> UserKey:
        return UserKey(UserKey.ACCOUNTS, self.id)

    @property
    def person(self) -> Person:
        return Person(self.key, self.username, self.role, self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A family of refresh tokens, which are made from the session's ``secret`` and its ``turn``."""

    id: str
    secret: str
    person: Person
    """The person at the beginning of the session. Guests are stored nowhere else."""
    created_at: Millis
    turned_at: Millis
    """When the newest refresh token was made."""
    expires_at: Millis
    turn: int = 1
    """The number of the newest token."""
    device: str = ""
    """The name that the device gives itself."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """``private`` is an Ed25519 key in PEM."""

    id: str
    private: str
    created_at: Millis


class ProofKind(StrEnum):
    """What the owner of a mailed token may do."""

    VERIFY = "verify"
    RESET = "reset"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whoever shows the token that was sent to an address owns that address. It can be used once. ``digest``
    is that of the token. ``account`` is the account in question; for VERIFY it does not exist yet."""

    digest: str
    kind: ProofKind
    account: Account
    expires_at: Millis
    guest: Person | None = None
    """The guest whose tickets are handed over to the new account. Whoever registers has shown a token of this
    guest."""


@dataclass(frozen=True, slots=True)
class Tried:
    """How often somebody has tried, since when, and the last time."""

    count: int
    since: Millis
    last_at: Millis


def digest_of_email(email: str) -> str:
    """A digest of a typed address. The address itself is not stored, because it may be a password in the
    wrong field."""
    return sha256(email_key(email).encode(errors="surrogatepass")).hexdigest()[:32]


def refused_key(email: str) -> str:
    """The key of the record that a mail server refuses this address."""
    return f"refused {digest_of_email(email)}"


def tries_of(account: Account) -> tuple[str, ...]:
    """The beginnings of the keys of all tries about this account: from anywhere, from known addresses, with
    its old password, mails to it, and the refusal of its address."""
    digest = digest_of_email(account.email)
    return (
        f"account {digest}",
        f"known {digest} ",
        f"own {account.id}",
        f"mail {digest}",
        refused_key(account.email),
    )


class Added(StrEnum):
    """Whether a new account was added."""

    DONE = "done"
    TAKEN = "another account has this address, or this user of Discord"


class Accounts(Protocol):
    """Each address has at most one account, in whatever spelling."""

    @property
    def endings(self) -> int:
        """How often this process has ended tokens."""
        ...

    async def add(self, account: Account) -> Added: ...

    async def get(self, account_id: str) -> Account | None: ...

    async def with_email(self, email: str) -> Account | None: ...

    async def with_discord_id(self, discord_id: str) -> Account | None: ...

    async def change(self, account_id: str, change: Callable[[Account], Account]) -> Account | None:
        """Change the account and return it; None if it is gone. ``change`` keeps id, address and user of
        Discord. It may be called again."""
        ...

    async def link(self, account_id: str, discord_id: str) -> Added:
        """Link the account to this user of Discord, unless it is linked already."""
        ...

    async def remove(self, account_id: str) -> None: ...

    async def page(self, after: Cursor | None, limit: int) -> Page[Account]:
        """A page of accounts, the newest first."""
        ...

    async def end_tokens(self, key: UserKey, at: Millis) -> None:
        """From now on, tokens of a user, or of a session, that were made before this time are invalid."""
        ...

    async def ends(self, since: Millis) -> Mapping[UserKey, Millis]:
        """The users and sessions whose tokens were ended since then, with the times."""
        ...

    async def sweep(self, before: Millis) -> None:
        """Forget ends of tokens before this time."""
        ...


class Sessions(Protocol):
    """The families of refresh tokens."""

    async def add(self, session: Session) -> None: ...

    async def get(self, session_id: str) -> Session | None: ...

    async def turn(self, session: Session, at: Millis, expires_at: Millis) -> bool:
        """Make the next token the newest, unless another request has done so."""
        ...

    async def of(self, key: UserKey) -> list[Session]:
        """The sessions of a user, the last used first."""
        ...

    async def end(self, session_id: str) -> None: ...

    async def end_all(self, key: UserKey, *, but: str | None = None) -> None:
        """End all sessions of the user except this one."""
        ...

    async def sweep(self, now: Millis) -> None:
        """Remove expired sessions."""
        ...


class SigningKeys(Protocol):
    """There are few."""

    async def all(self) -> list[SigningKey]: ...

    async def add(self, key: SigningKey) -> None: ...

    async def remove_before(self, at: Millis) -> None:
        """Remove keys that were made before this time."""
        ...


class Proofs(Protocol):
    """The tokens that were mailed or texted to people."""

    async def add(self, proof: Proof) -> None:
        """Store it until it is taken or swept."""
        ...

    async def take(self, digest: str, kind: ProofKind, now: Millis) -> Proof | None:
        """Remove and return the proof with this digest. None if there is none that is valid. Of two callers
        at the same time, one gets it."""
        ...

    async def forget(self, account_id: str) -> None:
        """Remove all proofs about this account, or about this guest."""
        ...

    async def sweep(self, now: Millis) -> None: ...


class Tries(Protocol):
    """How often people tried to sign in."""

    async def change(
        self, key: str, until: Millis, change: Callable[[Tried | None], tuple[Tried | None, T]]
    ) -> T:
        """Replace the record under the key by the first value that ``change`` returns; the second is returned
        to the caller. Of several callers at the same time, each sees the result of the one before. The record
        is kept ``until`` then. ``change`` may be called again."""
        ...

    async def get(self, key: str) -> Tried | None: ...

    async def forget(self, beginning: str) -> None:
        """Remove all records whose keys begin with this text."""
        ...

    async def sweep(self, now: Millis) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Everything that is stored about people who sign in here."""

    accounts: Accounts
    sessions: Sessions
    keys: SigningKeys
    proofs: Proofs
    tries: Tries
