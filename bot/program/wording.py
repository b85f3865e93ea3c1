"""The desk's own words to requesters, in the language of their tickets."""

from dataclasses import dataclass

from config.store_settings import ExportSettings
from texts.language import Language, language_of
from texts.text import Text, in_language
from tickets.model import Millis, SupportRole
from tickets.staff_names import StaffNames

MINUTE: Millis = 60 * 1000
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR


@dataclass(frozen=True, slots=True)
class ToRequesters:
    """See ``tickets.ports.wording.Wording``. ``otherwise`` is used if there are no texts in a ticket's
    language."""

    otherwise: Language

    def reminder(self, locale: str | None, silent_for: Millis, closes_in: Millis | None) -> str:
        span = _in_words(silent_for)
        if closes_in is None:
            return self._said(Text("reminder", silent_for=span), locale)
        return self._said(
            Text("reminder-before-closing", silent_for=span, closes_in=_in_words(closes_in)), locale
        )

    def silence(self, locale: str | None, silent_for: Millis) -> str:
        return self._said(Text("closed-for-silence", silent_for=_in_words(silent_for)), locale)

    def _said(self, text: Text, locale: str | None) -> str:
        return in_language(text, language_of(locale, self.otherwise))


def _in_words(span: Millis) -> Text:
    """The span in its largest unit: one that divides it, or of which there are two at least."""
    days, hours, minutes = (round(span / unit) for unit in (DAY, HOUR, MINUTE))
    if _fits(days, span, DAY):
        return Text("span-days", count=days)
    if _fits(hours, span, HOUR):
        return Text("span-hours", count=hours)
    return Text("span-minutes", count=max(minutes, 1))


def _fits(count: int, span: Millis, unit: Millis) -> bool:
    return count >= 2 or (count == 1 and span >= unit * 0.95)


def staff_names(settings: ExportSettings) -> StaffNames:
    """The names that requesters read in place of staff's names."""
    roles = (None, *SupportRole)
    said = {role: in_language(Text("staff-name", role=role or "NONE"), settings.language) for role in roles}
    return StaffNames(settings.staff_name, settings.staff_name_fixed, said)
