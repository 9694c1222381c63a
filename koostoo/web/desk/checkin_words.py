"""The words of check-in: why something is not taken, and what the script says."""

from flask_babel import gettext as _


def refusal_words(result: str) -> str:
    """Return why an act of a helper was not taken, as a sentence."""
    return {
        "gone": _("This person is not on the list of this event."),
        "day": _("This is not a day of the event any more."),
        "closed": _("The event is not published or was called off."),
        "organisation": _("This organisation takes no part in the project."),
    }.get(result, _("This could not be read."))


def script_words() -> dict[str, str]:
    """Return the sentences the script shows; it puts in names and numbers itself."""
    return {
        "here": _("%(name)s is here."),
        "undone": _("%(name)s is not marked as here any more."),
        "already": _("%(name)s is here already."),
        "ask": _("Ask: %(name)s"),
        "answered": _("The answers of %(name)s are saved."),
        "added": _("%(name)s is on the list and here."),
        "unknown": _("Nobody of this event has this code."),
        "bad_code": _("A code has eight signs, such as 7K3M-9QXD."),
        "count": _("%(present)s of %(expected)s here"),
        "unsent": _("Not sent yet: %(number)s"),
        "all_sent": _("Everything is sent."),
        "synced": _("Last synced at %(time)s"),
        "never": _("Not synced yet"),
        "offline": _("No network: marks are kept on this device and sent later."),
        "signed_out": _(
            "You are signed out, so the names were removed from this device. What is not sent yet "
            "is kept: sign in to send it."
        ),
        "no_list": _("There is no list on this device. Open this page once with network."),
        "nobody": _("Nobody found"),
        "more": _("There are more people: type a part of the name."),
        "door": _("added at the door"),
        "refused": _("Not taken: %(name)s. %(reason)s"),
        "somebody": _("a person"),
        "photo_offline": _("A photo can be read with network only. Type the code instead."),
        "reading": _("Reading the photo…"),
        "camera": _("The camera cannot be used. Take a photo or type the code instead."),
        "scan": _("Hold the code before the camera."),
        "which": _("Please write which organisation you come from."),
        "gone": refusal_words("gone"),
        "day": refusal_words("day"),
        "closed": refusal_words("closed"),
        "organisation": refusal_words("organisation"),
        "broken": refusal_words("broken"),
    }
