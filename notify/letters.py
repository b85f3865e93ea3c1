"""Puts mails about accounts into the queue, with their final words. They are sent once the mail server
accepts them."""

from dataclasses import replace

from texts.language import Language, language_of
from texts.text import Text, in_language
from tickets.ids import new_id
from tickets.notifications import (
    Letter,
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    letters_key,
)
from tickets.ports.mails import Mail, MailKind
from tickets.ports.notifications import Notifications
from tickets.ports.store import Clock


class QueuedMailer:
    """The port ``Mailer``. Queued letters are in no list of notifications. Only the queue shows them, with
    just their subjects."""

    def __init__(self, notifications: Notifications, clock: Clock, language: Language) -> None:
        self._notifications = notifications
        self._clock = clock
        self._language = language

    async def send(self, mail: Mail) -> None:
        """See ``tickets.ports.mails.Mailer``."""
        letter = letter_of(mail, language_of(mail.locale, self._language))
        await self._notifications.add([queued(letter, self._clock())])


class QueuedTexter:
    """The port ``Texter``."""

    def __init__(self, notifications: Notifications, clock: Clock, language: Language) -> None:
        self._notifications = notifications
        self._clock = clock
        self._language = language

    async def send_code(self, phone: str, code: str, locale: str | None) -> None:
        """See ``tickets.ports.mails.Texter``."""
        language = language_of(locale, self._language)
        subject = in_language(Text("code-subject"), language)
        letter = Letter(phone, subject, in_language(Text("code-words", code=code), language))
        waits = replace(queued(letter, self._clock()), channel=NotificationChannel.SMS)
        await self._notifications.add([waits])


def queued(letter: Letter, now: int, letter_id: str | None = None) -> Notification:
    """A letter for the queue, due at once."""
    return Notification(
        id=NotificationId(letter_id or new_id()),
        user=letters_key(letter.to),
        kind=NotificationKind.ACCOUNT,
        channel=NotificationChannel.EMAIL,
        text=letter.subject,
        created_at=now,
        due_at=now,
        letter=letter,
    )


def letter_of(mail: Mail, language: Language) -> Letter:
    """The subject and the text of the mail."""
    subject, words = _words(mail.kind)
    name = " ".join(mail.facts.get("name", "").split())
    parts: list[Text | str] = [
        Text("letter-greeting", name=name) if name else Text("letter-greeting-nobody"),
        words,
        mail.facts.get("link", ""),
    ]
    if mail.kind is not MailKind.PASSWORD_CHANGED:
        parts.append(Text("letter-not-you"))
    said = [in_language(it, language) for it in parts]
    return Letter(mail.to, in_language(subject, language), "\n\n".join(filter(None, said)) + "\n")


def _words(kind: MailKind) -> tuple[Text, Text]:
    match kind:
        case MailKind.VERIFY:
            return Text("letter-verify"), Text("letter-verify-words")
        case MailKind.ALREADY_REGISTERED:
            return Text("letter-already-registered"), Text("letter-already-registered-words")
        case MailKind.RESET:
            return Text("letter-reset"), Text("letter-reset-words")
        case MailKind.NO_ACCOUNT:
            return Text("letter-no-account"), Text("letter-no-account-words")
        case MailKind.PASSWORD_CHANGED:
            return Text("letter-password-changed"), Text("letter-password-changed-words")
