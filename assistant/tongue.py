"""The language that a person is answered in: that of her request, or the one that is set."""

from typing import TypeVar

from pydantic import BaseModel

from assistant.events import Answer, Asked, Event, Failed, PlanShown, StepDone
from assistant.settings import Settings
from tools.korean import in_korean, is_korean

Said = TypeVar("Said", bound=BaseModel)
Told = TypeVar("Told", Answer, StepDone)


def tongue_of(request: str, settings: Settings) -> str:
    """`ko` or `en`."""
    if settings.language != "auto":
        return settings.language
    return "ko" if is_korean(request) else "en"


def in_tongue(event: Event, tongue: str) -> Event:
    """An event with what Easel says in it in that language.

    Options stay, which a reply is compared with, and tables, which programs read: whoever shows one puts it over.
    """
    if tongue != "ko":
        return event
    if isinstance(event, PlanShown):
        return event.model_copy(update={"steps": [_changed(step, "title", "why") for step in event.steps]})
    if isinstance(event, Asked):
        return event
    if isinstance(event, Failed):
        return _changed(event, "text").model_copy(update={"english": event.text})
    if isinstance(event, Answer):
        suggestions = [in_korean(one) for one in event.suggestions]
        told = _changed(_with_result(event), "text")
        return told.model_copy(update={"english": event.text, "suggestions": suggestions})
    if isinstance(event, StepDone):
        return _changed(_with_result(event), "text")
    return _changed(event, "text", "error")


def _with_result(event: Told) -> Told:
    """The event with the words for its table in Korean."""
    from tools.korean.results import with_result

    return event if event.table is None else event.model_copy(update={"text": with_result(event.text, event.table)})


def _changed(said: Said, *fields: str) -> Said:
    """Some of its texts in Korean."""
    return said.model_copy(
        update={name: in_korean(getattr(said, name)) for name in fields if name in type(said).model_fields}
    )
