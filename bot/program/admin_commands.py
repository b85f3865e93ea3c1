"""``guildesk admin``: accounts that an operator makes, or lets in again."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from accounts.passwords import LONGEST, SHORTEST, Passwords, must_be_strong
from accounts.refusals import PasswordIsWeak
from accounts.registering import sortable_id
from api.door.claims import Email, UserName
from bot.program.clock import now
from bot.program.parsing import Commands, add_env_file
from config.loading import load_store
from config.store_settings import StoreSettings
from storage.keeping.problems import CannotBeDone
from storage.open import open_store
from tickets.model import UserRole
from tickets.ports.accounts import Account, Added
from tickets.ports.sinks import EVERYTHING
from tickets.ports.store import Store

HEADLINE: Final = "This cannot be done"

Doing = Callable[[Store, Account], Awaitable[str]]


def add_commands(commands: Commands) -> None:
    admin = commands.add_parser(
        "admin", help="make an account of an admin, or give an account a new password"
    )
    doing = admin.add_subparsers(required=True, metavar="DOING")
    create = doing.add_parser("create", help="make an account of an admin, also while Guildesk runs")
    password = doing.add_parser("password", help="give an account a new password; its sessions end")
    for parser, do in ((create, _create), (password, _change_password)):
        add_env_file(parser)
        parser.add_argument("--email", required=True, help="the account's e-mail address")
        parser.set_defaults(do=partial(_run, doing=do), headline=HEADLINE)
    create.add_argument("--name", help="what the admin is called (made of the address)")


def _run(options: argparse.Namespace, *, doing: Doing) -> int:
    """The password is asked for twice, or read from standard input where nobody types."""
    settings = load_store(options.env_file)
    email = _checked(Email, options.email, "--email is no e-mail address")
    name = getattr(options, "name", None) or email.partition("@")[0]
    name = _checked(UserName, name, "--name shows nothing, or holds a line end")
    at = now()
    account = Account(id=sortable_id(at), email=email, username=name, role=UserRole.ADMIN, created_at=at)
    print(asyncio.run(_done(settings, doing, account, _password_for(account))))
    return 0


async def _done(settings: StoreSettings, doing: Doing, account: Account, password: str) -> str:
    passwords = Passwords()
    try:
        account = replace(account, password_hash=await passwords.hashed(password))
        async with open_store(settings, now, EVERYTHING) as store:
            return await doing(store, account)
    finally:
        passwords.close()


async def _create(store: Store, account: Account) -> str:
    if await store.identity.accounts.add(replace(account, email_verified=True)) is Added.TAKEN:
        raise CannotBeDone(
            f"{account.email} has an account already; an admin changes its role with PATCH /accounts/ID, and "
            "guildesk admin password gives it a new password"
        )
    return f"{account.email} is an admin now, with the id {account.id}."


async def _change_password(store: Store, account: Account) -> str:
    identity = store.identity
    known = await identity.accounts.with_email(account.email)
    if known is None:
        raise CannotBeDone(f"nobody has an account with {account.email}; look at GET /accounts")
    await identity.accounts.change(known.id, lambda it: replace(it, password_hash=account.password_hash))
    await identity.proofs.forget(known.id)
    await identity.sessions.end_all(known.key)
    await identity.accounts.end_tokens(known.key, now())
    return f"{known.email} has the new password; all its sessions have ended."


def _password_for(account: Account) -> str:
    password = _asked_for()
    if not SHORTEST <= len(password) <= LONGEST:
        raise CannotBeDone(f"a password has {SHORTEST} to {LONGEST} characters")
    try:
        must_be_strong(password, account.email, account.username)
    except PasswordIsWeak as weak:
        raise CannotBeDone(str(weak)) from None
    return password


def _asked_for() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CannotBeDone("the two passwords differ; try again")
    return password


def _checked(kind: Any, text: str, fault: str) -> str:
    try:
        return str(TypeAdapter(kind).validate_python(text))
    except ValidationError:
        raise CannotBeDone(fault) from None
