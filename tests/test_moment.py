import time
from collections.abc import Iterator

import pytest

from tools.moment import told_at


@pytest.fixture
def seoul(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-11-26T05:12:33.123456+00:00", "2026-11-26 14:12"),
        ("2026-11-26T23:30:00+09:00", "2026-11-26 23:30"),
        ("2026-11-26T05:12:33", "2026-11-26 05:12"),
        ("2026-01-01", "2026-01-01 00:00"),
        ("", ""),
    ],
)
def test_a_moment_is_told_in_this_machines_time_to_the_minute(moment: str, told: str, seoul: None) -> None:
    assert told_at(moment) == told
