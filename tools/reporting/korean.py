"""A report in Korean, whichever way it is written: its words, headings and cells that are not of the data."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from tools.korean import in_korean, words_in_korean
from tools.korean.charts import drawing_in_korean
from tools.korean.sentences import names_in_korean
from tools.reporting.parts import Part
from tools.reporting.scores import SAID, Figure, told
from tools.tool import TableData


def in_tongue(tongue: str, parts: Sequence[Part], names: Collection[str]) -> list[Part]:
    """The parts in the language that is asked for; `names` are those of the data, which stay."""
    return [_part(part, names) for part in parts] if tongue == "ko" else list(parts)


def _part(part: Part, names: Collection[str]) -> Part:
    return Part(
        title=words_in_korean(part.title),
        words=[in_korean(line) for line in part.words],
        table=_table(part.table, names) if part.table else None,
        charts=[drawing_in_korean(one, names) for one in part.charts],
        pictures=[replace(one, words=in_korean(one.words)) for one in part.pictures],
    )


def _table(table: TableData, names: Collection[str]) -> TableData:
    table = told(table)
    columns = [one if one in names else words_in_korean(one, "heading") for one in table.columns]
    return table.model_copy(update={"columns": columns, "rows": [_row(row, table.columns) for row in table.rows]})


def _row(row: list[object], columns: list[str]) -> list[object]:
    if columns == ["fact", "value"] and (listed := _listed(*map(str, row))):
        return [words_in_korean(str(row[0]), "fact"), listed]
    told = [name in SAID or columns == ["fact", "value"] for name in columns]
    return [
        _cell(cell, name) if ours and isinstance(cell, str) and not isinstance(cell, Figure) else cell
        for cell, name, ours in zip(row, columns, told, strict=True)
    ]


def _listed(fact: str, cell: str) -> str:
    """A list of values, which stay, or of candidates; empty where the cell is none."""
    if fact == "candidates":
        return ", ".join(words_in_korean(one, "candidate") for one in names_in_korean(cell).split(", "))
    return names_in_korean(cell) if fact.startswith("values of ") and words_in_korean(cell) == cell else ""


def _cell(cell: str, name: str) -> str:
    """A cell in Korean; among the parts that a score is of are names of series, which stay."""
    if name != "part":
        return words_in_korean(cell, name)
    return cell if (meant := in_korean(f"part = {cell}")).startswith("part =") else meant
