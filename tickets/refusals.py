"""Every "no" that the desk can say, worded once; each face maps the tree once.

Refusal
├── NotFound       TicketNotFound, MessageNotFound, FileNotFound, AgentNotFound, UserNotFound,
│                  FeedbackNotFound, CannedNotFound, NotificationNotFound, WebhookNotFound,
│                  DeliveryNotFound, ErasureNotFound
├── Conflict       TicketIsClaimed, AgentHasTickets, AgentIsLinked, FeedbackIsGiven, CannotMerge,
│                  PositionUnknown, NobodyAbove, NothingWaits, TicketIsSnoozed, TicketIsNotSnoozed,
│                  CloseIsAsked, CloseIsNotAsked, AgentDoesNotSeeTicket, CannedIsThere, TooManyCanned,
│                  CannedIsTooLong, TooManyLabels, TooManyLinks, CannotMergeTickets, CannotLinkToItself,
│                  RequesterSpokeLast, TooMuchMetadata, CannotReachUser, NotificationHasNotFailed,
│                  TooManyWebhooks, WebhookIsDisabled
├── NotAllowed     TicketIsClosed, TicketIsMerged, TicketIsErased, TicketIsOpen, MoveNotAllowed,
│                  NotTheAuthor, StaffOnly, AdminOnly,
│                  StaffMustAnswerFirst, ReopenWindowIsOver, UserIsBlocked, RequesterOnly,
│                  TicketIsNotClosed, NotTheUploader, TooManyUploads, TooManyOpenTickets,
│                  TooManyOfForm, FormCoolsDown, WebhooksAreListed
├── Outdated       TicketHasChanged
└── Invalid        NothingToSay, UploadNotFound, TimeIsNoGood, LabelIsNoGood, CategoryUnknown,
                   AnswersAreWrong, WebhookUrlIsNoGood
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar

from tickets.model import FileId, MessageId, Millis, Status, SupportRole


class Refusal(Exception):
    """The desk says no; ``code`` is for programs, the text for people who use the API. In Discord ``facts``
    are put into words in the language of whoever reads."""

    code: ClassVar[str] = "refused"

    def __init__(self, text: str, /, **facts: str | int) -> None:
        super().__init__(text)
        self.facts = facts


class NotFound(Refusal):
    """There is no such thing, as far as the caller may know."""

    code = "not_found"


class TicketNotFound(NotFound):
    """Also raised for a ticket that the caller may not see."""

    code = "ticket_not_found"

    def __init__(self, ticket: str) -> None:
        super().__init__(f"There is no ticket {ticket}.", ticket=ticket)


class MessageNotFound(NotFound):
    code = "message_not_found"

    def __init__(self, message: MessageId) -> None:
        super().__init__(f"There is no message {message} in this ticket.", message=message)


class FileNotFound(NotFound):
    code = "file_not_found"

    def __init__(self, file: FileId | str) -> None:
        super().__init__(f"There is no file {file}.", file=file)


class AgentNotFound(NotFound):
    code = "agent_not_found"

    def __init__(self, agent: str) -> None:
        super().__init__(f"There is no agent {agent}.", agent=agent)


class UserNotFound(NotFound):
    code = "user_not_found"

    def __init__(self, user: str) -> None:
        super().__init__(f"There is no user {user}.", user=user)


class FeedbackNotFound(NotFound):
    code = "feedback_not_found"

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no feedback on ticket {number}.", number=number)


class CannedNotFound(NotFound):
    code = "canned_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no canned answer {name}.", name=name)


class NotificationNotFound(NotFound):
    """Also raised for somebody else's."""

    code = "notification_not_found"

    def __init__(self, notification: str) -> None:
        super().__init__(f"There is no notification {notification}.", notification=notification)


class WebhookNotFound(NotFound):
    code = "webhook_not_found"

    def __init__(self, webhook: str) -> None:
        super().__init__(f"There is no webhook {webhook}.", webhook=webhook)


class DeliveryNotFound(NotFound):
    code = "delivery_not_found"

    def __init__(self, delivery: str) -> None:
        super().__init__(f"There is no delivery {delivery} of this webhook.", delivery=delivery)


class Conflict(Refusal):
    """The request does not fit the present state; somebody else may have been faster."""

    code = "conflict"


