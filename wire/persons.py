"""People on the wire, under the names that may be seen."""

from collections.abc import Mapping

from pydantic import BaseModel

from tickets.model import (
    Actor,
    AuthorType,
    Person,
    UserKey,
)

SYSTEM_NAME = "Guildesk"
"""The author of what the desk did by itself."""

People = Mapping[UserKey, Person]


class PersonBody(BaseModel):
    id: str
    name: str


class ActorBody(BaseModel):
    """Who did something: ``id`` is null where the desk did it by itself. A service is a backend that works by
    itself; requesters see what it does as done by the desk."""

    type: AuthorType
    id: str | None
    name: str


def actor_body(actor: Actor, people: People) -> ActorBody:
    if actor.key is None:
        return ActorBody(type=actor.type, id=None, name=SYSTEM_NAME)
    return ActorBody(type=actor.type, id=_id(actor.key, people), name=name_of(actor.key, people))


def person_body(key: UserKey, people: People) -> PersonBody:
    return PersonBody(id=_id(key, people), name=name_of(key, people))


def _id(key: UserKey, people: People) -> str:
    """Their own id, or a stand-in if staff's names are hidden."""
    person = people.get(key)
    return key.id if person is None else person.key.id


def name_of(key: UserKey, people: People) -> str:
    """The name, or the id for somebody whom the store does not know."""
    person = people.get(key)
    return key.id if person is None else person.name
