from pathlib import Path

import pytest

from assistant.settings import SettingsError, read_settings


def test_nothing_set_serves_a_newcomer() -> None:
    settings = read_settings({})
    assert (settings.model, settings.weights, settings.memory_gb, settings.query_seconds) == ("local", None, 4, 30)
    assert (settings.train_seconds, settings.ask_always) == (120, False)
    assert settings.threads >= 1


def test_every_setting_is_read_from_the_environment(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "EASEL_MODEL": "openai:gpt-x",
            "EASEL_WEIGHTS": "/w.gguf",
            "EASEL_CACHE": str(tmp_path / "c"),
            "EASEL_HOME": str(tmp_path / "h"),
            "EASEL_THREADS": "3",
            "EASEL_MEMORY_GB": "1.5",
            "EASEL_QUERY_SECONDS": "7",
            "EASEL_TRAIN_SECONDS": "60",
            "EASEL_ASK_ALWAYS": "1",
        }
    )
    assert settings.model == "openai:gpt-x"
    assert (settings.weights, settings.cache, settings.home) == (Path("/w.gguf"), tmp_path / "c", tmp_path / "h")
    assert (settings.threads, settings.memory_gb, settings.query_seconds) == (3, 1.5, 7)
    assert (settings.train_seconds, settings.ask_always) == (60, True)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("EASEL_MEMORY_GB", "lots", "EASEL_MEMORY_GB='lots' is not a number. Try EASEL_MEMORY_GB=4."),
        ("EASEL_THREADS", "-1", "EASEL_THREADS=-1 must be above 0. Try EASEL_THREADS="),
        ("EASEL_QUERY_SECONDS", "0", "EASEL_QUERY_SECONDS=0 must be above 0. Try EASEL_QUERY_SECONDS=30."),
    ],
)
def test_a_setting_of_the_wrong_kind_is_named(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({name: value})
    assert str(caught.value).startswith(message)