class TicketIsClaimed(Conflict):
    code = "ticket_claimed"

    def __init__(self, number: int, name: str) -> None:
        super().__init__(f"Ticket {number} belongs to {name}.", number=number, name=name)


class CannotReachUser(Conflict):
    code = "cannot_reach_user"

    def __init__(self, user: str, channel: str) -> None:
        super().__init__(
            f"User {user} cannot be reached by {channel}: it is not set up, no verified address is known, or "
            "a mail server refuses the address.",
            user=user,
            channel=channel,
        )


class NotificationHasNotFailed(Conflict):
    code = "notification_not_failed"

    def __init__(self, notification: str) -> None:
        super().__init__(f"Notification {notification} has not failed.", notification=notification)


class NobodyAbove(Conflict):
    code = "nobody_above"

    def __init__(self, number: int) -> None:
        super().__init__(f"Ticket {number} asks for the highest support role already.", number=number)


class NothingWaits(Conflict):
    code = "nothing_waits"

    def __init__(self) -> None:
        super().__init__("No ticket that you can see waits for somebody.")


class TicketIsSnoozed(Conflict):
    code = "ticket_snoozed"

    def __init__(self, number: int) -> None:
        super().__init__(f"Ticket {number} is put aside; take it up again first.", number=number)


class TicketIsNotSnoozed(Conflict):
    code = "ticket_not_snoozed"

    def __init__(self, number: int) -> None:
        super().__init__(f"Ticket {number} is not put aside.", number=number)


class CloseIsAsked(Conflict):
    code = "close_asked"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"The requester of ticket {number} is asked already whether it can be closed.", number=number
        )


class CloseIsNotAsked(Conflict):
    code = "close_not_asked"

    def __init__(self, number: int) -> None:
        super().__init__(f"Nobody asks just now whether ticket {number} can be closed.", number=number)


class TooManyLabels(Conflict):
    code = "too_many_labels"

    def __init__(self, number: int, most: int) -> None:
        super().__init__(
            f"Ticket {number} has {most} labels, and no room for more.", number=number, most=most
        )


class TooManyLinks(Conflict):
    code = "too_many_links"

    def __init__(self, number: int, most: int) -> None:
        super().__init__(
            f"Ticket {number} is linked with {most} tickets, and has no room for more.",
            number=number,
            most=most,
        )


class TooMuchMetadata(Conflict):
    code = "too_much_metadata"

    def __init__(self, number: int, most: int) -> None:
        text = f"Ticket {number} has room for {most} pairs of metadata."
        super().__init__(text, number=number, most=most)


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"

    def __init__(self, most: int) -> None:
        super().__init__(f"Your issuer has {most} webhooks already; remove some first.", most=most)


class WebhookIsDisabled(Conflict):
    code = "webhook_disabled"

    def __init__(self, webhook: str) -> None:
        super().__init__(f"The webhook {webhook} is disabled; enable it first.", webhook=webhook)


class AgentHasTickets(Conflict):
    code = "agent_has_tickets"

    def __init__(self, agent: str, count: int) -> None:
        super().__init__(
            f"Agent {agent} has {count} open tickets; assign them to somebody else first.",
            agent=agent,
            count=count,
        )


class AgentDoesNotSeeTicket(Conflict):
    code = "agent_does_not_see_ticket"

    def __init__(self, agent: str, role: SupportRole) -> None:
        super().__init__(
            f"{agent} does not see tickets for {role} in Discord, so none is given to them.",
            agent=agent,
            role=role,
        )


class AgentIsLinked(Conflict):
    code = "agent_linked"

    def __init__(self, discord_id: str, agent: str) -> None:
        super().__init__(
            f"The Discord user {discord_id} is agent {agent} already.", discord_id=discord_id, agent=agent
        )


class RequesterSpokeLast(Conflict):
    code = "requester_spoke_last"

    def __init__(self, number: int) -> None:
        super().__init__(f"The requester of ticket {number} spoke last.", number=number)


class CannedIsThere(Conflict):
    code = "canned_exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a canned answer {name} already.", name=name)


class TooManyCanned(Conflict):
    code = "too_many_canned"

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} canned answers already; remove some first.", most=most)


class CannedIsTooLong(Conflict):
    code = "canned_too_long"

    def __init__(self, name: str, most: int) -> None:
        super().__init__(
            f"Filled in for this ticket, the canned answer {name} has more than {most} characters.",
            name=name,
            most=most,
        )


