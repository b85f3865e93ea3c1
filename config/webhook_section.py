"""The webhook endpoints in the desk file."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.desk_sections import ONE_LINE, Section, Slug
from tickets.webhook_urls import fault_of_url
from tickets.webhooks import EVERYBODY, NAMES, Endpoint, EndpointId, fault_of_secret

MOST_LISTED: Final = 50


def _url(text: str) -> str:
    if (fault := fault_of_url(text, private=True)) is not None:
        raise ValueError(fault)
    return text


def _secret(text: str) -> str:
    if (fault := fault_of_secret(text)) is not None:
        raise ValueError(fault)
    return text


def _name(text: str) -> str:
    if text not in NAMES:
        raise ValueError(f"must be one of {', '.join(NAMES)}")
    return text


class WebhookSection(Section):
    """A backend that is told what happens. Of two secrets both sign, while you replace one by the other."""

    id: Slug
    url: Annotated[str, AfterValidator(_url)]
    secrets: Annotated[tuple[Annotated[str, AfterValidator(_secret)], ...], Field(min_length=1, max_length=2)]
    events: Annotated[
        tuple[
            Annotated[
                str,
                AfterValidator(_name),
                WithJsonSchema({"type": "string", "enum": [str(it) for it in NAMES]}),
            ],
            ...,
        ],
        Field(min_length=1),
    ] = (EVERYBODY,)
    issuers: Annotated[tuple[Annotated[str, ONE_LINE], ...], Field(min_length=1)]
    description: Annotated[str, Field(max_length=200)] = ""

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint. Its time of creation is in the store."""
        return Endpoint(
            id=EndpointId(f"listed-{self.id}"),
            url=self.url,
            events=self.events,
            issuers=self.issuers,
            secret=self.secrets[0],
            old_secret=self.secrets[1] if len(self.secrets) > 1 else None,
            description=self.description,
            is_listed=True,
            created_at=0,
            updated_at=0,
        )
