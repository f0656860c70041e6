"""Sentence encoders as files: those of recipes that read texts by meaning, and of models that do."""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from automl.encoder import CHARACTERS, DEFAULT, MOST_PIECES, EncoderError, kept_encoder
from tools.exporting.write import Files, rendered
from tools.recipe import Recipe
from tools.script import calls_encoder
from tools.tool import ToolError

FOLDER = "encoders"
Encoders = Mapping[str, str]
"""The name of each encoder, as its steps have it, and the folder that carries it; empty for the default one."""


def encoders_of(recipe: Recipe) -> Encoders:
    """The encoders that a recipe's steps call."""
    calling = [step for step in recipe.steps if calls_encoder([step.sql])]
    names = dict.fromkeys(str(step.arguments.get("encoder", "")) for step in calling)
    return {name: "" if name in ("", DEFAULT) else f"encoder_{place}" for place, name in enumerate(names, start=1)}


def carried(encoders: Encoders) -> dict[str, Callable[[Path], None]]:
    """The folder of the encoders that are carried, where there are any, and who writes it."""
    return {FOLDER: lambda place: copy_encoders(encoders, place)} if any(encoders.values()) else {}


def copy_encoders(encoders: Encoders, place: Path) -> None:
    """Write every encoder but the default one into its folder. Raises ToolError where one is gone."""
    for name, folder in encoders.items():
        if folder:
            try:
                kept_encoder(name).save(place / folder)
            except EncoderError as error:
                raise ToolError(str(error)) from error


def tuning(name: str) -> Files:
    """The script that fine-tunes an encoder; none where the encoder of that name, which it begins with, can't be read."""
    from automl.fine_tune import BATCH, HEAD_RATE, RATE

    try:
        kept_encoder(name)
    except EncoderError:
        return {}
    text = rendered("text_tune.j2", batch=BATCH, rate=RATE, head_rate=HEAD_RATE, seed=0)
    return {"tune.py": ("fine-tunes the encoder", text)}


def encoding() -> Files:
    """The script that encodes."""
    text = rendered("text_encode.j2", pieces=MOST_PIECES, characters=CHARACTERS)
    return {"encode.py": ("texts as vectors, by a sentence encoder", text)}


def encoder_versions(names: Iterable[str]) -> dict[str, str]:
    """The libraries that encoders of these names need; none where there is no name."""
    named = set(names)
    packages = ["torch", "transformers", *([DEFAULT] if named & {"", DEFAULT} else [])] if named else []
    return {name: version(name) for name in packages}
