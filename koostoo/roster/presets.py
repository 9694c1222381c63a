"""Use cases of named choices of columns. Each opens the one transaction and writes."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, update

from koostoo.base.database import transaction
from koostoo.base.retry import retried
from koostoo.base.text import name_key
from koostoo.programme.models import Project
from koostoo.roster.models import ColumnPreset


@retried
def save_preset(
    project_id: int,
    name: str,
    columns: Sequence[str],
    offered: Collection[str],
    *,
    is_default: bool,
) -> int:
    """Keep a choice of columns under a name, in place of one of that name; return its number.

    What one of that name has of columns not `offered` stays: questions of another event.
    `is_default` shows it to whoever chooses nothing, instead of any other. Raises LookupError.
    """
    with transaction() as session:
        if session.get(Project, project_id, with_for_update={"key_share": True}) is None:
            raise LookupError(project_id)
        key = name_key(name)
        preset = session.scalar(
            select(ColumnPreset).where(
                ColumnPreset.project_id == project_id, ColumnPreset.name_key == key
            )
        )
        if is_default:
            session.execute(
                update(ColumnPreset)
                .where(ColumnPreset.project_id == project_id)
                .values(is_default=False)
            )
        if preset is None:
            preset = ColumnPreset(project_id=project_id, name_key=key, columns=[])
            session.add(preset)
        elsewhere = [one for one in preset.columns if one not in offered]
        preset.columns = [*columns, *elsewhere]
        preset.name, preset.is_default = name, is_default
        session.flush()
        return preset.id


@retried
def remove_preset(project_id: int, preset_id: int) -> bool:
    """Remove a choice of columns of this project; False when it was gone already."""
    with transaction() as session:
        preset = session.get(ColumnPreset, preset_id)
        if preset is None or preset.project_id != project_id:
            return False
        session.delete(preset)
        return True
