"""A text in the languages people read; Estonian is the fallback."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalText:
    """Words in Estonian (`et`) and, where somebody wrote them, in English (`en`)."""

    et: str = ""
    en: str = ""

    def to(self, lang: str) -> str:
        """Return the words in `lang`, or those that exist."""
        return (self.en or self.et) if lang == "en" else (self.et or self.en)

    def __bool__(self) -> bool:
        return bool(self.et or self.en)

    def as_dict(self) -> dict[str, str]:
        """Return only the languages that have words, for storing."""
        return {k: v for k, v in (("et", self.et), ("en", self.en)) if v}

    @classmethod
    def from_dict(cls, value: Mapping[str, str]) -> "LocalText":
        """Read what `as_dict` wrote."""
        return cls(et=value.get("et", ""), en=value.get("en", ""))