class FeedbackIsGiven(Conflict):
    code = "feedback_already_given"

    def __init__(self, number: int) -> None:
        super().__init__(f"Feedback on ticket {number} was given already.", number=number)


class PositionUnknown(Conflict):
    """The store was restored from before that position, or the position is of another store."""

    code = "position_unknown"

    def __init__(self, position: object) -> None:
        super().__init__(f"This feed never had the position {position}; begin anew.", position=str(position))


class CannotMerge(Conflict):
    code = "cannot_merge"

    def __init__(self, why: str) -> None:
        super().__init__(f"These users cannot be merged: {why}.", why=why)


class CannotLinkToItself(Conflict):
    code = "linked_to_itself"

    def __init__(self, number: int) -> None:
        super().__init__(f"Ticket {number} cannot be linked with itself.", number=number)


class WhyTicketsNotMerged(StrEnum):
    """Why two tickets do not become one."""

    SAME = "they are one"
    OTHER_REQUESTER = "they have different requesters"


class CannotMergeTickets(Conflict):
    code = "cannot_merge_tickets"

    def __init__(self, why: WhyTicketsNotMerged) -> None:
        super().__init__(f"These tickets cannot be merged: {why}.", why=why.name.lower())


class NotAllowed(Refusal):
    """The thing is there, but the caller may not do this with it, or not now."""

    code = "not_allowed"


class TicketIsClosed(NotAllowed):
    code = "ticket_closed"

    def __init__(self, number: int) -> None:
        super().__init__(f"Ticket {number} is closed.", number=number)


class TicketIsMerged(NotAllowed):
    code = "ticket_merged"

    def __init__(self, number: int, into: int) -> None:
        super().__init__(f"Ticket {number} was merged into ticket {into}.", number=number, into=into)


class ErasureNotFound(NotFound):
    code = "erasure_not_found"

    def __init__(self, erasure_id: str) -> None:
        super().__init__(f"There is no erasure {erasure_id}.", id=erasure_id)


class TicketIsErased(NotAllowed):
    """All that was written in it is gone, and nothing comes back."""

    code = "ticket_erased"

    def __init__(self, number: int) -> None:
        super().__init__(f"Ticket {number} is erased.", number=number)


class TicketIsOpen(NotAllowed):
    code = "ticket_open"

    def __init__(self, number: int) -> None:
        super().__init__(f"Ticket {number} is open already.", number=number)


class WhyNotMoved(StrEnum):
    """Why a status cannot be set."""

    STAFF_FIRST = "staff has not posted a message yet"
    IS_CLOSED = "a closed ticket can only be reopened"
    STAFF_ONLY = "only staff may"
    REQUESTER_ONLY = "only its requester may"
    WOULD_NOT_CLOSE = "that would not close it"
    CLOSING_ALONE = "closing is no change among others"


class MoveNotAllowed(NotAllowed):
    code = "move_not_allowed"

    def __init__(self, to: Status, why: WhyNotMoved) -> None:
        super().__init__(f"You may not set this ticket to {to}: {why}.", to=to, why=why.name.lower())


class NotTheAuthor(NotAllowed):
    code = "not_the_author"

    def __init__(self) -> None:
        super().__init__("Only its author may change a message.")


class NotTheUploader(NotAllowed):
    code = "not_the_uploader"

    def __init__(self) -> None:
        super().__init__("Only its uploader or an admin may delete a file.")


class StaffOnly(NotAllowed):
    code = "staff_only"

    def __init__(self, what: str) -> None:
        super().__init__(f"Only staff may {what}.", what=what)


class AdminOnly(NotAllowed):
    code = "admin_only"

    def __init__(self, what: str) -> None:
        super().__init__(f"Only an admin may {what}.", what=what)


class StaffMustAnswerFirst(NotAllowed):
    code = "staff_must_answer_first"

    def __init__(self) -> None:
        super().__init__("You may post once staff has answered this ticket.")


class UserIsBlocked(NotAllowed):
    code = "blocked"

    def __init__(self) -> None:
        super().__init__("You are blocked: you may read, delete your messages, and close without a reason.")


class TooManyOpenTickets(NotAllowed):
    code = "too_many_open_tickets"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You may have {most} open tickets at once; close one that is done with first.", most=most
        )


