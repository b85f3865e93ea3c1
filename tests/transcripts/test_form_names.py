"""Forms of the program are called in the language of their readers, an operator's by the operator's words."""

from dataclasses import replace

from texts.language import Language
from tickets.forms import DEFAULT_FORMS
from wire.form_names import called


def test_the_programs_own_forms_have_a_name_in_each_language() -> None:
    assert [called(it, Language.EN) for it in DEFAULT_FORMS] == [*DEFAULT_FORMS]
    assert [called(it, Language.DE).name for it in DEFAULT_FORMS] == ["Fehler", "Idee", "Hilfe", "Anderes"]
    assert all(called(it, Language.DE).slug == it.slug for it in DEFAULT_FORMS)


def test_an_operators_form_is_called_as_they_say() -> None:
    form = replace(DEFAULT_FORMS[0], name="Broken lamp")

    assert called(form, Language.DE) == form
