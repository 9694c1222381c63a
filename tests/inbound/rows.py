"""What a letter changed: all rows of all tables before and after."""

from typing import Any

from sqlalchemy import select

from koostoo.base.database import db

Rows = dict[tuple[str, Any], dict[str, Any]]


def all_rows() -> Rows:
    """Every row of every table, by table and key."""
    db.session.rollback()
    return {
        (table.name, tuple(row[column.name] for column in table.primary_key)): dict(row)
        for table in db.metadata.sorted_tables
        for row in db.session.execute(select(table)).mappings()
    }


def difference(before: Rows, after: Rows) -> list[str]:
    """What changed, in order: "+calendar_reply" for each new row, "registration 5: state"."""
    said = [f"+{table}" for table, key in after.keys() - before.keys()]
    said += [f"-{table}" for table, key in before.keys() - after.keys()]
    for place in before.keys() & after.keys():
        changed = [name for name in after[place] if after[place][name] != before[place][name]]
        if changed:
            table, key = place
            said.append(f"{table} {key[0]}: {' '.join(sorted(changed))}")
    return sorted(said)