class TooManyOfForm(NotAllowed):
    """Too many of the requester's tickets of this kind are open."""

    code = "too_many_of_form"

    def __init__(self, name: str, most: int) -> None:
        super().__init__(f"Of {name} you may have {most} open tickets at once.", name=name, most=most)


class FormCoolsDown(NotAllowed):
    """It is too soon for another ticket of this kind."""

    code = "form_cools_down"

    def __init__(self, name: str, until: Millis) -> None:
        at = datetime.fromtimestamp(until / 1000, UTC)
        super().__init__(
            f"Of {name} you may open another ticket at {at:%Y-%m-%d %H:%M:%S} UTC.",
            name=name,
            at=until // 1000,
        )


class TooManyUploads(NotAllowed):
    code = "too_many_uploads"

    def __init__(self, count: int, mib: int) -> None:
        super().__init__(
            f"You may have {count} files and {mib} MB uploaded that no ticket or message uses.",
            count=count,
            mib=mib,
        )


class RequesterOnly(NotAllowed):
    code = "requester_only"

    def __init__(self, what: str) -> None:
        super().__init__(f"Only its requester may {what} on a ticket.", what=what)


class TicketIsNotClosed(NotAllowed):
    code = "ticket_not_closed"

    def __init__(self, number: int) -> None:
        super().__init__(f"Ticket {number} is not closed yet.", number=number)


class ReopenWindowIsOver(NotAllowed):
    code = "reopen_window_over"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Ticket {number} was closed too long ago to be reopened; please open a new one.", number=number
        )


class Outdated(Refusal):
    """The caller builds on what is not so any more."""

    code = "outdated"


class TicketHasChanged(Outdated):
    code = "ticket_changed"

    def __init__(self, number: int, version: int) -> None:
        text = f"Ticket {number} was changed meanwhile; its version is {version}."
        super().__init__(text, number=number, version=version)


class WebhooksAreListed(NotAllowed):
    """Tickets of our own issuers belong to no backend."""

    code = "webhooks_listed"

    def __init__(self) -> None:
        super().__init__("For these users, operators list webhooks in the desk file.")


class Invalid(Refusal):
    """The request makes no sense."""

    code = "invalid"


class NothingToSay(Invalid):
    code = "nothing_to_say"

    def __init__(self) -> None:
        super().__init__("A message needs content or a file.")


class UploadNotFound(Invalid):
    code = "upload_not_found"

    def __init__(self, file: FileId) -> None:
        super().__init__(f"There is no unused upload {file} of yours.", file=file)


class TimeIsNoGood(Invalid):
    code = "time_not_allowed"

    def __init__(self) -> None:
        super().__init__("Give a time in the future, at most a year from now.")


class LabelIsNoGood(Invalid):
    code = "label_not_allowed"

    def __init__(self) -> None:
        super().__init__("A label is 1 to 40 of the characters a-z, 0-9 and -.")


class CategoryUnknown(Invalid):
    """Also raised for a form that is not offered to the requester."""

    code = "category_unknown"

    def __init__(self, category: str, known: Sequence[str]) -> None:
        names = ", ".join(known)
        super().__init__(
            f"There is no category {category}; known are {names}.", category=category, known=names
        )


class WhyWrong(StrEnum):
    """The faults that an answer can have."""

    MISSING = "needs an answer"
    TOO_LONG = "takes fewer characters"
    NO_OPTION = "takes one of its options"
    NO_TEXT = "takes a text"
    NO_TICK = "takes true or false"
    NOT_ASKED = "is not asked by this form"
    TOO_MANY_FILES = "has no room: a ticket is opened with 10 files at most"


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """``question`` is its id, ``label`` what people read."""

    question: str
    label: str
    why: WhyWrong

    def __str__(self) -> str:
        return f"The question {self.label} {self.why}."


class AnswersAreWrong(Invalid):
    """The text is about the first of them."""

    code = "answers_invalid"

    def __init__(self, faults: Sequence[WrongAnswer]) -> None:
        first = faults[0]
        super().__init__(str(first), question=first.label, why=first.why.name.lower())
        self.faults = faults


class WebhookUrlIsNoGood(Invalid):
    """``fault`` says why."""

    code = "webhook_url_not_allowed"

    def __init__(self, fault: str) -> None:
        super().__init__(f"The URL {fault}.", fault=fault)
