"""The words for an activity: the same on pages, lists and papers."""

from flask_babel import gettext as _

from koostoo.programme.models import Activity


def kind_words(activity: Activity) -> str:
    """Return the words that stand before an activity everywhere, in the language set now."""
    if activity.kind == "joint":
        return _("Joint activity")
    owner = activity.organisation
    name = (owner.short_name or owner.name) if owner else ""
    return _("Additional activity of %(name)s", name=name)
