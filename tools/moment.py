"""How moments are told to people: in this machine's time, to the minute."""

from datetime import datetime


def told_at(moment: datetime | str) -> str:
    """`2026-11-26 14:12` of a moment or of its ISO text; one without a time zone is told as it stands."""
    if isinstance(moment, str):
        if not moment:
            return ""
        moment = datetime.fromisoformat(moment)
    return f"{moment.astimezone() if moment.tzinfo else moment:%Y-%m-%d %H:%M}"
