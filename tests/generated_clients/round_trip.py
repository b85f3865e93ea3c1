"""A conversation with a live Guildesk, in the types that its OpenAPI document gives.

Arguments: the address, and tokens of a customer and of an admin. Says as JSON what it saw."""

import json
import sys
from io import BytesIO
from typing import TypeVar

from guildesk_client import AuthenticatedClient
from guildesk_client.api.agents import put_agent
from guildesk_client.api.attachments import upload
from guildesk_client.api.events import list_events
from guildesk_client.api.messages import post_message
from guildesk_client.api.tickets import change_ticket, list_tickets, open_ticket
from guildesk_client.api.users import list_users
from guildesk_client.models import (
    AgentChanges,
    ErrorAnswer,
    FileForm,
    IssueLevel,
    MessageEvent,
    NewMessage,
    NewTicket,
    TicketChanges,
    TicketEvent,
    TicketOrder,
    TicketStatus,
)
from guildesk_client.types import UNSET, File

Data = TypeVar("Data")


def found(answer: Data | ErrorAnswer | None) -> Data:
    """What is there."""
    if answer is None or isinstance(answer, ErrorAnswer):
        raise LookupError("no answer" if answer is None else answer.code)
    return answer


def line_of(event: MessageEvent | TicketEvent) -> str:
    """One line of each event: its type tells which payload it is."""
    if isinstance(event, MessageEvent):
        return f"{event.event}: {event.payload.content}"
    return f"{event.event}: {event.payload.topic}"


def main(url: str, customers_token: str, admins_token: str) -> None:
    casey = AuthenticatedClient(base_url=url, token=customers_token)
    ada = AuthenticatedClient(base_url=url, token=admins_token)

    new = NewTicket(topic="From Python", description="It does not start.")
    opened = found(open_ticket.sync(client=casey, body=new))
    found(put_agent.sync("ada", client=ada, body=AgentChanges(on_duty=True)))
    found(change_ticket.sync(opened.id, client=ada, body=TicketChanges(assignee="ada")))
    changed = found(
        change_ticket.sync(opened.id, client=ada, body=TicketChanges(issue_level=IssueLevel.URGENT))
    )

    form = FileForm(file=File(payload=BytesIO(b"What I saw"), file_name="seen.txt"))
    file = found(upload.sync(client=casey, body=form))
    message = NewMessage(content="Hello?", attachments=[file.id])
    posted = found(post_message.sync(opened.id, client=casey, body=message))
    listed = found(list_tickets.sync(client=ada, status=[TicketStatus.OPEN], sort=TicketOrder.NEWEST))
    refused = list_users.sync(client=casey)

    first = found(list_events.sync(client=casey, limit=1))
    rest = found(list_events.sync(client=casey, after=first[0].event_id if first else UNSET))

    told = {
        "ticket": opened.id,
        "level": changed.issue_level,
        "assignee": changed.assignee.id if changed.assignee else None,
        "closed_at": changed.closed_at,
        "seq": posted.seq,
        "listed": [ticket.id for ticket in listed],
        "refused": refused.code if isinstance(refused, ErrorAnswer) else None,
        "events": [line_of(event) for event in [*first, *rest]],
    }
    sys.stdout.write(json.dumps(told))


main(*sys.argv[1:])
