"""Refresh tokens: the session's id, which of its tokens this is, and a proof that we made it.

The proof is made of the session's secret: so the same successor can be given twice, and no token is kept."""

import hmac
import re
from hashlib import sha256
from typing import Final, NamedTuple

from tickets.ports.accounts import Session

_FORM: Final = re.compile(r"([0-9a-f]{32})\.([0-9]{1,9})\.([0-9a-f]{64})", re.ASCII)


class Parsed(NamedTuple):
    session_id: str
    turn: int
    proof: str


def refresh_token(session: Session) -> str:
    """The newest of the session."""
    return f"{session.id}.{session.turn}.{_proof(session, session.turn)}"


def parse(token: str) -> Parsed | None:
    """What the token says of itself; None for what cannot be one."""
    found = _FORM.fullmatch(token)
    return None if found is None else Parsed(found[1], int(found[2]), found[3])


def is_ours(parsed: Parsed, session: Session) -> bool:
    """Whether we made it."""
    return hmac.compare_digest(parsed.proof, _proof(session, parsed.turn))


def _proof(session: Session, turn: int) -> str:
    return hmac.new(bytes.fromhex(session.secret), f"{session.id}.{turn}".encode(), sha256).hexdigest()
