"""The languages that texts are written in."""

from enum import StrEnum


class Language(StrEnum):
    """Its folder has all texts."""

    EN = "en"
    DE = "de"


def language_of(locale: str | None, otherwise: Language) -> Language:
    """The language of a locale like ``de-AT`` (BCP 47); ``otherwise`` for one that no text is written in."""
    if locale is None:
        return otherwise
    primary = locale.replace("_", "-").split("-")[0].lower()
    return Language(primary) if primary in list(Language) else otherwise
