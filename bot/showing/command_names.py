"""The names of commands in other languages; English is in the code.

Discord shows them in each user's language. In ``commands.ftl`` each command, option, choice and menu has its
own message."""

import re

from discord import Locale, app_commands
from discord.app_commands import TranslationContextLocation as Where

from texts.language import Language, language_of
from texts.text import translation

TRANSLATED = {
    locale: language
    for locale in Locale
    if (language := language_of(locale.value, Language.EN)) is not Language.EN
}
"""The locales of Discord that texts are written for; `translate` is called for every name and locale."""


class CommandNames(app_commands.Translator):
    """Discord refuses all commands if one has an invalid name, so ``tests/texts`` checks each of them."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """See ``discord.app_commands.Translator``. None for texts that stay English."""
        language = TRANSLATED.get(locale)
        return None if language is None else self.in_(language, context)

    def in_(self, language: Language, context: app_commands.TranslationContextTypes) -> str | None:
        """The translation in that language, if there is one."""
        id_ = id_of(context)
        is_description = context.location in DESCRIPTIONS
        return None if id_ is None else translation(id_, language, "description" if is_description else None)


DESCRIPTIONS = (Where.command_description, Where.group_description, Where.parameter_description)


def id_of(context: app_commands.TranslationContextTypes) -> str | None:
    """The id of the message that has the translation."""
    data = context.data
    match data:
        case app_commands.ContextMenu():
            return _id("menu", data.qualified_name)
        case app_commands.Command() | app_commands.Group():
            return _id("command", data.qualified_name)
        case app_commands.Parameter():
            return _id("option", f"{data.command.qualified_name} {data.display_name}")
        case app_commands.Choice():
            return _id("choice", str(data.value))
    return None


def _id(kind: str, name: str) -> str:
    return "-".join((kind, *re.findall("[a-z0-9]+", name.lower())))
