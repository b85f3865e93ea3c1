"""Refresh tokens hold the session's id, the token's number in that session, and a proof that we made it.

The proof follows from the session's secret. So a successor can be given twice, and no token has to be stored.
"""

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
    """The newest token of the session."""
    return f"{session.id}.{session.turn}.{_proof(session, session.turn)}"


def parse(token: str) -> Parsed | None:
    """The parts of a token; None for a text that cannot be one."""
    found = _FORM.fullmatch(token)
    return None if found is None else Parsed(found[1], int(found[2]), found[3])


def is_ours(parsed: Parsed, session: Session) -> bool:
    """Whether we made it."""
    return hmac.compare_digest(parsed.proof, _proof(session, parsed.turn))


def _proof(session: Session, turn: int) -> str:
    return hmac.new(bytes.fromhex(session.secret), f"{session.id}.{turn}".encode(), sha256).hexdigest()
