import sys
from collections.abc import Iterator

import pytest

from tickets import refusals
from tickets.model import FileId, MessageId, Status, SupportRole
from tickets.refusals import Refusal

WRONG_ANSWER = refusals.WrongAnswer("steps", "What did you do?", refusals.WhyWrong.MISSING)
EXAMPLES: dict[type[Refusal], Refusal] = {
    type(it): it
    for it in (
        refusals.TicketNotFound("7"),
        refusals.MessageNotFound(MessageId("m1")),
        refusals.FileNotFound(FileId("f1")),
        refusals.AgentNotFound("sam"),
        refusals.UserNotFound("ann"),
        refusals.TooManyOpenTickets(50),
        refusals.TooManyOfForm("Bills", 2),
        refusals.FormCoolsDown("Bills", 1_800_000_000_000),
        refusals.TooManyUploads(20, 50),
        refusals.UserIsBlocked(),
        refusals.TooManyLabels(7, 20),
        refusals.TicketHasChanged(7, 3),
        refusals.TooMuchMetadata(7, 16),
        refusals.LabelIsNoGood(),
        refusals.FeedbackNotFound(7),
        refusals.CannedNotFound("hello"),
        refusals.NotificationNotFound("n1"),
        refusals.CannotReachUser("ann", "email"),
        refusals.NotificationHasNotFailed("n1"),
        refusals.RequesterSpokeLast(7),
        refusals.CannedIsThere("hello"),
        refusals.TooManyCanned(500),
        refusals.CannedIsTooLong("hello", 4000),
        refusals.FeedbackIsGiven(7),
        refusals.RequesterOnly("give feedback"),
        refusals.TicketIsNotClosed(7),
        refusals.TicketIsSnoozed(7),
        refusals.TicketIsNotSnoozed(7),
        refusals.CloseIsAsked(7),
        refusals.CloseIsNotAsked(7),
        refusals.TimeIsNoGood(),
        refusals.NobodyAbove(7),
        refusals.NothingWaits(),
        refusals.TicketIsClaimed(7, "Sam"),
        refusals.AgentHasTickets("sam", 2),
        refusals.AgentIsLinked("1001", "sam"),
        refusals.AgentDoesNotSeeTicket("Sam", SupportRole.TECHNICAL),
        refusals.CannotMerge("they are one"),
        refusals.PositionUnknown("17-3fa2"),
        refusals.TicketIsClosed(7),
        refusals.TicketIsMerged(7, 8),
        refusals.TicketIsErased(7),
        refusals.ErasureNotFound("3f2a"),
        refusals.CannotMergeTickets(refusals.WhyTicketsNotMerged.SAME),
        refusals.TicketIsOpen(7),
        refusals.TooManyLinks(7, 20),
        refusals.CannotLinkToItself(7),
        refusals.MoveNotAllowed(Status.CANCELED, refusals.WhyNotMoved.REQUESTER_ONLY),
        refusals.NotTheAuthor(),
        refusals.NotTheUploader(),
        refusals.UploadNotFound(FileId("f1")),
        refusals.StaffOnly("see or write notes"),
        refusals.AdminOnly("delete agents"),
        refusals.StaffMustAnswerFirst(),
        refusals.ReopenWindowIsOver(7),
        refusals.NothingToSay(),
        refusals.WebhookNotFound("wh_1"),
        refusals.DeliveryNotFound("d1"),
        refusals.TooManyWebhooks(20),
        refusals.WebhookIsDisabled("wh_1"),
        refusals.WebhooksAreListed(),
        refusals.WebhookUrlIsNoGood("is no URL"),
        refusals.CategoryUnknown("bugs", ["bug", "support"]),
        refusals.AnswersAreWrong([WRONG_ANSWER]),
    )
}


def kinds(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def leaves() -> list[type[Refusal]]:
    return [kind for kind in kinds() if not kind.__subclasses__() and kind.__module__ == refusals.__name__]


def test_every_refusal_has_its_own_code() -> None:
    codes = [kind.__dict__.get("code") for kind in (Refusal, *kinds())]

    assert None not in codes
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", leaves())
def test_every_refusal_is_one_sentence_for_people(kind: type[Refusal]) -> None:
    text = str(EXAMPLES[kind])

    assert text[0].isupper()
    assert text.endswith(".")
    assert "\n" not in text


def test_the_tree_on_top_of_the_module_names_every_refusal() -> None:
    for kind in kinds():
        assert kind.__name__ in (sys.modules[kind.__module__].__doc__ or "")
