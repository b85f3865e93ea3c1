"""Finds the new part of a mail's text, without quotes and signatures.

Every line is examined only a few times, so no text takes long. If it is unclear whether words are new, they
stay: a signature that is shown does less harm than an answer that is lost. Pure."""

import re
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 1_000_000
"""Characters that are examined. The rest is left out."""
_LONGEST_MARK: Final = 400
"""Characters. A longer line was written by a person, whatever it begins with."""
_WRAPPED: Final = 3
"""So many lines may form the introduction of a quote, because mail programs wrap it."""
_SIGNED: Final = 6
"""Lines that may follow a closing formula."""

_FIRST_WORD: Final = re.compile(r"(?:on|am|le|el|il|op|em)\b", re.IGNORECASE)
_WROTE: Final = re.compile(
    r"\b(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|geschreven)\b", re.IGNORECASE
)
_DATE: Final = re.compile(r"\d{1,4}[./:-]\d|\d{4}|@")
_FIELD: Final = re.compile(
    r"[*\s]{0,3}(?:(?P<who>from|von|de|da|van)|(?P<when>sent|gesendet|date|datum|envoyé|enviado|fecha|inviato|data|verzonden)"
    r"|(?P<to>to|an|à|para|a|aan)|(?P<what>subject|betreff|objet|asunto|oggetto|onderwerp)|(?P<copy>cc|kopie))"
    r"\s?:[*\s]",
    re.IGNORECASE,
)
_ORIGINAL: Final = re.compile(
    r"[-_]{3,} ?(?:original message|original appointment|ursprüngliche nachricht|originalnachricht"
    r"|message d'origine|mensaje original|messaggio originale|oorspronkelijk bericht) ?[-_]{3,}",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"[_-]{10,}")
_SENT_BY: Final = re.compile(
    r"(?:sent (?:from|with|via) |get outlook for |von meinem .{1,60} gesendet|gesendet (?:von|mit|über) "
    r"|diese nachricht wurde von .{1,60} gesendet|envoyé (?:de|depuis) |enviado desde "
    r"|inviato da |verzonden vanaf )",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"(?:(?:with )?(?:best|kind|warm|many) regards|regards|all the best|(?:yours )?sincerely"
    r"|(?:mit )?(?:den )?(?:beste|freundliche|herzliche|viele|liebe|schöne)[nr]? gr(?:ü|u|ue)(?:ß|ss)e?n?"
    r"|mfg|vg|lg"
    r"|(?:bien )?cordialement|(?:un )?(?:cordial )?saludos?|atentamente|(?:cordiali|distinti) saluti"
    r"|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?)[ ,.!]*",
    re.IGNORECASE,
)
_POSTSCRIPT: Final = re.compile(r"p\.? ?s\b", re.IGNORECASE)


def new_text(text: str) -> str:
    """The new words. If there are none, the whole text, but without what is below our own line."""
    whole = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    above = _above([it.rstrip("\n") for it in whole.split("\n")])
    own = _without_quotes(_without_signature(above))
    return _joined(_without_closing(_without_device(own))) or _joined(above)


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(it.rstrip() for it in lines).strip()


def _above(lines: list[str]) -> list[str]:
    """The lines above the line in our mails that says "write your answer above", in any language."""
    for number, line in enumerate(lines):
        before, mark, after = line.partition("##-")
        if mark and "-##" in after and not any(it.isalnum() for it in before):
            return lines[:number]
    return lines


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    number = 0
    while number < len(lines):
        if (end := _introduction(lines, number)) is not None:
            quoted = _next_words(lines, end)
            if quoted is not None and _is_quoted(lines[quoted]):
                number = end  # the quote itself is marked
                continue
            if _joined(kept):
                break
            kept.extend(lines[number:end])
            number = end
        elif _is_head_of_quote(lines, number) and _joined(kept):
            break
        else:
            kept.append(lines[number])
            number += 1
    while kept and (not kept[-1].strip() or _is_quoted(kept[-1]) or _RULE.fullmatch(kept[-1].strip())):
        kept.pop()
    return kept


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _bare(line: str) -> str:
    """The line without quote marks, for examining its words."""
    return line.lstrip("> \t").rstrip()


def _next_words(lines: list[str], number: int) -> int | None:
    return next((it for it in range(number, min(number + 4, len(lines))) if lines[it].strip()), None)


def _introduction(lines: list[str], number: int) -> int | None:
    """The number of the line after the introduction of a quote, such as "On 5 January 2026 Sam wrote:". None
    if no introduction begins here."""
    first = _bare(lines[number])
    if not _FIRST_WORD.match(first):
        return None
    said = ""
    for end in range(number, min(number + _WRAPPED, len(lines))):
        said = f"{said} {_bare(lines[end])}"
        if len(said) > _LONGEST_MARK or said.isspace():
            return None
        if said.endswith(":"):
            return end + 1 if _WROTE.search(said) and _DATE.search(said) else None
    return None


def _is_head_of_quote(lines: list[str], number: int) -> bool:
    """Whether a header of another mail begins here, as Outlook writes it above a quote."""
    line = _bare(lines[number])
    if _ORIGINAL.fullmatch(line):
        return True
    if _RULE.fullmatch(line) and (below := _next_words(lines, number + 1)) is not None:
        return _has_fields(lines, below)
    return _has_fields(lines, number)


def _has_fields(lines: list[str], number: int) -> bool:
    found: set[str | None] = set()
    for line in lines[number : number + 8]:
        field = _FIELD.match(f"{_bare(line)[:_LONGEST_MARK]} ")
        if field is None:
            break
        found.add(field.lastgroup)
    return len(found) >= 3 and "who" in found


def _without_signature(lines: list[str]) -> list[str]:
    """The lines without a signature, which reaches to the end of the text or to a quote below it."""
    for number, line in enumerate(lines):
        if line == "-- ":
            below = range(number + 1, len(lines))
            return lines[:number] + lines[next((it for it in below if _is_quoted(lines[it])), len(lines)) :]
    return lines


def _without_device(lines: list[str]) -> list[str]:
    """The lines without an advertisement of the mail program at the end."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _is_of_device(lines[end - 1])):
        end -= 1
    return lines[:end]


def _is_of_device(line: str) -> bool:
    return len(line) <= 120 and _SENT_BY.match(line.strip()) is not None


def _without_closing(lines: list[str]) -> list[str]:
    """The lines without a closing formula and the name below it, unless more follows."""
    words = [number for number, it in enumerate(lines) if it.strip()][-_SIGNED - 1 :]
    for place, number in enumerate(words):
        if number and _CLOSING.fullmatch(lines[number].strip()[:_LONGEST_MARK]):
            below = [lines[it].strip() for it in words[place + 1 :]]
            if not any(_POSTSCRIPT.match(it) or it.endswith("?") or len(it) > 100 for it in below):
                return lines[:number]
    return lines
