"""The answers of one person at the desk: seen, and put right by who may."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.events.models import Event
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.desk_answers import answer_for
from koostoo.registration.models import Registration
from koostoo.web.answers import ALL_ANSWERS, ALL_BUT_SENSITIVE, OwnQuestions, answer_data, asking
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.people import ONE, get_person
from koostoo.web.forms import Form, Page
from koostoo.web.language import current_lang
from koostoo.web.rights import access, event_facts, organiser_id, right
from koostoo.web.sharing import OBSTACLE_WORDS


class AnswersForm(OwnQuestions, Form):
    """The event's questions that may be seen here, whoever answers them."""

    def validate(self, extra_validators: object = None) -> bool:
        """Check each field; one whose question is not asked may hold anything, or nothing."""
        super().validate(extra_validators)
        self.check_questions()
        return not self.errors


@bp.route(f"{ONE}/answers", methods=["GET", "POST"])
@right("person_run")
def answers(slug: str, number: int) -> Response | Page:
    """Show what somebody answered; on POST write it as it should be."""
    event = get_event(slug)
    person = get_person(event, number)
    form = _form(event, person)
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                saved = answer_for(person.id, form.read_answers(), now(), organiser_id())
            except SignUpRefused as refusal:
                words = OBSTACLE_WORDS[refusal.reason]
                form.form_errors.append(_("This cannot be saved: %(reason)s.", reason=words))
            else:
                if saved:
                    flash(_("The answers of %(name)s are saved.", name=person.name), "success")
                return redirect(url_for("desk.people", slug=slug), 303)
    page = render_template(
        "desk/answers.html",
        event=get_event(slug),
        person=get_person(event, number),
        form=form,
        hides=_is_partly_hidden(event),
    )
    return form.answer(page)


def _form(event: Event, person: Registration) -> AnswersForm:
    scope = ALL_ANSWERS if access().may_run(event_facts()) else ALL_BUT_SENSITIVE
    form_class = asking(AnswersForm, event, current_lang(), frozenset(), scope)
    form: AnswersForm = form_class(data=answer_data(event.questions, person.answers))
    form.known = {answer.question_id: answer.value for answer in person.answers}
    return form


def _is_partly_hidden(event: Event) -> bool:
    """Say whether there are sensitive answers that are not shown to who looks."""
    sees = access().may_run(event_facts())
    return not sees and any(question.is_sensitive for question in event.questions)
