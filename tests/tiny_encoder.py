"""A text encoder of a few thousand weights, made on the spot, and small made-up messages for it."""

import random
from pathlib import Path

import pyarrow as pa

TOPICS = {
    "delivery": ["parcel", "courier", "late", "tracking", "arrived", "shipping"],
    "refund": ["money", "refund", "charged", "twice", "return", "bank"],
    "login": ["password", "account", "locked", "sign", "email", "code"],
}
FILLERS = ["hello", "please", "my", "the", "is", "was", "still", "about", "help", "with", "order", "today"]


def messages(count: int = 300, seed: int = 3) -> pa.Table:
    """Messages to a shop: two words of their topic among fillers; one in twelve says the words of another topic."""
    chosen = random.Random(seed)
    texts, topics = [], []
    for row in range(count):
        topic = list(TOPICS)[row % 3]
        said = chosen.choice(list(TOPICS)) if chosen.random() < 1 / 12 else topic
        words = chosen.sample(FILLERS, 5) + chosen.sample(TOPICS[said], 2)
        chosen.shuffle(words)
        texts.append(" ".join(words).capitalize() + ("!" if row % 2 else "."))
        topics.append(topic)
    return pa.table({"number": range(count), "message": texts, "topic": topics})


def tiny_encoder(folder: Path, width: int = 32) -> str:
    """A folder that `load_encoder` reads: BERT with one layer over the words above, its weights random but fixed."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "!", *FILLERS]
    words += [word for group in TOPICS.values() for word in group]
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=width,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=2 * width,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder)
    numbered = {word: place for place, word in enumerate(words)}
    BertTokenizerFast(vocab=numbered, model_max_length=32).save_pretrained(folder)
    return str(folder)
