"""The transform that turns texts into numbers by what they mean: the vector of a sentence encoder, whole or as components.

DuckDB calls the encoder through the function `sentence_embedding`, which Easel adds to its own connections; the guard keeps
it out of SQL from outside. The vectors are worked out once and kept. Components are learned from at most 5,000 rows.
What is not covered: encoders that want a prompt before each text, texts beyond 256 word pieces.
"""

from typing import Any

from tools.tool import ColumnName, ToolError
from tools.transform import Column, Derived, Input, transform
from tools.transforms.sql import names, skipped, taken_names, text_of, untouched
from tools.words import counted, free_name, identifier, listed, literal

_MOST_ROWS = 5_000


@transform(
    group="text",
    title="Turn the meaning of {columns} into columns",
    rows="same",
    asked_by=r"\bembed|\b(?:sentence|text|semantic) (?:vectors?|embeddings?|encod\w*|meaning)|\bvectors? of (?:the )?(?:text|sentences?|meaning)|\bmeaning of (?:the )?(?:text|message|review|comment|note)|임베딩|문장 ?벡터|의미 ?(?:벡터|를? ?숫자)",
)
def embed_text(
    table: Input, columns: list[ColumnName], count: int | None = None, keep: bool = False, encoder: str = ""
) -> Derived:
    """Turn texts into number columns by what they mean: the vector of a sentence encoder (embeddings).

    Args:
        columns: the columns of text.
        count: how many numbers to make of each column (principal components); left out, the whole vector.
        keep: true keeps the text beside the numbers.
        encoder: a folder or a Hugging Face name of a text encoder; left out, one that comes with Easel.
    """
    asked = table.pick(columns)
    if not asked:
        raise ToolError("No columns were named. Name at least one column of text.")
    reasons = {column.name: "holds no text" for column in asked if not column.is_text}
    read = [column for column in asked if column.is_text]
    if not read:
        return untouched(table, f"No text to turn into columns.{skipped(reasons)}")
    width = int(table.learn_value("width", lambda: _width(encoder)))
    if count is not None and not 1 <= count <= width:
        raise ToolError(f"From 1 to {width} numbers were expected, got {count}. Give count 20, for example.")
    taken = taken_names(table)
    vectors = {column: free_name(f"vector {column.name}", taken) for column in read}
    cells: dict[str, str] = {}
    said = []
    for column in read:
        each, what = _numbers(table, column, vectors[column], encoder, count, width)
        made = [free_name(f"{column.name}_{place}", taken) for place in range(1, len(each) + 1)]
        cells |= dict(zip(made, each, strict=True))
        said.append(f" {column.name} became {counted(len(made), 'column')}{what}: {listed(made, 3)}.")
    inner = ",\n  ".join(f"{_vector(column, encoder)} AS {identifier(name)}" for column, name in vectors.items())
    gone = ", ".join([*(identifier(name) for name in vectors.values()), *([] if keep else [names(read)])])
    new = ",\n  ".join(f"{cell} AS {identifier(name)}" for name, cell in cells.items())
    sql = f"SELECT * EXCLUDE ({gone}),\n  {new}\nFROM (SELECT *,\n  {inner}\nFROM {table.name})"
    return Derived(sql, f"Texts were read by meaning.{''.join(said)}{skipped(reasons)}", materialise=True)


def _width(encoder: str) -> int:
    from automl.encoder import EncoderError, kept_encoder

    try:
        return kept_encoder(encoder).width
    except EncoderError as error:
        raise ToolError(str(error)) from error


def _vector(column: Column, encoder: str) -> str:
    return f"sentence_embedding({text_of(column)}, {literal(encoder)})"


def _numbers(
    table: Input, column: Column, vector: str, encoder: str, count: int | None, width: int
) -> tuple[list[str], str]:
    """The expressions of a column's numbers, and what they hold where they are components."""
    name = identifier(vector)
    if count is None:
        return [f"{name}[{place}]" for place in range(1, width + 1)], ""
    loadings, shifts, held = table.learn_value(
        f"components:{column.name}", lambda: _components(table, column, encoder, count)
    )
    each = [
        f"list_inner_product({name}, [{', '.join(f'{weight:.6g}' for weight in loading)}]::FLOAT[]) - {shift!r}"
        for loading, shift in zip(loadings, shifts, strict=True)
    ]
    return each, f" that hold {held:.0%} of what the vectors tell"


def _components(table: Input, column: Column, encoder: str, count: int) -> tuple[list[list[float]], list[float], float]:
    """Loadings, what is taken off each component so that its mean is 0, and the share of the variance they hold."""
    import numpy as np

    from automl.formula import components

    cell = text_of(column)
    some = f"SELECT {cell} AS text FROM {table.name} WHERE {cell} IS NOT NULL ORDER BY hash({cell}) LIMIT {_MOST_ROWS}"
    rows: list[Any] = [
        row[0] for row in table.relation.rows(f"SELECT sentence_embedding(text, {literal(encoder)}) FROM ({some})")
    ]
    if len(rows) < 2:
        raise ToolError(f"'{column.name}' holds fewer than two texts to learn components from. Leave count out.")
    vectors = np.asarray(rows, dtype=float)
    loadings, shares = components(np.cov(vectors, rowvar=False, bias=True).tolist(), count, 1.0)
    shifts = (np.asarray(loadings) @ vectors.mean(axis=0)).tolist()
    return loadings, [round(shift, 7) for shift in shifts], float(sum(shares))
