"""See, change and cancel one's own registration. GET and HEAD change nothing."""

from datetime import datetime
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.attendance.feedback import FEEDBACK_PURPOSE, asks
from koostoo.base.clock import now
from koostoo.base.database import db
from koostoo.base.dates import tile
from koostoo.events.moves import told_of
from koostoo.notices.moved import changes
from koostoo.registration import reconfirming, rules, service
from koostoo.registration.admission import SignUpRefused
from koostoo.registration.models import Registration
from koostoo.registration.queries import (
    find_by_link,
    full_options,
    invited_organisations,
    queue_place,
    why_waiting,
)
from koostoo.registration.reply_queries import find_reply, undo_ends
from koostoo.registration.seating import facts
from koostoo.web.answers import AT_SIGNUP, answer_text
from koostoo.web.feeds import Feed, feed_response, public_entries, subscription
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.language import current_lang
from koostoo.web.links import find_registration, link_id_of, own_feed, own_page, token_path
from koostoo.web.mine import bp
from koostoo.web.mine.check_in import check_in
from koostoo.web.rights import right
from koostoo.web.sharing import OBSTACLE_WORDS, sharing_lines
from koostoo.web.signup_form import build, refuse_beside, role_label, suggested
from koostoo.web.view import local


def _open(token: str, purpose: str = "my") -> Registration:
    return find_registration(purpose, token) or abort(404)


@bp.get("/<token>")
@right("secret_link")
def show(token: str) -> str:
    """Show the registration: standing first, then what was answered."""
    registration = _open(token)
    event = registration.event
    moment = now()
    event_facts = facts(event, moment)
    lang = current_lang()
    obstacle = why_waiting(event, [registration], moment).get(registration.id)
    answers = {answer.question_id: answer.value for answer in registration.answers}
    return render_template(
        "mine/show.html",
        registration=registration,
        event=event,
        tile=tile(event.when, lang),
        is_new="new" in request.args,
        obstacle=OBSTACLE_WORDS.get(obstacle) if obstacle else None,
        sharing=sharing_lines(event, moment) if registration.state == "waiting" else [],
        place=queue_place(registration) if registration.state == "waiting" else None,
        role=role_label(registration.role),
        answers=[
            (local(q.label), answer_text(q, answers.get(q.id), lang))
            for q in AT_SIGNUP.questions_of(event)
        ],
        offer_until=registration.offer_until,
        reply=find_reply(registration.id),
        undo_until=undo_ends(find_reply(registration.id), moment),
        is_late=rules.is_late(event_facts, moment),
        calendar_url=own_page(registration.link_id, "mine.calendar_reply"),
        offer_url=own_page(registration.link_id, "mine.offer"),
        form=ButtonForm(),
        may_change=rules.may_change(event_facts, registration.state, moment),
        may_cancel=rules.may_cancel(event_facts, registration.state),
        edit_url=own_page(registration.link_id, "mine.edit"),
        cancel_url=own_page(registration.link_id, "mine.cancel"),
        data_url=own_page(registration.link_id, "mine.data"),
        new_link_url=own_page(registration.link_id, "mine.new_link"),
        calendar=subscription(own_feed(registration.link_id)),
        check_in=check_in(registration, moment),
        feedback_url=token_path("mine.feedback", FEEDBACK_PURPOSE, registration.link_id)
        if asks(db.session(), registration, moment)
        else "",
        **_question(registration, moment),
    )


def _question(registration: Registration, moment: datetime) -> dict[str, Any]:
    """Return what the page needs to ask whether somebody still comes after a change."""
    event, move = registration.event, registration.move
    asks = registration.is_asked and rules.may_cancel(facts(event, moment), registration.state)
    if not asks or move is None:
        return {"asks": False}
    until = move.answer_until
    found = changes(move.before, told_of(event), current_lang())
    if registration.state != "confirmed":
        found = [change for change in found if change.part != "join_link"]
    return {
        "asks": True,
        "move_id": move.id,
        "answer_until": until if until and moment < until else None,
        "answer_url": own_page(registration.link_id, "mine.still_coming"),
        "changes": found,
    }


