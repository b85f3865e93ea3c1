"""What a desk file says, and what is said of a wrong one: a line for each fault, and how to put it right."""

import json
import os
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from config.desk_file import DeskFile, DeskFileIsWrong, parsed, read_desk_file
from config.desk_sections import TextsSection
from config.toml_lines import TomlLines
from tests.docs.pages import ROOT
from tests.forked_commands import guildesk
from texts.language import Language
from tickets.forms import Forms
from tickets.model import IssueLevel

EXAMPLE = ROOT / "desk.example.toml"
HOURS = '[hours]\nzone = "UTC"\nopen = ["mon-fri 09:00-17:00"]\n'
FORM = '[[forms]]\nslug = "bug"\nname = "A bug"\ndefault = true\n'
QUESTION = '[[forms.questions]]\nid = "steps"\nlabel = "Steps"\n'
WRONG = {
    "a section that nobody knows": (
        "[formz]",
        "line 1: formz: there is no such key; is forms meant? known here:",
    ),
    "a key that nobody knows": (
        HOURS + "tz = 1",
        "line 4: hours, tz: there is no such key; known here: zone, open",
    ),
    "a key that is missing": ('[hours]\nzone = "UTC"', "line 1: hours, open: is missing"),
    "no zone": (HOURS.replace("UTC", "Berlin"), "line 2: hours, zone: must be the name of a time zone"),
    "a zone outside": (
        HOURS.replace("UTC", "../UTC"),
        "line 2: hours, zone: must be the name of a time zone",
    ),
    "a wrong span": (HOURS.replace("09:00", "9"), "line 3: hours, open 1: must be days and times like"),
    "a wrong holiday": (
        HOURS + 'holidays = ["xmas"]',
        "line 4: hours, holidays 1: must be a date, as 2026-12-25",
    ),
    "a number as time": (
        "[sla.NORMAL]\nresolution = 5",
        "line 2: sla, NORMAL, resolution: must be a text in",
    ),
    "an unknown level": ("[sla.LOW]", "line 1: sla, LOW: there is no such key; known here: NORMAL, URGENT"),
    "a switch": ('[pings]\nnew = "maybe"', "line 2: pings, new: must be true or false"),
    "forms as a section": ("[forms]\nbug = 1", "line 1: forms: must be a list"),
    "a slug": (FORM.replace("bug", "Bug!"), "line 2: forms 1 (Bug!), slug: must be small letters, digits"),
    "a long name": (
        FORM.replace("A bug", "A" * 46),
        "line 3: forms 1 (bug), name: must have at most 45 char",
    ),
    "an unknown kind": (
        FORM + QUESTION + '# how\nkind = "txt"',
        'line 9: forms 1 (bug), questions 1 (steps), kind: must be "short", "long", "select", ',
    ),
    "a select of nothing": (
        FORM + QUESTION + 'kind = "select"',
        "questions 1 (steps), options: is missing; a select",
    ),
    "options of a text": (FORM + QUESTION + 'options = ["a"]', "options: is for questions with kind"),
    "an option twice": (
        FORM + QUESTION + 'kind = "select"\noptions = ["a", "b", "a"]',
        "line 9: forms 1 (bug), questions 1 (steps), options: has the same option twice",
    ),
    "a length of a file": (
        FORM + QUESTION + 'kind = "file"\nmax_length = 3',
        "line 9: forms 1 (bug), questions 1",
    ),
    "a slug twice": (FORM + FORM.replace("true", "false"), "line 1: forms: two have the slug bug"),
    "no default": (FORM.replace("true", "false"), "line 1: forms: exactly one needs default = true"),
    "two defaults": (FORM + FORM.replace("bug", "idea"), "line 1: forms: exactly one needs default = true"),
    "a default that asks": (
        FORM + QUESTION + "required = true",
        "line 4: forms 1 (bug), default: a form with",
    ),
    "an id twice": (FORM + QUESTION + QUESTION, "line 5: forms 1 (bug), questions: two have the id steps"),
    "too many questions": (
        FORM + "".join(QUESTION.replace("steps", f"steps{it}") for it in range(4)),
        "line 5: forms 1 (bug), questions: 4 beside topic and description",
    ),
    "a topic from nowhere": (
        FORM + 'topic_question = "x"',
        "line 5: forms 1 (bug), topic_question: names no question of this form",
    ),
    "a topic that may be missing": (
        FORM + 'topic_question = "steps"\n' + QUESTION,
        "line 5: forms 1 (bug), topic_question: the ques",
    ),
    "hours of nowhere": (FORM + 'open = "hours"', "line 1: forms: open needs the section hours"),
    "a text for never": (FORM + 'closed_text = "x"', "line 5: forms 1 (bug), closed_text: needs open"),
    "a name of two lines": (
        FORM.replace("A bug", "A\\nbug"),
        "line 3: forms 1 (bug), name: must be one line",
    ),
    "a name that nobody sees": (
        FORM.replace("A bug", "\\u2800\\u200b"),
        "line 3: forms 1 (bug), name: must be one line",
    ),
    "a text too long for its button": (
        f'[texts.de]\nclose-button = "{"x" * 81}"',
        "line 2: texts, de, close-button: is too long: Discord takes 80 characters there",
    ),
    "a text that nobody says": (
        '[texts.en]\n# hello\nrefusal-ticket_clossed = "x"',
        "line 3: texts, en, refusal-ticket_clossed: there is no such text; is refusal-ticket_closed meant?",
    ),
    "a fact that a text is not given": (
        '[texts.de]\nrefusal-ticket_closed = "{ $name }"',
        "line 2: texts, de, refusal-ticket_closed: names { $name }, which this text is not given",
    ),
    "an emoji": (
        FORM + 'emoji = "bug"',
        'line 5: forms 1 (bug), emoji: must be an emoji, as "🐛", or',
    ),
    "two panels in one channel": (
        "[[panels]]\nchannel = 1\n[[panels]]\nchannel = 1",
        "line 1: panels: two are in the channel 1; a channel has one",
    ),
    "a panel of no form": (
        '[[panels]]\nchannel = 1\nkinds = ["bug", "bugs"]',
        "line 1: panels: there is no form bugs; known are bug, feature, support, other",
    ),
    "a language": ("[texts.fr]", "line 1: texts, fr: there is no such key; known here: en, de"),
    "no TOML": ("[hours", "is no TOML: "),
    "a key in small letters": (
        "[sla.normal]",
        "line 1: sla, normal: there is no such key; is NORMAL meant?",
    ),
    "a switch as text": ('[pings]\nnew = "yes"', "line 2: pings, new: must be true or false"),
    "a switch as number": ("[sla]\nraise_level = 1", "line 2: sla, raise_level: must be true or false"),
    "a number as text": (
        FORM + 'most_open = "2"',
        "line 5: forms 1 (bug), most_open: must be a whole number",
    ),
    "a switch as channel": (
        "[[panels]]\nchannel = true",
        "line 2: panels 1, channel: must be a whole number",
    ),
    "a time beyond all times": (
        '[sla.NORMAL]\nresolution = "999999w"',
        "line 2: sla, NORMAL, resolution: must be ten years at most",
    ),
    "a word as emoji": (FORM + 'emoji = "ä"', "line 5: forms 1 (bug), emoji: must be an emoji"),
    "a heading of blanks": (
        '[[panels]]\nchannel = 1\ntitle = " \\u200b"',
        "line 3: panels 1, title: must show something",
    ),
    "a topic that is the description": (
        FORM
        + 'topic_question = "steps"\ndescription_question = "steps"\n'
        + QUESTION
        + "required = true\nmax_length = 90",
        "description_question: is the topic_question as well",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_fault_is_one_line_with_its_place_and_what_would_be_right(name: str) -> None:
    text, told = WRONG[name]

    with pytest.raises(DeskFileIsWrong) as wrong:
        parsed(text)

    (fault,) = wrong.value.faults
    assert told in fault


def test_all_faults_are_told_in_the_order_of_their_lines() -> None:
    with pytest.raises(DeskFileIsWrong) as wrong:
        parsed(HOURS.replace("UTC", "x") + '[pings]\nnew = "x"\n[sla.URGENT]\nresolution = "soon"\n')

    assert [it.partition(":")[0] for it in wrong.value.faults] == ["line 2", "line 5", "line 7"]


def test_a_file_that_cannot_be_read_is_told_so(tmp_path: Path) -> None:
    binary = tmp_path / "desk.toml"
    binary.write_bytes(b"\xff\xfe")

    with pytest.raises(DeskFileIsWrong, match="cannot be read: No such file"):
        read_desk_file(tmp_path / "nowhere.toml")
    with pytest.raises(DeskFileIsWrong, match="is no file"):
        read_desk_file(Path(os.devnull))
    with pytest.raises(DeskFileIsWrong, match="must be text in UTF-8"):
        read_desk_file(binary)


def test_a_file_of_windows_and_ids_in_quotation_marks_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_bytes('\ufeff[[panels]]\r\nchannel = "123456789012345678"\r\n'.encode())

    (panel,) = read_desk_file(file).panels

    assert panel.channel == 123456789012345678


def test_what_has_very_many_faults_keeps_nobody_waiting(tmp_path: Path) -> None:
    holidays = "".join(f"2026-12-{day % 28 + 1:02},\n" for day in range(2000))
    questions = QUESTION.replace("Steps", "x" * 46) * 5
    huge = tmp_path / "desk.toml"
    huge.write_text("# x\n" * 200_000)
    begun = time.process_time()

    with pytest.raises(DeskFileIsWrong, match="line 4: hours, holidays 2001: must be a date"):
        parsed(f'{HOURS}holidays = [\n{holidays}"x",\n]\n')
    with pytest.raises(DeskFileIsWrong) as wrong:
        parsed("".join(FORM.replace("bug", f"bug{it}") + questions for it in range(20)))
    with pytest.raises(DeskFileIsWrong, match="there is no such text"):
        parsed("[texts.en]\n" + "".join(f"a{it} = 'x'\n" for it in range(2000)))
    with pytest.raises(DeskFileIsWrong, match="must be 512 kB at most"):
        read_desk_file(huge)

    assert time.process_time() - begun < 15
    assert len(wrong.value.faults) == 51
    assert wrong.value.faults[-1].startswith("and ")


def test_without_a_file_there_are_four_forms_that_ask_nothing_and_it_is_always_open() -> None:
    desk = DeskFile()

    assert [it.slug for it in desk.asked.all] == ["bug", "feature", "support", "other"]
    assert desk.asked == Forms()
    assert desk.asked.default == "support"
    assert not any(it.questions for it in desk.asked.all)
    assert desk.work is None


def test_the_example_is_right_and_shows_every_key() -> None:
    desk = read_desk_file(EXAMPLE)
    told = EXAMPLE.read_text("utf-8")

    assert desk.asked.default == "support"
    assert desk.sla.target(IssueLevel.CRITICAL).first_response == 15 * 60_000
    shown = {word.strip() for line in told.splitlines() for word in line.replace("{", ",").split(",")}
    keys = {word.split("=")[0].strip(" #[]").split(".")[-1] for word in shown if "=" in word or "[" in word}
    assert {
        name for name in _every_key(DeskFile.model_json_schema()) if name not in keys
    } <= NOT_IN_THE_EXAMPLE


NOT_IN_THE_EXAMPLE = {"topic_question", "description_question", "texts", "de"}
"""They would not go with what the example shows, or stand in a page of their own."""


def _every_key(schema: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for part in (schema, *schema["$defs"].values()):
        found |= set(part.get("properties", {}))
    return found


def test_files_that_say_the_same_have_the_same_digest() -> None:
    same = '# x\n[pings]\ncritical = false\nnew = true\n[hours]\nopen=["mon-fri 09:00-17:00"]\nzone="UTC"'
    pings = "[pings]\nnew = true\ncritical = false\n"

    assert parsed(HOURS + pings).digest == parsed(same).digest
    assert parsed("").digest == DeskFile().digest
    assert len({parsed(it).digest for it in ("", HOURS, pings, HOURS + pings, HOURS + FORM)}) == 5


def as_editors_see_it(text: str) -> object:
    return json.loads(json.dumps(tomllib.loads(text), default=str))


BEYOND_ANY_SCHEMA = {
    *("an id twice", "a slug twice", "two panels in one channel", "a panel of no form"),
    *("a topic from nowhere", "a topic that may be missing", "a topic that is the description"),
    *("a fact that a text is not given", "a name that nobody sees", "a heading of blanks", "no TOML"),
    "a time beyond all times",
}
"""Names that are unique or name something elsewhere, invisible characters, and sums."""
SLIPS = {
    "an hour that is none": HOURS.replace("09:00-17:00", "09:00-25:00"),
    "half an hour too much": HOURS.replace("09:00-17:00", "09:00-24:30"),
    "no time at all": HOURS.replace("17:00", "09:00"),
    "a day that is none": HOURS + 'holidays = ["2026-13-01"]',
    "nothing as time": '[sla]\nwarn_before = "0s"',
    "an empty name": FORM.replace("A bug", " "),
    "an emoji of letters": FORM + 'emoji = "<:bug:1>"',
    "an empty list of those who may": FORM + "who = []",
    "a default not for all": FORM + 'who = ["CUSTOMER"]',
    "spans of no zone": FORM + 'open = ["daily 09:00-17:00"]',
    "a length of a select": FORM + QUESTION + 'kind = "select"\noptions = ["a"]\nmax_length = 3',
    "a secret": '[[webhooks]]\nid = "a"\nurl = "https://a.example"\nsecrets = ["x"]\nissuers = ["*"]',
    "an address": '[[webhooks]]\nid="a"\nurl="ftp://a"\nsecrets=["whsec_' + "A" * 32 + '"]\nissuers=["*"]',
    "26 forms": FORM + "".join(f'[[forms]]\nslug = "f{it}"\nname = "F"\n' for it in range(25)),
    "a panel of none": "[[panels]]\nchannel = 0",
}
FINE = (
    "",
    HOURS.replace("mon-fri", "Mon-FRI, sat"),
    HOURS.replace("09:00-17:00", "00:00-24:00") + "holidays = [2026-12-25]",
    FORM + 'emoji = "🏳️‍🌈"\n' + QUESTION,
    FORM + 'emoji = "1️⃣"\nwho = ["CUSTOMER", "TEMP_USER", "AGENT", "ADMIN"]',
    HOURS + FORM,
    HOURS + FORM + 'open = ["sat 22:00-06:00"]\nclosed_text = "Later"',
    '[[panels]]\nchannel = "123456789012345678"\nkinds = ["bug"]',
    '[texts.de]\nclose-button = "Schluss"\nrefusal-ticket_closed = "{ $number } ist zu."',
    f'{FORM.replace("default = true", "")}topic_question = "steps"\n{QUESTION}required = true\n'
    "max_length = 90\n" + FORM.replace("bug", "idea"),
)


def test_the_schema_takes_what_the_program_takes_and_refuses_what_it_refuses() -> None:
    printed = guildesk(["desk-schema"], {})
    assert printed.returncode == 0
    schema = Draft202012Validator(json.loads(printed.stdout))
    slips = {name: text for name, (text, _) in WRONG.items() if name not in BEYOND_ANY_SCHEMA} | SLIPS

    for text in SLIPS.values():
        with pytest.raises(DeskFileIsWrong):
            parsed(text)
    assert [name for name, text in slips.items() if schema.is_valid(as_editors_see_it(text))] == []
    for text in (*FINE, EXAMPLE.read_text("utf-8")):
        assert parsed(text)
        assert [it.message for it in schema.iter_errors(as_editors_see_it(text))] == []


TABLES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(
            ["1", '"""\nx\n"""', "[\n1,\n# no ]\n2\n]", "{ x = 1 }", '"]#"', "'['", "'''\n\"['''"]
        ),
    ),
    max_size=4,
    unique_by=lambda it: it[0],
)


@given(st.lists(TABLES, max_size=4))
def test_the_line_of_each_key_is_the_one_in_which_it_begins(tables: list[list[tuple[str, str]]]) -> None:
    text, begins = "", dict[tuple[str | int, ...], int]()
    for number, table in enumerate(tables):
        text += "\n# a table\n[[tables]]\n"
        begins["tables", number] = text.count("\n")
        for key, value in table:
            begins["tables", number, key] = text.count("\n") + 1
            text += f"{key} = {value}\n"

    lines = TomlLines(text)
    assert {path: lines.of(path) for path in begins} == begins


def test_texts_may_be_said_in_every_language() -> None:
    assert {it.value for it in Language} == set(TextsSection.model_fields)


def test_a_file_can_be_checked_before_it_counts(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[pings]\nnew = 3\n")

    checked = [guildesk(["desk-check", str(it)], {}) for it in (EXAMPLE, wrong)]

    assert [it.returncode for it in checked] == [0, 1]
    assert checked[0].stdout == f"{EXAMPLE}: nothing is wrong with it\n"
    assert checked[1].stderr == f"{wrong}: line 2: pings, new: must be true or false\n"
