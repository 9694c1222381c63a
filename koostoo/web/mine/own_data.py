"""What is kept of a person, for themselves: seen by purpose, with until when and why; as a file."""

import json
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app, render_template
from flask_babel import gettext as _

from koostoo.attendance import queries as attendance
from koostoo.attendance.rules import days_of
from koostoo.base.clock import now
from koostoo.base.dates import money, short_day
from koostoo.privacy import own_data
from koostoo.privacy.correcting import find_correction
from koostoo.registration.mailbox_calendar import PAGE_PURPOSE, find_calendar
from koostoo.registration.models import MailboxCalendar, Registration
from koostoo.registration.words import state_words
from koostoo.web.answers import ALL_ANSWERS, answer_text
from koostoo.web.language import current_lang
from koostoo.web.links import find_registration, link_id_of, own_page, token_path
from koostoo.web.mine import bp
from koostoo.web.rights import right
from koostoo.web.signup_form import role_label
from koostoo.web.view import local


@bp.get("/<token>/data")
@right("secret_link")
def data(token: str) -> str:
    """Show what is kept of one registration."""
    person = find_registration("my", token) or abort(404)
    kept = own_data.copy_of_registration(person, now())["registrations"][0]
    link_id = person.link_id
    return render_template(
        "mine/data.html",
        person=person,
        event=person.event,
        project=person.event.activity.project,
        until=own_data.kept_until(person.event),
        kept=kept,
        taking_part=_taking_part(person),
        answers=_answers(person),
        correction=find_correction(person.id),
        back=own_page(link_id),
        file_url=own_page(link_id, "mine.data_file"),
        correct_url=own_page(link_id, "mine.correct"),
        erase_url=own_page(link_id, "mine.erase"),
    )


@bp.get("/<token>/data.json")
@right("secret_link")
def data_file(token: str) -> FlaskResponse:
    """Hand the same out as a file that programs read."""
    person = find_registration("my", token) or abort(404)
    return _file(own_data.copy_of_registration(person, now()))


@bp.get("/calendar/<token>/data")
@right("secret_link")
def mailbox_data(token: str) -> str:
    """Show all registrations of an address, with what else is kept of it."""
    found = _mailbox(token)
    people = own_data.registrations_of(found.email_key)
    return render_template(
        "mine/mailbox_data.html",
        people=[
            {
                "event": person.event,
                "name": person.name,
                "standing": state_words(person.state),
                "url": own_page(person.link_id, "mine.data"),
            }
            for person in people
        ],
        email=people[0].email if people else "",
        registers=own_data.register_entries(found.email_key),
        file_url=token_path("mine.mailbox_file", PAGE_PURPOSE, found.link_id),
    )


@bp.get("/calendar/<token>/data.json")
@right("secret_link")
def mailbox_file(token: str) -> FlaskResponse:
    """Hand all of it out as a file that programs read."""
    return _file(own_data.copy_of_mailbox(_mailbox(token).email_key, now()))


def _mailbox(token: str) -> MailboxCalendar:
    return find_calendar(link_id_of(PAGE_PURPOSE, token)) or abort(404)


def _file(content: dict[str, Any]) -> FlaskResponse:
    """Return the copy as an attachment; the headers keep it out of every cache."""
    content = {"service": current_app.config["BASE_URL"], **content}
    response = FlaskResponse(
        json.dumps(content, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="koostoo-minu-andmed.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _taking_part(person: Registration) -> list[tuple[str, str]]:
    """Return what proves that somebody took part, in words."""
    event, photos = person.event, {True: _("Yes"), False: _("No"), None: ""}
    marks = attendance.standings(event.id, [person.id]).get(person.id, {})
    words = {"present": _("present"), "absent": _("absent"), "unmarked": _("not marked")}
    paid = attendance.payments(event.id, [person.id]).get(person.id)
    organisation = person.organisation.name if person.organisation else person.other_organisation
    return [
        (_("Name"), person.name),
        (_("Local action group"), organisation),
        (_("Represents"), person.member_organisation),
        (_("Role"), role_label(person.role)),
        (_("Standing"), state_words(person.state)),
        *(
            (short_day(day, current_lang()), words[marks[day].status])
            for day in days_of(event.when)
            if day in marks
        ),
        (_("Own contribution"), money(paid.cents, current_lang()) if paid else ""),
        (_("Consent to photos"), photos[person.photo_consent]),
    ]


def _answers(person: Registration) -> list[tuple[str, str]]:
    given = {answer.question_id: answer.value for answer in person.answers}
    return [
        (local(question.label), answer_text(question, given.get(question.id), current_lang()))
        for question in ALL_ANSWERS.questions_of(person.event)
    ]
