"""What stands in the audit trail, in words: the same on an event's page and on that of all."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from koostoo.accounts.models import AuditEntry
from koostoo.base.dates import moment_by, money, numeric
from koostoo.base.localtext import LocalText
from koostoo.web.desk.attended import STATUS_WORDS
from koostoo.web.desk.change_words import Names, change_lines
from koostoo.web.desk.file_words import KIND_WORDS
from koostoo.web.desk.match_words import VERDICT_WORDS
from koostoo.web.desk.roles import ROLE_WORDS
from koostoo.web.desk.words import LETTERS, METHOD_WORDS
from koostoo.web.language import current_lang

MOVED = ("when", "join_link")
"""Parts of an event that the words of a move tell of already."""
ACTS: Mapping[str, Any] = {
    "role_given": _l("Gave a role"),
    "role_taken": _l("Took a role away"),
    "created": _l("Created the event"),
    "copied": _l("Created the event as a copy"),
    "edited": _l("Changed the event"),
    "moved": _l("Changed time or place"),
    "overfull": _l("Lowered the number of seats below the number of people"),
    "published": _l("Published the event"),
    "called_off": _l("Called the event off"),
    "promise_moved": _l("Moved promised seats"),
    "added": _l("Added a person"),
    "added_above": _l("Added a person above the limit"),
    "approved": _l("Confirmed a registration"),
    "seat_given": _l("Gave a seat"),
    "seat_given_above": _l("Gave a seat above the limit"),
    "rejected": _l("Turned a person down"),
    "cancelled": _l("Cancelled a registration"),
    "moved_in_queue": _l("Moved a person in the queue"),
    "still_comes": _l("Noted that a person still comes"),
    "released": _l("Released a place nobody answered for"),
    "letters_again": _l("Sent letters again"),
    "letter_stopped": _l("Stopped a letter"),
    "address_corrected": _l("Corrected an address"),
    "link_renewed": _l("Replaced a secret link"),
    "words_changed": _l("Changed own words in a letter"),
    "letters_planned": _l("Set when letters go out by themselves"),
    "feedback_planned": _l("Set how people are asked for feedback"),
    "wrote": _l("Wrote to people of the event"),
    "walk_in": _l("Added a person at the door"),
    "walk_in_above": _l("Added a person at the door above the limit"),
    "attendance_corrected": _l("Corrected attendance"),
    "file_added": _l("Added a file"),
    "file_changed": _l("Changed what a file is called"),
    "file_removed": _l("Removed a file"),
    "logo_added": _l("Added a logo"),
    "logo_changed": _l("Changed the logos"),
    "logo_removed": _l("Removed a logo"),
    "paid": _l("Noted an own contribution as paid"),
    "payment_removed": _l("Noted an own contribution as not paid"),
    "tagged": _l("Put a tag on a person"),
    "untagged": _l("Took a tag off a person"),
    "note_changed": _l("Changed the note about a person"),
    "answered_for": _l("Changed a person's answers"),
    "figures_noted": _l("Wrote down how many took part"),
    "figures_removed": _l("Removed the number of participants"),
    "project_created": _l("Created the project"),
    "project_edited": _l("Changed the project"),
    "activity_added": _l("Added an activity"),
    "activity_changed": _l("Changed an activity"),
    "activity_removed": _l("Removed an activity"),
    "imported": _l("Brought in a list of people"),
    "handed_over": _l("Gave a person's place to a colleague"),
    "register_changed": _l("Changed the register of members"),
    "register_removed": _l("Removed the register of members"),
    "token_made": _l("Made an access token for a program"),
    "token_revoked": _l("Took an access token back"),
    "passkey_added": _l("Added a passkey"),
    "passkey_removed": _l("Removed a passkey"),
    "totp_set": _l("Set up an authenticator app"),
    "totp_removed": _l("Removed an authenticator app"),
    "codes_made": _l("Made recovery codes"),
    "code_used": _l("Used a recovery code"),
    "factors_reset": _l("Removed all ways of a person to sign in"),
    "matched": _l("Decided whether two are the same"),
    "match_undone": _l("Undid a decision whether two are the same"),
    "report_frozen": _l("Froze a report"),
    "report_withdrawn": _l("Withdrew a report"),
    "erased": _l("Erased a person's data at their wish"),
    "corrected": _l("Corrected a person's data as they asked"),
    "correction_declined": _l("Left a person's data as they were"),
}

ERASED_WORDS: Mapping[str, Any] = {
    "page": _l("on their own page"),
    "phone": _l("asked by telephone"),
    "letter": _l("asked by letter or e-mail"),
    "talk": _l("asked face to face"),
}
"""How a wish to be erased reached us (`privacy.rules.How`)."""


def act_rows(entries: Iterable[AuditEntry], names: Names) -> list[dict[str, Any]]:
    """Return the acts as rows of a table."""
    return [
        {
            "at": entry.at,
            "who": entry.organiser.email if entry.organiser else _("the service"),
            "what": ACTS[entry.action],
            "whom": names.people.get(entry.registration_id or 0, ""),
            "detail": _detail(entry, names),
            "reason": entry.reason,
            "event_id": entry.event_id,
            "about": names.organisations.get(entry.organisation_id or 0)
            or names.projects.get(entry.project_id or 0, ""),
        }
        for entry in entries
    ]


def _detail(entry: AuditEntry, names: Names) -> str:
    """Return the numbers of an act in words; empty where it has none."""
    words = _DETAILS.get(entry.action)
    if words is not None:
        return words(entry.detail, names)
    if "letters" in entry.detail:
        return _letters(entry.detail)
    return "; ".join(_changes(entry.detail, names))


def _letters(detail: Mapping[str, Any]) -> str:
    return ngettext("%(num)s letter", "%(num)s letters", detail["letters"])


def _changes(detail: Mapping[str, Any], names: Names, but: Collection[str] = ()) -> list[str]:
    if "capacity" in detail:
        # As it was written before other changes were kept.
        detail = {"changed": {"capacity": detail["capacity"]}, **detail}
    return change_lines(detail, names, but)


def _queue(detail: Mapping[str, Any], _names: Names) -> str:
    return _("from place %(old)s to %(new)s", old=detail["from"], new=detail["to"])


def _promise(detail: Mapping[str, Any], names: Names) -> str:
    return _(
        "%(seats)s from %(giver)s to %(taker)s",
        seats=detail["seats"],
        giver=names.organisations.get(detail["from"], "–"),
        taker=names.organisations.get(detail["to"], _("everybody")),
    )


def _file(detail: Mapping[str, Any], _names: Names) -> str:
    return str(KIND_WORDS[detail["kind"]][0])


def _imported(detail: Mapping[str, Any], _names: Names) -> str:
    return _("added: %(added)s, there already: %(known)s", **detail)


def _tag(detail: Mapping[str, Any], names: Names) -> str:
    return names.tags.get(detail["tag"], "")


def _successor(detail: Mapping[str, Any], names: Names) -> str:
    return names.people.get(detail["to"], "")


def _words(detail: Mapping[str, Any], _names: Names) -> str:
    return str(LETTERS[detail["letter"]][0])


def _asked_by(detail: Mapping[str, Any], _names: Names) -> str:
    words = {
        "own": _("by a form here"),
        "elsewhere": _("by a form elsewhere"),
        "none": _("not at all"),
    }
    return words[detail["by"]]


def _attendance(detail: Mapping[str, Any], _names: Names) -> str:
    day = numeric(date.fromisoformat(detail["day"]))
    old, new = (STATUS_WORDS[detail[name]] for name in ("from", "to"))
    return _("%(day)s: %(old)s → %(new)s", day=day, old=old, new=new)


def _paid(detail: Mapping[str, Any], _names: Names) -> str:
    return f"{money(detail['cents'], current_lang())} {METHOD_WORDS[detail['method']]}"


def _register(detail: Mapping[str, Any], _names: Names) -> str:
    old, new = detail["members"]
    return _("members: %(old)s → %(new)s", old=old, new=new)


def _role(detail: Mapping[str, Any], names: Names) -> str:
    """Return who got or lost which role, as it is known now."""
    about = (
        names.organisations.get(detail.get("organisation_id") or 0)
        or names.events.get(detail.get("event_id") or 0)
        or names.projects.get(detail.get("project_id") or 0)
    )
    words = [names.organisers.get(detail["organiser_id"], ""), str(ROLE_WORDS[detail["role"]])]
    return ", ".join(word for word in (*words, about) if word)


def _organiser(detail: Mapping[str, Any], names: Names) -> str:
    return names.organisers.get(detail["organiser_id"], "")


def _moved(detail: Mapping[str, Any], names: Names) -> str:
    """Return what moved: dates old and new, of the rest only that it did; who was told."""
    lang = current_lang()
    lines = _changes(detail, names, but=MOVED)
    if "when" in detail:
        old, new = (LocalText.from_dict(words).to(lang) for words in detail["when"])
        lines.append(_("time: %(old)s → %(new)s", old=old, new=new))
    rest = {"place": _("place"), "mode": _("how one takes part"), "join_link": _("join link")}
    kept = detail.get("changed", {})
    lines += [word for part, word in rest.items() if part in detail["parts"] and part not in kept]
    lines.append(ngettext("%(num)s person told", "%(num)s people told", detail["told"]))
    if "answer_until" in detail:
        until = datetime.fromisoformat(detail["answer_until"])
        lines.append(_("asked to answer %(until)s", until=moment_by(until, lang)))
    return "; ".join(lines)


def _activity(detail: Mapping[str, Any], names: Names) -> str:
    title = LocalText.from_dict(detail["activity"]).to(current_lang())
    return "; ".join([title, *_changes(detail, names)])


def _match(detail: Mapping[str, Any], _names: Names) -> str:
    return _(
        "registrations %(first)s and %(second)s: %(verdict)s",
        first=detail["first"],
        second=detail["second"],
        verdict=VERDICT_WORDS[detail["verdict"]],
    )


def _report(detail: Mapping[str, Any], _names: Names) -> str:
    return _("report %(number)s", number=detail["report"])


def _erased(detail: Mapping[str, Any], _names: Names) -> str:
    return str(ERASED_WORDS[detail["how"]])


def _corrected(detail: Mapping[str, Any], _names: Names) -> str:
    words = {"name": _("Name"), "email": _("E-mail")}
    return ", ".join(words[part] for part in detail["parts"])


_DETAILS: Mapping[str, Callable[[Mapping[str, Any], Names], str]] = {
    "role_given": _role,
    "role_taken": _role,
    "factors_reset": _organiser,
    "register_changed": _register,
    "register_removed": _register,
    "handed_over": _successor,
    "tagged": _tag,
    "untagged": _tag,
    "imported": _imported,
    "file_added": _file,
    "file_changed": _file,
    "file_removed": _file,
    "moved_in_queue": _queue,
    "promise_moved": _promise,
    "words_changed": _words,
    "feedback_planned": _asked_by,
    "attendance_corrected": _attendance,
    "paid": _paid,
    "moved": _moved,
    "activity_added": _activity,
    "activity_changed": _activity,
    "activity_removed": _activity,
    "matched": _match,
    "match_undone": _match,
    "report_frozen": _report,
    "report_withdrawn": _report,
    "erased": _erased,
    "corrected": _corrected,
}
