"""What the training rows looked like before the recipe: typical values, ranges and categories of each raw column."""

import duckdb

from automl.card import Feature
from tools.modelling.split import TRAIN, TRAIN_AS_READ, Split
from tools.transform import Column
from tools.words import identifier, plain

MAX_CATEGORIES = 50


def describe_features(
    cursor: duckdb.DuckDBPyConnection, relation: str, columns: tuple[Column, ...], used: set[str]
) -> list[Feature]:
    """One feature per raw column of a relation, given as it stands after FROM."""
    return [_feature(cursor, relation, column, column.name in used) for column in columns]


def features_of(split: Split, columns: tuple[Column, ...], used: set[str]) -> list[Feature]:
    """The same of a split's training rows, where texts are described as the recipe reads them."""
    read = {name: Column(name, type_) for name, type_ in split.read.items()}
    shown = tuple(read.get(column.name, column) for column in columns)
    found = describe_features(split.cursor, TRAIN_AS_READ, shown, used)
    return [_with_texts(split, one) if one.name in read else one for one in found]


def _with_texts(split: Split, feature: Feature) -> Feature:
    """The feature with the texts that stood there before the recipe."""
    came = _feature(split.cursor, TRAIN, Column(feature.name, "VARCHAR"), feature.used)
    return feature.model_copy(update={"read_as": split.read[feature.name], "as_came": came.categories})


def _feature(cursor: duckdb.DuckDBPyConnection, relation: str, column: Column, used: bool) -> Feature:
    name = identifier(column.name)
    if column.is_number:
        return _number(cursor, relation, column, name, used)
    if column.is_time and column.type != "TIME":
        low, typical, high = cursor.execute(
            f"SELECT min({name}), quantile_disc({name}, 0.5), max({name}) FROM {relation}"
        ).fetchall()[0]
        return Feature(
            name=column.name, kind="date", typical=plain(typical), low=plain(low), high=plain(high), used=used
        )
    counted = cursor.execute(
        f"SELECT CAST({name} AS VARCHAR), count(*) FROM {relation} WHERE {name} IS NOT NULL"
        f" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MAX_CATEGORIES + 1}"
    ).fetchall()
    values = [str(value) for value, _ in counted]
    if column.type == "BOOLEAN":
        return Feature(name=column.name, kind="truth", typical=values[0] == "true" if values else None, used=used)
    return Feature(
        name=column.name,
        kind="text",
        typical=values[0] if values else None,
        categories=values if len(values) <= MAX_CATEGORIES else [],
        used=used,
    )


def _number(cursor: duckdb.DuckDBPyConnection, relation: str, column: Column, name: str, used: bool) -> Feature:
    number = f"CAST({name} AS DOUBLE)"
    low, typical, high, whole, filled = cursor.execute(
        f"SELECT min({number}), median({number}), max({number}), bool_and({number} = round({number})), count({name})"
        f" FROM {relation} WHERE isfinite({number})"
    ).fetchall()[0]
    if filled and whole and typical != round(typical):
        typical = float(round(typical))
    return Feature(
        name=column.name, kind="number", typical=plain(typical), low=low, high=high, whole=bool(whole), used=used
    )
