"""The names of forms: the operator's own words, or for built-in forms the reader's language."""

from dataclasses import replace

from texts.language import Language
from texts.text import Text, in_language
from tickets.forms import DEFAULT_FORMS, Form


def called(form: Form, language: Language) -> Form:
    """The form, with its name and description as people of that language read them."""
    if form not in DEFAULT_FORMS:
        return form
    name = in_language(Text("form-name", form=form.slug), language)
    description = in_language(Text("form-what-for", form=form.slug), language)
    return replace(form, name=name, description=description)
