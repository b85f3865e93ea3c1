"""The names under which people appear in Discord."""

from collections.abc import Sequence

from bot.showing.texts import webhook_names
from texts.language import Language
from texts.text import Text, in_language
from tickets.model import Actor, AuthorType, as_requesters_see
from tickets.ports.store import Store
from tickets.staff_names import StaffNames

DESK = "Guildesk"


class Signing:
    """To staff, everybody appears under their own name. To requesters (``staff_names``), staff appears under
    names that requesters may see, and a service as the desk itself."""

    def __init__(
        self, store: Store, staff_names: StaffNames | None = None, language: Language = Language.EN
    ) -> None:
        self._store = store
        self.language = language
        self._staff_names = staff_names

    async def name(self, actor: Actor) -> str:
        """The name as the person chose it, or the id for somebody whom the store does not know."""
        return await self._known(actor) or (actor.key.id if actor.key else DESK)

    async def names(self, actor: Actor) -> Sequence[str | None]:
        """Names under which a webhook may post, the preferred one first. They tell the actor's side."""
        side = in_language(Text("side", side=self._seen(actor).type), self.language)
        somebody = in_language(Text("somebody"), self.language)
        return webhook_names(await self._known(actor), side, somebody)

    async def _known(self, actor: Actor) -> str:
        actor = self._seen(actor)
        if actor.key is None:
            return DESK
        people = await self._store.people.people([actor.key])
        if self._staff_names is not None and actor.type is AuthorType.STAFF:
            people = self._staff_names.shown(people, [actor.key])
        person = people.get(actor.key)
        return person.name if person else ""

    def _seen(self, actor: Actor) -> Actor:
        return actor if self._staff_names is None else as_requesters_see(actor)
