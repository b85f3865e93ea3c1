"""Every text is there in every language, is used, and gets the facts that it names."""

from collections import Counter
from string import Formatter

import pytest

from config.faults import KINDS
from tests.texts.sources import facts_of, junk, uses, uses_in_templates, written
from texts.language import Language
from tickets.refusals import Refusal

MADE_IN = {
    "cogs/replies.py",
    "config/fault_words.py",
    "pages/desk/acting.py",
    "pages/frame/page.py",
    "transcripts/changes.py",
    "transcripts/page.py",
}
"""Where ids are made of something else: of codes, by lines of history, in a template."""
ONLY_TRANSLATED = {"commands.ftl", "faults.ftl"}
"""English is in the code: descriptions of commands, and faults, which the log tells, too."""


def refusals(kind: type[Refusal] = Refusal) -> set[str]:
    below = [it for it in kind.__subclasses__() if it.__module__ == Refusal.__module__]
    return {kind.code} if not below else set().union(*map(refusals, below))


@pytest.mark.parametrize("language", Language)
def test_fluent_understands_everything(language: Language) -> None:
    assert junk(language) == []


@pytest.mark.parametrize("language", Language)
def test_nothing_is_written_twice(language: Language) -> None:
    assert [it for it, count in Counter(it.id for it in written(language)).items() if count > 1] == []


def test_every_language_has_all_texts_in_the_same_order() -> None:
    """In the same files and order, whoever translates sees what is missing."""
    english, *others = ([(it.file, it.id) for it in written(language)] for language in Language)

    for other in others:
        assert [it for it in other if it[0] not in ONLY_TRANSLATED] == english


def test_every_text_is_used_and_there() -> None:
    used = {it.id for it in uses() if it.id is not None}
    families = {f"refusal-{code}" for code in refusals()}
    there = {it.id for it in written(Language.EN)}
    within = {inner for it in written(Language.EN) for inner in it.messages}

    assert used | families | within | {*uses_in_templates()} == there


def test_ids_are_made_in_known_places_only() -> None:
    made = {it.where.split(":")[0] for it in uses() if it.id is None}

    assert made == MADE_IN


def test_every_text_is_given_the_facts_that_it_names() -> None:
    by_id = [{it.id: it for it in written(language)} for language in Language]
    named = {
        (it.where, it.id): frozenset().union(*(facts_of(them, it.id) for them in by_id))
        for it in uses()
        if it.id is not None
    }
    given = {(it.where, it.id): it.facts for it in uses() if it.id is not None}

    assert named
    assert {it: (named[it], facts) for it, facts in given.items() if named[it] != facts} == {}


@pytest.mark.parametrize("language", [it for it in Language if it is not Language.EN])
def test_every_fault_is_translated_with_facts_that_it_has(language: Language) -> None:
    facts = {
        f"fault-{kind.code}": {name for _, name, _, _ in Formatter().parse(f"{kind.what}{kind.cure}") if name}
        for kind in KINDS
    }
    there = {it.id: it.facts for it in written(language) if it.file == "faults.ftl"}

    assert there.keys() == facts.keys()
    assert {id_: named - facts[id_] for id_, named in there.items() if not named <= facts[id_]} == {}
