"""What a release expects of the tables it was written for, and what of it another step breaks."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, Inspector, inspect


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type in words, and whether a row may leave it out."""

    type: str
    nullable: bool
    has_default: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, and by name what rows must keep to."""

    columns: dict[str, Column]
    rules: dict[str, str]


Shape = dict[str, Table]


def shape_of(engine: Engine) -> Shape:
    """Read the tables of a database."""
    found = inspect(engine)
    return {
        name: Table(dict(_columns(found, name)), dict(_rules(found, name)))
        for name in found.get_table_names()
    }


def what_the_release_before_minds(before: Shape, after: Shape) -> list[str]:
    """Say in words why code written for `before` could not go on running on `after`.

    It reads and writes the columns it knows by name. So what only adds is nothing to it: tables,
    columns that may be left out, indexes. Rules of tables it does not know do not touch it.
    """
    return [sentence for name, table in before.items() for sentence in _minds(name, table, after)]


def _minds(name: str, before: Table, shape: Shape) -> Iterator[str]:
    after = shape.get(name)
    if after is None:
        yield f"{name} is gone"
        return
    for column, was in before.columns.items():
        if words := _another(was, after.columns.get(column)):
            yield f"{name}.{column} {words}"
    for column, now in after.columns.items():
        if column not in before.columns and not (now.nullable or now.has_default):
            yield f"{name}.{column} is new and may not be left out"
    for rule, words in after.rules.items():
        if before.rules.get(rule) != words and not _only_new(words, before, after):
            yield f"{name} has a new rule: {rule}"


def _another(was: Column, now: Column | None) -> str:
    """Say how a column is no longer what it was; empty where it is."""
    if now is None:
        return "is gone"
    if now.type != was.type:
        return f"is {now.type}, was {was.type}"
    if was.nullable and not now.nullable:
        return "may no longer be empty"
    if was.has_default and not (now.has_default or now.nullable):
        return "has no default any more"
    return ""


def _only_new(words: str, before: Table, after: Table) -> bool:
    """Say whether a rule is about new columns alone, which an earlier release leaves empty."""
    new = after.columns.keys() - before.columns.keys()
    return any(column in words for column in new) and not any(
        column in words.replace(",", " ").replace("(", " ").replace(")", " ").split()
        for column in before.columns
    )


def _columns(found: Inspector, table: str) -> Iterator[tuple[str, Column]]:
    keys = {*found.get_pk_constraint(table)["constrained_columns"]}
    for column in found.get_columns(table):
        # A number that is the key is given by the database.
        has_default = column["default"] is not None or {column["name"]} == keys
        yield column["name"], Column(str(column["type"]), column["nullable"], has_default)


def _rules(found: Inspector, table: str) -> Iterator[tuple[str, str]]:
    for check in found.get_check_constraints(table):
        yield str(check["name"]), " ".join(check["sqltext"].split())
    for unique in found.get_unique_constraints(table):
        yield str(unique["name"]), ", ".join(unique["column_names"])
    for index in found.get_indexes(table):
        if index["unique"]:
            yield str(index["name"]), ", ".join(str(name) for name in index["column_names"])
    for key in found.get_foreign_keys(table):
        yield str(key["name"]), ", ".join(key["constrained_columns"])
