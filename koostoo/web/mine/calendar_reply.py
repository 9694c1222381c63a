"""What a participant says where their calendar has declined: give the seat back, or keep it."""

from flask import abort, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.registration import calendar_replies, service
from koostoo.web.forms import ButtonForm
from koostoo.web.links import find_registration, own_page
from koostoo.web.mine import bp
from koostoo.web.rights import right

TAKEN_BACK = {
    "seat": (_l("The seat is yours again. A letter with all of it is on its way."), "success"),
    "waiting": (
        _l(
            "The seats are all taken meanwhile. You are on the waiting list, where you would stand "
            "by the time you signed up."
        ),
        "warning",
    ),
    "full": (_l("The seats are all taken meanwhile, and there is no waiting list."), "warning"),
    "already": (_l("You have signed up again meanwhile: that registration stands."), "info"),
    "late": (_l("The time to ask for the seat again is over."), "warning"),
}


@bp.route("/<token>/calendar", methods=["GET", "POST"])
@right("secret_link")
def calendar_reply(token: str) -> Response:
    """Do what the button says; GET leads to the page with the buttons."""
    registration = find_registration("my", token) or abort(404)
    number = registration.id
    back = redirect(own_page(registration.link_id), 303)
    if not ButtonForm().validate_on_submit():
        if request.method == "POST":
            flash(_("Nothing was changed. Please press the button once more."), "warning")
        return back
    answer = request.form.get("answer", "")
    if answer == "give" and service.cancel(number, now()):
        flash(_("You gave the seat up. Thank you for telling us."), "success")
    elif answer == "keep" and calendar_replies.come_anyway(number, now()):
        stays = _("Good, the seat stays yours. See you there!")
        # No new invite is sent: a calendar that declines by itself would decline that too.
        back_in = _("A calendar that declined may not show the event any more: put it back below.")
        flash(f"{stays} {back_in}", "success")
    elif answer == "back":
        words, category = TAKEN_BACK[calendar_replies.take_seat_back(number, now())]
        flash(str(words), category)
    return back
