"""Positions that clients hold: given to them with a proof, and looked at when they come back."""

from tickets.ports.feed import Feed, Position
from tickets.refusals import PositionUnknown


async def position_at(feed: Feed, pos: int) -> Position:
    """This place with its proof."""
    return Position.of(pos, await feed.event_at(pos))


async def newest(feed: Feed) -> Position:
    """Behind everything that has happened so far."""
    return await position_at(feed, await feed.last())


async def known(feed: Feed, position: Position) -> int:
    """The place that a client has come to. Raises PositionUnknown where this feed never had that position.

    A bare number proves nothing and is taken, unless it is in the future."""
    if position.proof is None:
        is_known = position.pos == 0 or position.pos <= await feed.last()
    else:
        is_known = await position_at(feed, position.pos) == position
    if not is_known:
        raise PositionUnknown(position)
    return position.pos
