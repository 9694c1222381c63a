"""What loading a project file did, row by row."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class LoadReport:
    """What loading did; each entry names a row such as "event linc-2024"."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Activities gone from the file that had no event."""
    at_desk: list[str] = field(default_factory=list)
    """Events that differ from the file and were left alone, because they take registrations."""
    vanished: list[str] = field(default_factory=list)
    """Events, and activities that have events, gone from the file and left alone."""

    @property
    def touches_project(self) -> bool:
        """Whether anything but events was written."""
        written = (*self.added, *self.changed, *self.removed)
        return any(not name.startswith("event ") for name in written)

    def __str__(self) -> str:
        """Say in a few lines what happened, with every row that is not just unchanged."""
        lines = [f"{len(self.unchanged)} unchanged"] if self.unchanged else []
        for rows, what in (
            (self.added, "added"),
            (self.changed, "changed"),
            (self.removed, "removed"),
            (self.at_desk, "not changed, takes registrations: change it at the desk"),
            (self.vanished, "not in the file any more, kept"),
        ):
            lines += [f"{row}: {what}" for row in rows]
        return "\n".join(lines)
