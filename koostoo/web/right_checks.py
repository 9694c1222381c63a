"""What each right asks for: the roles of who is signed in, and what the page is about.

Whoever may not even know of it gets the same 404 as for what does not exist; who sees it but may
not do this gets a 403 that says so. What a check finds out for the page lies in `g`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, g

from koostoo.accounts.roles import Access, EventFacts
from koostoo.events.access import find_event_facts, find_facts_of_event, is_within_reach
from koostoo.programme.queries import find_organisation, find_project_id
from koostoo.registration.outbox_queries import find_whom_letter_is_about
from koostoo.registration.queries import find_organisation_of
from koostoo.work.queries import find_job

Check = Callable[[Access, Mapping[str, Any]], None]
"""Takes what somebody may do and the parts of the address; aborts where it is not allowed."""


def _check_event(
    may: Callable[[Access, EventFacts], bool],
) -> Check:
    def check(access: Access, given: Mapping[str, Any]) -> None:
        facts = _get_event_facts(access, given)
        if not may(access, facts):
            abort(403)

    return check


def _get_event_facts(access: Access, given: Mapping[str, Any]) -> EventFacts:
    facts = find_event_facts(given["slug"])
    if facts is None or not (access.may_look(facts) or access.may_check_in(facts)):
        abort(404)
    g.event_facts = facts
    return facts


def _check_person(access: Access, given: Mapping[str, Any]) -> None:
    facts = _get_event_facts(access, given)
    if not access.may_run(facts):
        if not access.may_look(facts):
            abort(403)
        _require_person(access, facts, find_organisation_of(facts.id, given["number"]))


def _check_letter(access: Access, given: Mapping[str, Any]) -> None:
    """A letter is found by who may do so much for the person it is to; one of no event by few."""
    if access.is_manager_of_all:
        return
    about = find_whom_letter_is_about(given["number"])
    facts = None if about is None else find_facts_of_event(about.event_id)
    if about is None or facts is None or not access.may_look(facts):
        abort(404)
    if not access.may_run(facts):
        _require_person(access, facts, about.organisation_id)


def _require_person(access: Access, facts: EventFacts, organisation_id: int | None) -> None:
    whose = access.whose_people(facts)
    if whose is not None and organisation_id not in whose:
        abort(404)
    if not access.may_run_person(facts, organisation_id):
        abort(403)


def _check_partner_list(access: Access, given: Mapping[str, Any]) -> None:
    facts = _get_event_facts(access, given)
    if not access.may_fill(facts):
        abort(403)
    organisation = find_organisation(given["organisation"])
    if organisation is None or not access.may_run_person(facts, organisation.id):
        abort(404)


def _check_register(access: Access, given: Mapping[str, Any]) -> None:
    organisation = find_organisation(given["slug"])
    if organisation is None or not access.may_keep_register(organisation.id):
        abort(404)


def _check_project(access: Access, given: Mapping[str, Any]) -> None:
    project_id = find_project_id(given["slug"])
    if project_id is None:
        abort(404)
    if not access.manages(project_id):
        abort(403)
    g.project_id = project_id


def _check_job(access: Access, given: Mapping[str, Any]) -> None:
    """Long work is found by who asked for it, as long as they may still do what it is about."""
    job = find_job(given["number"], int(g.organiser.id))
    if job is None:
        abort(404)
    facts = None if job.event_id is None else find_facts_of_event(job.event_id)
    if facts is not None and not access.may_run(facts):
        abort(403)
    if facts is None and job.project_id is not None and not access.manages(job.project_id):
        abort(403)


def _check_api_project(access: Access, given: Mapping[str, Any]) -> None:
    if not is_within_reach(access, given["slug"]):
        abort(404)


def _check_api_figures(access: Access, given: Mapping[str, Any]) -> None:
    _check_api_project(access, given)
    _check_project_seen(access, given)


def _check_api_event(access: Access, given: Mapping[str, Any]) -> None:
    _get_event_facts(access, given)


def _check_project_seen(access: Access, given: Mapping[str, Any]) -> None:
    project_id = find_project_id(given["slug"])
    if project_id is None:
        abort(404)
    if not access.views(project_id):
        abort(403)
    g.project_id = project_id


def _require(may: Callable[[Access], bool]) -> Check:
    def check(access: Access, _given: Mapping[str, Any]) -> None:
        if not may(access):
            abort(403)

    return check


CHECKS: Mapping[str, Check] = {
    "signing_in": _require(lambda _access: True),
    "setting_up": _require(lambda _access: True),
    "organiser": _require(lambda _access: True),
    "manager": _require(lambda access: access.may_manage),
    "manager_of_all": _require(lambda access: access.is_manager_of_all),
    "event_creator": _require(lambda access: access.may_create),
    "event_check_in": _check_event(Access.may_check_in),
    "event_look": _check_event(Access.may_look),
    "event_fill": _check_event(Access.may_fill),
    "event_run": _check_event(Access.may_run),
    "event_files": _check_event(Access.may_see_files),
    "person_run": _check_person,
    "letter_run": _check_letter,
    "partner_list": _check_partner_list,
    "register": _check_register,
    "project_look": _check_project_seen,
    "project_manage": _check_project,
    "job": _check_job,
    "api": _require(lambda _access: True),
    "api_project": _check_api_project,
    "api_figures": _check_api_figures,
    "api_event": _check_api_event,
    "api_people": _check_event(Access.may_look),
}
"""By right, what must hold for it; rights that ask for no session at all are not among them."""