@bp.route("/<token>/edit", methods=["GET", "POST"])
@right("secret_link")
def edit(token: str) -> Response | Page:
    """Change answers until the deadline."""
    registration = _open(token)
    event = registration.event
    back = own_page(registration.link_id)
    moment = now()
    if not rules.may_change(facts(event, moment), registration.state, moment):
        flash(_("Answers can no longer be changed here. Please write to the organiser."), "warning")
        return redirect(back, 303)
    form = build(
        event, invited_organisations(event), current_lang(), registration, full=full_options(event)
    )
    # Whose seat it is does not change; the fields are shown as text instead.
    form.first_name.data, form.last_name.data = registration.first_name, registration.last_name
    form.email.data = registration.email
    form.privacy.data = True
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                saved = service.change(registration.id, form.entry(event), now())
            except SignUpRefused as refusal:
                if not refuse_beside(form, refusal.reason):
                    words = OBSTACLE_WORDS[refusal.reason]
                    form.form_errors.append(_("This cannot be saved: %(reason)s.", reason=words))
            else:
                if saved:
                    flash(_("Your answers are saved."), "success")
                else:
                    flash(_("Answers can no longer be changed here."), "warning")
                return redirect(back, 303)
    page = render_template(
        "mine/edit.html",
        registration=registration,
        event=event,
        form=form,
        suggested=suggested(form),
        correct_url=own_page(registration.link_id, "mine.correct"),
    )
    return form.answer(page)


@bp.route("/<token>/cancel", methods=["GET", "POST"])
@right("secret_link")
def cancel(token: str) -> Response | Page:
    """Ask once, then give the seat up."""
    registration = _open(token)
    back = own_page(registration.link_id)
    moment = now()
    event_facts = facts(registration.event, moment)
    form = ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            if service.cancel(registration.id, moment):
                flash(_("Your registration is cancelled. Thank you for telling us."), "success")
            return redirect(back, 303)
    if not rules.may_cancel(event_facts, registration.state):
        return redirect(back, 303)
    page = render_template(
        "mine/cancel.html",
        whose="",
        event=registration.event,
        form=form,
        back=back,
        is_late=rules.is_late(event_facts, moment),
    )
    return form.answer(page)


@bp.route("/<token>/offer", methods=["GET", "POST"])
@right("secret_link")
def offer(token: str) -> Response:
    """Take the seat that was offered, or give it up; GET leads to the page with both buttons."""
    registration = _open(token)
    back = redirect(own_page(registration.link_id), 303)
    if not ButtonForm().validate_on_submit():
        if request.method == "POST":
            flash(_("Nothing was changed. Please press the button once more."), "warning")
        return back
    answer = request.form.get("answer", "")
    if answer == "yes":
        outcome = service.accept(registration.id, now())
        if outcome == "accepted":
            flash(_("The seat is yours. A letter with all of it is on its way."), "success")
        elif outcome == "lapsed":
            flash(_("The time to answer is over; the seat went to the next in line."), "warning")
    elif (
        answer == "no"
        and registration.state == "offered"
        and service.cancel(registration.id, now())
    ):
        flash(_("You gave the seat up. Thank you for telling us."), "success")
    return back


@bp.route("/<token>/coming", methods=["GET", "POST"])
@right("secret_link")
def still_coming(token: str) -> Response:
    """Take the answer whether somebody still comes; GET leads to the page with both buttons."""
    registration = _open(token)
    back = redirect(own_page(registration.link_id), 303)
    if request.method == "GET":
        return back
    said, move = request.form.get("answer", ""), request.form.get("move", "")
    known = move.isascii() and move.isdecimal() and len(move) < 10
    if not ButtonForm().validate_on_submit() or said not in ("yes", "no") or not known:
        flash(_("Nothing was changed. Please press the button once more."), "warning")
        return back
    outcome = reconfirming.answer(registration.id, int(move), now(), comes=said == "yes")
    if outcome == "comes":
        flash(_("Thank you! The organiser knows that you are still coming."), "success")
    elif outcome == "cancelled":
        flash(_("Your registration is cancelled. Thank you for telling us."), "success")
    elif outcome == "outdated":
        flash(_("The event has changed once more. Please look at it and answer again."), "warning")
    return back


@bp.get("/<token>/calendar.ics")
@right("secret_link")
def feed(token: str) -> FlaskResponse:
    """Feed of the event one has a seat at; empty after cancelling."""
    registration = find_by_link(link_id_of("feed", token)) or abort(410)
    event = registration.event
    listed = registration.state == "confirmed" and event.when.is_fixed
    return feed_response(
        Feed(
            name=local(event.title),
            state=(registration.id, listed, event.version, event.revised_at),
            changed=max(registration.revised_at, event.revised_at),
            entries=lambda: public_entries([event] if listed else []),
            private=True,
        )
    )
