"""Links to news stories about an event: evidence that lies elsewhere."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from koostoo.base.clock import now
from koostoo.files.news import add_news, remove_news
from koostoo.files.service import TooMany
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.file_form import NewsForm
from koostoo.web.desk.files import FILES, show_files
from koostoo.web.forms import ButtonForm, Page
from koostoo.web.rights import organiser_id, right


@bp.post(f"{FILES}/news")
@right("event_run")
def news_add(slug: str) -> Response | Page:
    """Keep a link to a news story."""
    event, form = get_event(slug), NewsForm(prefix=NewsForm.PREFIX)
    event_id = event.id
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                is_new = add_news(event_id, form.url.data, now(), organiser_id())
            except TooMany:
                form.url.errors = [_("There are too many links already. Remove one first.")]
            else:
                told = _("The link is saved.") if is_new else _("This link was here already.")
                flash(told, "success")
                return redirect(url_for("desk.files", slug=slug, _anchor="news"), 303)
    return form.answer(show_files(get_event(slug), news_form=form))


@bp.post(f"{FILES}/news/<int(max=2147483647):number>/remove")
@right("event_run")
def news_remove(slug: str, number: int) -> Response:
    """Take a link away; it can be typed again."""
    event = get_event(slug)
    if ButtonForm().validate_on_submit():
        remove_news(event.id, number, now(), organiser_id())
        flash(_("The link is removed."), "success")
    else:
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    return redirect(url_for("desk.files", slug=slug, _anchor="news"), 303)
