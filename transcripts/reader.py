"""The reader of a transcript: their language and time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from babel.dates import format_date

from texts.language import Language
from texts.text import Text, Words, in_language
from tickets.model import AuthorType, Millis


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader of a transcript. ``zone`` is the desk's."""

    language: Language = Language.EN
    zone: tzinfo = UTC

    def says(self, words: Words) -> str:
        return in_language(words, self.language)

    def side(self, of: AuthorType) -> str:
        """The side on which somebody is, in words."""
        return self.says(Text("record-side", side=of))

    @property
    def zone_name(self) -> str:
        """``Europe/Berlin``"""
        return str(self.zone)

    def day(self, at: Millis) -> date:
        return self._local(at).date()

    def day_in_words(self, day: date) -> str:
        """``Friday, January 15, 2027``"""
        return str(format_date(day, "full", locale=self.language.value))

    def time(self, at: Millis) -> str:
        """``09:02``"""
        return f"{self._local(at):%H:%M}"

    def moment(self, at: Millis) -> str:
        """``2027-01-15 09:02 CET``"""
        return f"{self._local(at):%Y-%m-%d %H:%M %Z}"

    def time_and_moment(self, at: Millis) -> tuple[str, str]:
        """Both at once, for texts with thousands of times."""
        local = self._local(at)
        time = f"{local.hour:02}:{local.minute:02}"
        return time, f"{local.year:04}-{local.month:02}-{local.day:02} {time} {local.tzname()}"

    def stamp(self, seconds: int, style: str) -> str:
        """The time as Discord shows it in this style of ``<t:…>``. Styles that show the time until now become
        a moment, because a record may be read at any time. Raises ValueError or the like for an invalid
        style."""
        local = datetime.fromtimestamp(seconds, self.zone)
        match style:
            case "t":
                return f"{local:%H:%M %Z}"
            case "T":
                return f"{local:%H:%M:%S %Z}"
            case "d":
                return f"{local:%Y-%m-%d}"
            case "D":
                return str(format_date(local.date(), "long", locale=self.language.value))
            case "F":
                return f"{self.day_in_words(local.date())} {local:%H:%M %Z}"
        return f"{local:%Y-%m-%d %H:%M %Z}"

    def _local(self, at: Millis) -> datetime:
        return datetime.fromtimestamp(at / 1000, self.zone)


def iso(at: Millis) -> str:
    """2026-11-21T01:49:11.042Z"""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
