"""The code by which somebody is checked in at the door."""

from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from koostoo.documents.qr import qr_svg
from koostoo.registration.models import Registration
from koostoo.web.links import check_in_codes


class CheckIn(NamedTuple):
    """The code as a QR picture, and to be read out."""

    picture: Markup
    code: str


def check_in(registration: Registration, now: datetime) -> CheckIn | None:
    """Return the code of who has a seat; None where there is no door, or none any more."""
    event = registration.event
    has_seat = registration.state == "confirmed" and event.state == "published"
    has_door = event.mode != "online" and event.when.is_fixed and not event.when.is_over(now)
    if not (has_seat and has_door):
        return None
    code = check_in_codes(registration.link_id)[0]
    picture = Markup(qr_svg(f"KOOSTOO:{code}"))  # noqa: S704 - drawn from signs of our own
    return CheckIn(picture, f"{code[:4]}-{code[4:]}")
