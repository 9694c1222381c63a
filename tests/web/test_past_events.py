"""Events that took place before anybody wrote them down are kept as a part of the history."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from koostoo.base.clock import now
from koostoo.base.database import db, transaction
from koostoo.base.localtext import LocalText
from koostoo.base.when import When
from koostoo.events.models import Event
from koostoo.events.service import NotReady, publish_event
from koostoo.mail.models import OutboxMessage
from tests.web.desk_pages import open_form, sign_in, text_of

MakeEvent = Callable[..., Event]


@pytest.fixture
def past(make_event: MakeEvent) -> Event:
    """A draft of what took place a year ago; nobody to ask, a deadline that is over."""
    day = (now() - timedelta(days=365)).date()
    return make_event(
        state="draft",
        when=When.days(day),
        summary=LocalText("Käisime külas."),
        closes_at=now() - timedelta(days=370),
    )


def path_of(event: Event) -> str:
    return f"/desk/events/{event.slug}/publish"


def test_a_draft_of_the_past_is_kept_as_an_event_that_took_place(
    client: FlaskClient, past: Event
) -> None:
    desk = sign_in(client)
    assert "Kas jätta see toimunud üritusena alles?" in text_of(desk, path_of(past))
    answer = desk.post(path_of(past), data=open_form(desk, path_of(past)), follow_redirects=True)
    assert "Nüüd impordi osalejate nimekiri" in answer.get_data(as_text=True)
    assert f"/desk/events/{past.slug}/import" in answer.get_data(as_text=True)
    project = past.activity.project.slug
    assert past.slug in client.get(f"/project/{project}").get_data(as_text=True)
    assert client.get(f"/events/{past.slug}/register").status_code != 500
    db.session.rollback()
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0


def test_what_was_shown_as_coming_is_not_kept_as_past_unawares(
    client: FlaskClient, past: Event, make_event: MakeEvent
) -> None:
    desk = sign_in(client)
    form = open_form(desk, path_of(past)) | {"took_place": ""}
    answer = desk.post(path_of(past), data=form)
    assert answer.status_code == 422
    assert "Toimumisaeg on möödas." in answer.get_data(as_text=True)
    with pytest.raises(NotReady):
        publish_event(past.id, now())
    coming = make_event(state="draft", summary=LocalText("Läheme külla."))
    with pytest.raises(NotReady):
        # Without anybody to ask: an event ahead needs a contact whatever is claimed.
        publish_event(coming.id, now(), took_place=True)


def test_what_says_nothing_is_not_kept_either(client: FlaskClient, past: Event) -> None:
    with transaction() as session:
        session.get_one(Event, past.id).summary = LocalText()
    with pytest.raises(NotReady):
        publish_event(past.id, now(), took_place=True)
