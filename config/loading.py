"""Reads the settings from the environment and a file, and reports all faults at once."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

from config.env_file import oddities
from config.settings import ServerMode, Settings
from config.store_settings import ExportSettings, StoreSettings


class SettingsAreWrong(Exception):
    """One line for each fault, naming the variable and what is wrong with it, never its value."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


ENV_FILE = Path(".env")

Kind = TypeVar("Kind", bound=StoreSettings)


def load(env_file: Path | None = ENV_FILE) -> Settings:
    """The settings of the environment and of ``env_file``. Raises SettingsAreWrong with every fault."""
    _must_exist(env_file)
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        faults = _faults(error)
        wrong = {str(it["loc"][0]) for it in error.errors(include_input=False) if it["loc"]}
        raise SettingsAreWrong(faults + _faults_beside(wrong, env_file)) from None


def doubts(env_file: Path | None = ENV_FILE) -> list[str]:
    """One line for each probable slip in the settings file. None of them prevents the start."""
    return oddities(env_file, [name.upper() for name in Settings.model_fields])


class _Signing(BaseSettings):
    model_config = Settings.model_config

    jwt_secret_key: SecretStr


def load_secret(env_file: Path | None = ENV_FILE) -> str:
    """Only JWT_SECRET_KEY, for signing a token. Raises SettingsAreWrong if it is missing."""
    _must_exist(env_file)
    try:
        return _Signing(_env_file=env_file).jwt_secret_key.get_secret_value()
    except ValidationError as error:
        raise SettingsAreWrong(_faults(error)) from None


class _Mode(BaseSettings):
    model_config = Settings.model_config

    server_mode: ServerMode = ServerMode.PRODUCTION


def load_mode(env_file: Path | None = ENV_FILE) -> ServerMode:
    """Only SERVER_MODE. Raises SettingsAreWrong."""
    _must_exist(env_file)
    try:
        return _Mode(_env_file=env_file).server_mode
    except ValidationError as error:
        raise SettingsAreWrong(_faults(error)) from None


def load_store(env_file: Path | None = ENV_FILE) -> StoreSettings:
    """Only the settings of the store, for commands that need no others. Raises SettingsAreWrong."""
    return _load(StoreSettings, env_file)


def load_export(env_file: Path | None = ENV_FILE) -> ExportSettings:
    """The same, with the form of exports. Raises SettingsAreWrong."""
    return _load(ExportSettings, env_file)


def _load(kind: type[Kind], env_file: Path | None) -> Kind:
    _must_exist(env_file)
    try:
        return kind(_env_file=env_file)
    except ValidationError as error:
        raise SettingsAreWrong(_faults(error)) from None


def fault_of(name: str, value: str) -> str | None:
    """The fault of this value of a setting, looked at alone."""
    needed: dict[str, Any] = {it: "1" for it, field in Settings.model_fields.items() if field.is_required()}
    try:
        Settings(_env_file=None, **{**needed, name.lower(): value})
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False):
            if fault["loc"] and fault["loc"][0] == name.lower():
                return f"{name}: {_what(fault)}"
    return None


def _must_exist(env_file: Path | None) -> None:
    """A file that was named must exist. The default file may be missing."""
    if env_file is not None and env_file != ENV_FILE and not env_file.is_file():
        raise SettingsAreWrong([f"{env_file}: there is no such file"])


def _faults_beside(wrong: set[str], env_file: Path | None) -> list[str]:
    """Faults of settings that do not fit together. Settings that are wrong by themselves are replaced by
    something harmless for this check."""
    if not wrong:
        return []
    stand_ins: dict[str, Any] = {
        name: "1" if (field := Settings.model_fields[name]).is_required() else field.default for name in wrong
    }
    if "server_mode" in wrong:
        stand_ins["server_mode"] = ServerMode.DEVELOPMENT
    try:
        Settings(_env_file=env_file, **stand_ins)
    except ValidationError as error:
        return [fault for fault in _faults(error) if fault.partition(":")[0].lower() not in wrong]
    return []


def _faults(error: ValidationError) -> list[str]:
    faults = []
    for fault in error.errors(include_input=False, include_url=False):
        if not fault["loc"]:
            faults += str(fault["ctx"]["error"]).splitlines()
            continue
        line = f"{str(fault['loc'][0]).upper()}: {_what(fault)}"
        if line not in faults:
            faults.append(line)
    return faults


def _what(fault: ErrorDetails) -> str:
    """What would be right for this setting."""
    if fault["type"] in SAID:
        return SAID[fault["type"]]
    message = fault["msg"].removeprefix("Value error, ")
    message = re.sub(r"^(Input|String|Value) should ", "must ", message)
    return re.sub(r"'([^']*)'", r"\1", message) if fault["type"] == "enum" else message


SAID: Mapping[str, str] = {
    "missing": "is missing",
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number, and not that large",
    "float_parsing": "must be a number",
}
"""Words for types of pydantic's errors whose own texts are about programs."""
