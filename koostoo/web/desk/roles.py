"""Who may do what at the desk: the list of organisers with their roles, give one, take one."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField

from koostoo.accounts.granting import LastManager, give_role, take_role
from koostoo.accounts.roles import Grant
from koostoo.base.clock import now
from koostoo.registration import role_queries
from koostoo.registration.role_queries import RoleRow
from koostoo.web.desk import bp
from koostoo.web.forms import (
    AtMost,
    ButtonForm,
    Form,
    NoForbidden,
    OneOf,
    Page,
    Pick,
    Sentence,
    email_like,
    line,
    options,
)
from koostoo.web.language import current_lang
from koostoo.web.rights import access, organiser_id, right
from koostoo.web.view import local

ROLE_WORDS: Mapping[str, Any] = {
    "manager": _l("project manager"),
    "coordinator": _l("coordinator of an organisation"),
    "helper": _l("helper at an event"),
    "viewer": _l("viewer"),
}
ROLE_MEANS: Mapping[str, Any] = {
    "manager": _l("Everything in the project, and who may do what."),
    "coordinator": _l(
        "The events of their organisation; in joint events the people of their organisation."
    ),
    "helper": _l("Names at the door of one event, and who came. No contacts."),
    "viewer": _l("Events, numbers and names. No contacts, no changes."),
}
ALL_PROJECTS = "all"


class RoleForm(Form):
    """A person and what they may do."""

    email = StringField(
        _l("E-mail address"), [Sentence(), AtMost(254), NoForbidden(), email_like], filters=[line]
    )
    role = OneOf(_l("Role"), validators=[Sentence(_l("Please choose a role."))])
    project = Pick(_l("Project"), description=_l("For a project manager and a viewer."))
    organisation = Pick(_l("Organisation"), description=_l("For a coordinator."))
    event = Pick(_l("Event"), description=_l("For a helper."))

    def grant(self) -> Grant | None:
        """Return the role as chosen; None after saying at the field what is missing."""
        role = self.role.data
        field = {"coordinator": self.organisation, "helper": self.event}.get(role, self.project)
        if not field.data:
            field.errors = [_("Please choose what the role is for.")]
            return None
        if field is self.organisation:
            return Grant(role, organisation_id=int(field.data))
        if field is self.event:
            return Grant(role, event_id=int(field.data))
        return Grant(role, project_id=None if field.data == ALL_PROJECTS else int(field.data))


@bp.route("/roles", methods=["GET", "POST"])
@right("manager")
def roles() -> Response | Page:
    """Show who has which role; on POST give one."""
    form = _form()
    if form.validate_on_submit() and (grant := form.grant()) is not None:
        with form.kept_when_busy():
            if give_role(form.email.data, grant, now(), organiser_id(), current_lang()):
                flash(
                    _(
                        "%(email)s has the role; a letter tells them how to sign in.",
                        email=form.email.data,
                    ),
                    "success",
                )
            else:
                flash(_("%(email)s has this role already.", email=form.email.data), "info")
            return redirect(url_for("desk.roles"), 303)
    page = render_template(
        "desk/roles.html",
        form=form,
        rows=role_queries.list_roles(access()),
        about=_about,
        role_words=ROLE_WORDS,
        role_means=ROLE_MEANS,
        own=organiser_id(),
    )
    page, status, headers = form.answer(page)
    return page, 422 if form.is_submitted() and form.errors else status, headers


@bp.route("/roles/<int(max=2147483647):number>/take", methods=["GET", "POST"])
@right("manager")
def take(number: int) -> Response | Page:
    """Ask once more; on POST take the role away."""
    row = role_queries.find_role(access(), number) or abort(404)
    form = ButtonForm()
    if form.validate_on_submit():
        with form.kept_when_busy():
            try:
                take_role(number, now(), organiser_id())
            except LastManager:
                flash(_("Somebody must manage everything: give another the role first."), "warning")
            else:
                flash(_("The role is taken away, and they are signed out everywhere."), "success")
            return redirect(url_for("desk.roles"), 303)
    page = render_template(
        "desk/role_take.html", form=form, row=row, about=_about, role_words=ROLE_WORDS
    )
    return form.answer(page)


def _form() -> RoleForm:
    form, choices = RoleForm(), role_queries.role_choices(access())
    nothing = options([("", _("Please choose"))])
    form.role.choices = options(list(ROLE_WORDS.items()))
    projects = [(str(project.id), local(project.title)) for project in choices.projects]
    if access().is_manager_of_all:
        projects.insert(0, (ALL_PROJECTS, _("every project, also those to come")))
    form.project.choices = [*nothing, *options(projects)]
    form.organisation.choices = [
        *nothing,
        *options([(str(one.id), one.name) for one in choices.organisations]),
    ]
    form.event.choices = [
        *nothing,
        *options([(str(one.id), local(one.title)) for one in choices.events]),
    ]
    return form


def _about(row: RoleRow) -> str:
    """Return what the role is for, in words."""
    if row.event is not None:
        return local(row.event.title)
    if row.organisation is not None:
        return row.organisation.name
    return local(row.project.title) if row.project is not None else _("every project")
