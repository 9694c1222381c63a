"""An organiser's own words in the letters of an event: list, fields, preview, a test to oneself."""

from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import HiddenField

from koostoo.base.clock import now
from koostoo.base.localtext import LocalText
from koostoo.base.text import Lang
from koostoo.events.letter_words import (
    WORDED,
    WordsChanged,
    is_used,
    send_test,
    words_by_kind,
    write_words,
)
from koostoo.events.models import Event
from koostoo.notices.render import preview
from koostoo.web.desk import bp
from koostoo.web.desk.events import get_event
from koostoo.web.desk.fields import words_field
from koostoo.web.desk.test_limit import may_test
from koostoo.web.desk.words import LETTERS, placeholders
from koostoo.web.forms import ButtonForm, Form
from koostoo.web.frames import letter_frame, text_frame, with_frame
from koostoo.web.rights import organiser_id, right

ALL = "/events/<slug>/letter-texts"
ONE = f"{ALL}/<kind>"


class WordsForm(Form):
    """What an organiser adds to one kind of letter."""

    words_et = words_field(_l("Your own words in Estonian"))
    words_en = words_field(_l("Your own words in English"))
    version = HiddenField()

    @property
    def words(self) -> LocalText:
        """The words as typed."""
        return LocalText(self.words_et.data or "", self.words_en.data or "")

    @property
    def version_number(self) -> int:
        """The version of the words this form was opened with; -1 when it was tampered with."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1


@bp.get(ALL)
@right("event_run")
def letter_texts(slug: str) -> str:
    """List the kinds of letters that take words, and what words there are."""
    event = get_event(slug)
    known = words_by_kind(event.id)
    rows = [
        {
            "kind": kind,
            "label": LETTERS[kind][0],
            "when": LETTERS[kind][1],
            "is_used": is_used(event, kind),
            "words": known[kind].words if kind in known else None,
        }
        for kind in WORDED
    ]
    return render_template("desk/letter_texts.html", event=event, rows=rows)


@bp.route(ONE, methods=["GET", "POST"])
@right("event_run")
def letter_text(slug: str, kind: str) -> Response:
    """Show the words of one kind of letter and how it looks; on POST keep them."""
    event = _event_with(slug, kind)
    form = _form(event, kind)
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                words, version = form.words, form.version_number
                write_words(event.id, kind, words, version, now(), organiser_id())
            except WordsChanged as refusal:
                form.version.data = str(refusal.version)
                form.form_errors.append(
                    _(
                        "Somebody else changed these words meanwhile. What you typed is kept; "
                        "saving again replaces theirs."
                    )
                )
            else:
                flash(_("Your words are saved."), "success")
                return redirect(url_for("desk.letter_text", slug=slug, kind=kind), 303)
    page = render_template(
        "desk/letter_text.html",
        event=get_event(slug),
        form=form,
        kind=kind,
        label=LETTERS[kind][0],
        when=LETTERS[kind][1],
        placeholders=placeholders(),
    )
    page, status, headers = form.answer(page)
    response = with_frame(page, status)
    response.headers.update(headers)
    return response


@bp.route(f"{ONE}/preview", methods=["GET", "POST"])
@right("event_run")
def letter_text_preview(slug: str, kind: str) -> FlaskResponse:
    """Give the letter for the frame: with the words that are kept, or on POST with those typed."""
    event = _event_with(slug, kind)
    form = _form(event, kind)
    if form.is_submitted() and not form.validate():
        words = (str(error) for errors in form.errors.values() for error in errors)
        return text_frame("\n".join(words), 422)
    written = preview(event, kind, _language(request.args), form.words, now())
    if request.args.get("part") == "text":
        return text_frame(f"{written.subject}\n\n{written.text}")
    return letter_frame(written.html, "_blank")


@bp.post(f"{ONE}/test")
@right("event_run")
def letter_text_test(slug: str, kind: str) -> Response:
    """Send the organiser a test of this letter, with the words that are kept."""
    event = _event_with(slug, kind)
    moment = now()
    if ButtonForm().validate_on_submit():
        if may_test(moment):
            language = _language(request.form)
            address = send_test(event.id, kind, language, moment, organiser_id())
            flash(_("A test is on its way to %(address)s.", address=address), "success")
    else:
        flash(_("Nothing was changed. Please press the button once more."), "warning")
    return redirect(url_for("desk.letter_text", slug=slug, kind=kind), 303)


def _event_with(slug: str, kind: str) -> Event:
    if kind not in WORDED:
        abort(404)
    return get_event(slug)


def _form(event: Event, kind: str) -> WordsForm:
    known = words_by_kind(event.id).get(kind)
    words = known.words if known else LocalText()
    version = str(known.version if known else 0)
    return WordsForm(data={"words_et": words.et, "words_en": words.en, "version": version})


def _language(given: Any) -> Lang:
    return "en" if given.get("language") == "en" else "et"
