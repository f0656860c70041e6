"""Every setting, read from the environment in this one place and passed on as arguments."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("auto", "en", "ko")


class SettingsError(Exception):
    """The setup must be mended: one line, with the command that does it."""


@dataclass(frozen=True)
class Settings:
    """What a person may set; the defaults serve someone who sets nothing."""

    model: str
    """EASEL_MODEL: which language model plans; a model SPEC."""
    weights: Path | None
    """EASEL_WEIGHTS: a GGUF file to use in place of the downloaded one."""
    cache: Path
    """EASEL_CACHE: where weights and saved prompt states are kept."""
    home: Path
    """EASEL_HOME: where projects are kept that were opened without --project."""
    threads: int
    """EASEL_THREADS: processor cores to use."""
    memory_gb: float
    """EASEL_MEMORY_GB: memory DuckDB may use before it spills to disk."""
    query_seconds: float
    """EASEL_QUERY_SECONDS: a query is stopped after so long."""
    train_seconds: int
    """EASEL_TRAIN_SECONDS: a build above this budget asks first."""
    ask_always: bool
    """EASEL_ASK_ALWAYS: 1 makes every plan wait for approval."""
    language: str
    """EASEL_LANGUAGE: auto answers in the language of the request; en or ko always in that one."""


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises SettingsError where a value is not of its kind."""
    import platformdirs

    def number(name: str, default: float) -> float:
        text = environment.get(name, "")
        try:
            value = float(text) if text else default
        except ValueError as error:
            raise SettingsError(f"{name}={text!r} is not a number. Try {name}={default:g}.") from error
        if value <= 0:
            raise SettingsError(f"{name}={text} must be above 0. Try {name}={default:g}.")
        return value

    weights = environment.get("EASEL_WEIGHTS", "")
    language = environment.get("EASEL_LANGUAGE") or "auto"
    if language not in LANGUAGES:
        raise SettingsError(f"EASEL_LANGUAGE={language!r} is not one of {', '.join(LANGUAGES)}. Try EASEL_LANGUAGE=ko.")
    return Settings(
        model=environment.get("EASEL_MODEL") or "local",
        weights=Path(weights).expanduser() if weights else None,
        cache=Path(environment.get("EASEL_CACHE") or platformdirs.user_cache_dir("easel")).expanduser(),
        home=Path(environment.get("EASEL_HOME") or platformdirs.user_data_dir("easel")).expanduser(),
        threads=int(number("EASEL_THREADS", os.cpu_count() or 2)),
        memory_gb=number("EASEL_MEMORY_GB", 4),
        query_seconds=number("EASEL_QUERY_SECONDS", 30),
        train_seconds=int(number("EASEL_TRAIN_SECONDS", 120)),
        ask_always=environment.get("EASEL_ASK_ALWAYS", "") not in ("", "0"),
        language=language,
    )
