"""The words of matching: why two are shown, and what was decided."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

VERDICT_WORDS: Mapping[str, Any] = {"same": _l("the same"), "apart": _l("not the same")}
PERSON_VERDICTS: Mapping[str, Any] = {
    "same": _l("One and the same person"),
    "apart": _l("Two people"),
}
COMPANY_VERDICTS: Mapping[str, Any] = {
    "same": _l("One and the same organisation"),
    "apart": _l("Two organisations"),
}
DOUBT_WORDS: Mapping[str, Any] = {
    "name": _l("The same name, another address and another organisation"),
    "address": _l("The same address, nearly the same name"),
    "company": _l("The same organisation, nearly the same name"),
    "spelling": _l("Spelled nearly the same"),
}
JOINED_WORDS: Mapping[str, Any] = {
    "person": _l("The same name and organisation, another address"),
    "organisation": _l("The same name, written differently"),
}
