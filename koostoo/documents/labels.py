"""Sheets of labels on A4, and how many of them badges fill."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """Where the labels of a sheet lie, in mm from the upper left corner of an A4 page.

    `left` and `top` belong to the first label, `pitch_x` and `pitch_y` lead from one label to the
    next. `inset` stays free inside each label; `is_cut`: it is plain paper, marked for scissors.
    """

    name: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float
    inset: float = 4
    is_cut: bool = False

    @property
    def places(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows


# Sizes and pitches as in the templates of gLabels 3.4 (avery-iso and zweckform-iso); margins are
# what these leave of a page on both sides, which its measured ones are within a millimetre of.
LABEL_SHEETS: Mapping[str, LabelSheet] = {
    "l4785": LabelSheet("Avery L4785", 2, 5, 80, 50, 17.5, 13.5, 95, 55),
    "l7160": LabelSheet("Avery L7160", 3, 7, 63.5, 38.1, 7.2, 15.15, 66.05, 38.1, inset=3),
    "3474": LabelSheet("Avery Zweckform 3474", 3, 8, 70, 37, 0, 0.5, 70, 37, inset=5),
    # Plain paper: cards for the usual holders of 90 × 55 mm and more, and a quarter of the page.
    "card": LabelSheet("86 × 55", 2, 5, 86, 55, 19, 11, 86, 55, is_cut=True),
    "a6": LabelSheet("A6", 2, 2, 105, 148.5, 0, 0, 105, 148.5, inset=10, is_cut=True),
}


def sheets_needed(badges: int, start: int, sheet: LabelSheet) -> int:
    """Return how many sheets that many badges fill, the first from its label `start`, from 1."""
    return -(-(badges + start - 1) // sheet.places) if badges else 0


def labels_left(badges: int, start: int, sheet: LabelSheet) -> int:
    """Return how many labels stay empty at the end of the last sheet."""
    return sheets_needed(badges, start, sheet) * sheet.places - badges - start + 1 if badges else 0
