"""Faults in the languages of those who read them."""

from config.faults import Fault
from texts.language import Language
from texts.text import Text, in_language


def worded(fault: Fault, language: Language) -> str:
    """What is wrong, and its cure, in this language. The English words are in the fault itself."""
    if language is Language.EN:
        return str(fault)
    return in_language(Text(f"fault-{fault.code}", **fault.facts), language)
