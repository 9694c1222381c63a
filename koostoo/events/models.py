"""Tables of events and of the questions an event asks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from koostoo.base import keep
from koostoo.base.database import Base, DayHoursType, LocalTextType, UtcDateTime
from koostoo.base.localtext import LocalText
from koostoo.base.when import Hours, When
from koostoo.events.questions import AskedIf
from koostoo.feedback.models import FeedbackForm
from koostoo.programme.models import Activity, Organisation

APPROVALS = ("none", "holds", "loose")
"""Who confirms: nobody; an organiser, a seat being held meanwhile; an organiser, none held."""
MEMBERSHIPS = ("open", "flag", "members")
"""Who of an invited organisation may sign up: everybody; everybody, others marked; members only."""
ON_DECLINE = ("ask", "free")
"""What a calendar that declines does: the person is asked; the seat is free at once."""
QUESTION_KINDS = ("text", "long", "choice", "choices", "yesno", "number", "date")
PURPOSES = ("", "diet", "stop", "room", "roommate", "nights")
"""What the answers to a question are used for in ready lists; "": for nothing of the kind."""
ASKED = ("signup", "organisers", "checkin")
"""Who answers a question, and when: who signs up; organisers, at the desk; who arrives."""


event_activity = Table(
    "event_activity",
    Base.metadata,
    Column("id", primary_key=True, type_=Integer, info=keep.STRUCTURE),
    Column(
        "event_id",
        ForeignKey("event.id", ondelete="CASCADE"),
        nullable=False,
        info=keep.STRUCTURE,
    ),
    Column(
        "activity_id",
        ForeignKey("activity.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=keep.STRUCTURE,
    ),
    UniqueConstraint("event_id", "activity_id"),
)
"""Which further activities of the same project an event counts for, besides its own."""


class Event(Base):
    """An event of exactly one activity.

    `starts_on`/`ends_on` are local days and always filled (a month or season is its whole
    length), so that every list sorts by one column; `starts_at`/`ends_at` are instants, only
    when the hours are known; `day_hours` are those of each day where days have their own.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'called_off')", name="state"),
        CheckConstraint("date_kind IN ('timed', 'days', 'month', 'season')", name="date_kind"),
        CheckConstraint(
            "(date_kind = 'timed') = (starts_at IS NOT NULL AND ends_at IS NOT NULL)",
            name="timed_has_hours",
        ),
        CheckConstraint("date_kind = 'timed' OR day_hours IS NULL", name="day_hours"),
        CheckConstraint("(date_kind = 'season') = (season IS NOT NULL)", name="season_named"),
        CheckConstraint("starts_on <= ends_on", name="days"),
        CheckConstraint("starts_at < ends_at", name="hours"),
        CheckConstraint("mode IN ('onsite', 'online', 'hybrid')", name="mode"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("contribution_cents >= 0", name="contribution"),
        CheckConstraint("partner_cap > 0", name="partner_cap"),
        CheckConstraint("member_cap > 0", name="member_cap"),
        CheckConstraint("waiting_max > 0", name="waiting_max"),
        CheckConstraint(f"approval IN {APPROVALS}", name="approval"),
        CheckConstraint("offer_hours > 0", name="offer_hours"),
        CheckConstraint("group_max > 0", name="group_max"),
        CheckConstraint(f"membership IN {MEMBERSHIPS}", name="membership"),
        CheckConstraint(f"on_decline IN {ON_DECLINE}", name="on_decline"),
        CheckConstraint("thanks_after > 0", name="thanks_after"),
        CheckConstraint("region_id IS NULL OR region_other = ''", name="region"),
        Index("ix_event_state_starts_on", "state", "starts_on"),
        # All that tells whether a feed has changed: no long text of an event is read for it.
        Index(
            "ix_event_feed",
            "revised_at",
            "version",
            "state",
            "date_kind",
            "ends_on",
            "activity_id",
            "organiser_id",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activity.id"), index=True, info=keep.STRUCTURE
    )
    organiser_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.STRUCTURE
    )
    slug: Mapped[str] = mapped_column(String(80), unique=True, info=keep.STRUCTURE)
    state: Mapped[str] = mapped_column(String(12), default="draft", info=keep.STRUCTURE)
    is_sample: Mapped[bool] = mapped_column(default=False, info=keep.STRUCTURE)
    takes_registrations: Mapped[bool] = mapped_column(default=True, info=keep.STRUCTURE)

    title: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    summary: Mapped[LocalText] = mapped_column(
        LocalTextType, default=LocalText, info=keep.STRUCTURE
    )
    programme: Mapped[LocalText] = mapped_column(
        LocalTextType, default=LocalText, info=keep.STRUCTURE
    )
    audience: Mapped[LocalText] = mapped_column(
        LocalTextType, default=LocalText, info=keep.STRUCTURE
    )
    place: Mapped[LocalText] = mapped_column(LocalTextType, default=LocalText, info=keep.STRUCTURE)
    region_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.STRUCTURE
    )
    """The action group in whose area it takes place; None: elsewhere, or not said."""
    region_other: Mapped[str] = mapped_column(
        String(100), default="", server_default="", info=keep.STRUCTURE
    )
    """Where it takes place when that is no action group's area of the project, as written."""
    mode: Mapped[str] = mapped_column(String(8), default="onsite", info=keep.STRUCTURE)
    join_link: Mapped[str] = mapped_column(String(500), default="", info=keep.STRUCTURE)

    date_kind: Mapped[str] = mapped_column(String(8), info=keep.STRUCTURE)
    starts_on: Mapped[date] = mapped_column(info=keep.STRUCTURE)
    ends_on: Mapped[date] = mapped_column(info=keep.STRUCTURE)
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    season: Mapped[str | None] = mapped_column(String(8), info=keep.STRUCTURE)
    day_hours: Mapped[tuple[Hours, ...] | None] = mapped_column(DayHoursType, info=keep.STRUCTURE)

    capacity: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    has_waiting_list: Mapped[bool] = mapped_column(default=True, info=keep.STRUCTURE)
    waiting_max: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    approval: Mapped[str] = mapped_column(
        String(8), default="none", server_default="none", info=keep.STRUCTURE
    )
    offer_hours: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """How long somebody who waited may think about a seat; None: they have it at once."""
    group_max: Mapped[int] = mapped_column(default=10, server_default="10", info=keep.STRUCTURE)
    """How many people one form may sign up."""
    on_decline: Mapped[str] = mapped_column(
        String(4), default="ask", server_default="ask", info=keep.STRUCTURE
    )
    partner_cap: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """At most so many people of one partner organisation."""
    member_cap: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """At most so many people who represent the same member organisation."""
    members_first_until: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    """Before this instant only people of the partner organisations sign up."""
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    allows_others: Mapped[bool] = mapped_column(default=False, info=keep.STRUCTURE)
    membership: Mapped[str] = mapped_column(
        String(8), default="open", server_default="open", info=keep.STRUCTURE
    )
    asks_photo_consent: Mapped[bool] = mapped_column(default=True, info=keep.STRUCTURE)
    contribution_cents: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)
    contact_name: Mapped[str] = mapped_column(String(200), default="", info=keep.STRUCTURE)
    contact_email: Mapped[str] = mapped_column(String(254), default="", info=keep.STRUCTURE)
    contact_phone: Mapped[str] = mapped_column(String(40), default="", info=keep.STRUCTURE)
    called_off_reason: Mapped[str] = mapped_column(String(500), default="", info=keep.STRUCTURE)
    called_off_reason_en: Mapped[str] = mapped_column(
        String(500), default="", server_default="", info=keep.STRUCTURE
    )

    reminders: Mapped[str] = mapped_column(
        String(60), default="", server_default="", info=keep.STRUCTURE
    )
    """How long before the start people are reminded: "7d 1d 2h" (`correspondence.rules`)."""
    thanks_after: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """How many hours after the end people are thanked; None: they are not."""
    feedback_url: Mapped[str] = mapped_column(
        String(500), default="", server_default="", info=keep.STRUCTURE
    )
    """Where people are asked how it was on a page of somebody else's; https only, or empty."""

    uid: Mapped[str] = mapped_column(String(120), unique=True, info=keep.STRUCTURE)
    sequence: Mapped[int] = mapped_column(default=0, info=keep.STRUCTURE)
    version: Mapped[int] = mapped_column(default=1, info=keep.STRUCTURE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    revised_at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)

    activity: Mapped[Activity] = relationship()
    further_activities: Mapped[list[Activity]] = relationship(
        secondary=event_activity, order_by=lambda: (Activity.position, Activity.id)
    )
    organiser: Mapped[Organisation] = relationship(foreign_keys=[organiser_id])
    region: Mapped[Organisation | None] = relationship(foreign_keys=[region_id])
    questions: Mapped[list["Question"]] = relationship(
        order_by="Question.position", cascade="all, delete-orphan"
    )
    quotas: Mapped[list["Quota"]] = relationship(order_by="Quota.id", cascade="all, delete-orphan")
    invitations: Mapped[list["Invitation"]] = relationship(
        order_by="Invitation.id", cascade="all, delete-orphan"
    )
    feedback_form: Mapped[FeedbackForm | None] = relationship(viewonly=True)
    """The form of our own, perhaps switched off; written by `feedback.forms`."""

    @property
    def own_feedback(self) -> FeedbackForm | None:
        """The form of our own where people are asked how it was; None: not by it."""
        form = self.feedback_form
        return form if form is not None and form.is_on else None

    @property
    def why_called_off(self) -> LocalText:
        """Why the event does not take place, in words people read; empty where it does."""
        return LocalText(self.called_off_reason, self.called_off_reason_en)

    @property
    def conditions(self) -> dict[int, AskedIf]:
        """The conditions of its questions, by the id of the question that has one."""
        return {q.id: q.asked_if for q in self.questions if q.asked_if is not None}

    @property
    def when(self) -> When:
        """The date as a value; the columns stay the truth."""
        return When(
            kind=self.date_kind,  # type: ignore[arg-type]  # the CHECK above keeps it
            first=self.starts_on,
            last=self.ends_on,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            season=self.season,  # type: ignore[arg-type]  # written only from a When
            by_day=self.day_hours or (),
        )

    @when.setter
    def when(self, value: When) -> None:
        self.date_kind, self.season = value.kind, value.season
        self.starts_on, self.ends_on = value.first, value.last
        self.starts_at, self.ends_at = value.starts_at, value.ends_at
        self.day_hours = value.by_day or None


class Move(Base):
    """A change of time, place, mode or join link that was told to the people of an event."""

    __tablename__ = "event_move"

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True, info=keep.STRUCTURE)
    at: Mapped[datetime] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, info=keep.STRUCTURE)
    """What was told of the event until then, see `moves.told_of`."""
    words: Mapped[LocalText] = mapped_column(LocalTextType, default=LocalText, info=keep.CONTACT)
    """What the organiser added for everybody."""
    answer_until: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    """Until when people were asked to say whether they still come; None: nobody was asked."""


class LetterWords(Base):
    """An organiser's own words in one kind of letter of an event."""

    __tablename__ = "letter_words"
    __table_args__ = (UniqueConstraint("event_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), info=keep.STRUCTURE)
    kind: Mapped[str] = mapped_column(String(30), info=keep.STRUCTURE)
    words: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    version: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    """Grows with each change, so that two who write at once do not overwrite each other."""


class Quota(Base):
    """Seats of an event promised to one organisation until a release date."""

    __tablename__ = "quota"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        UniqueConstraint("event_id", "organisation_id"),
        Index("ix_quota_due", "released_at", "release_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), info=keep.STRUCTURE)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.STRUCTURE
    )
    seats: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    release_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    """When what is unused becomes common; None: never."""
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=keep.STRUCTURE)
    """When the waiting list was served after that; what is free never depends on it."""

    organisation: Mapped[Organisation] = relationship()


class Invitation(Base):
    """An organisation invited to an event; an event without any invites the whole project."""

    __tablename__ = "event_invitation"
    __table_args__ = (UniqueConstraint("event_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), info=keep.STRUCTURE)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), index=True, info=keep.STRUCTURE
    )


class Question(Base):
    """One question of an event's sign-up form."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(f"kind IN {QUESTION_KINDS}", name="kind"),
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        CheckConstraint(f"asked IN {ASKED}", name="asked"),
        UniqueConstraint("event_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), info=keep.STRUCTURE)
    position: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    kind: Mapped[str] = mapped_column(String(8), info=keep.STRUCTURE)
    label: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    help: Mapped[LocalText] = mapped_column(LocalTextType, default=LocalText, info=keep.STRUCTURE)
    required: Mapped[bool] = mapped_column(default=False, info=keep.STRUCTURE)
    purpose: Mapped[str] = mapped_column(
        String(12), default="", server_default="", info=keep.STRUCTURE
    )
    asked: Mapped[str] = mapped_column(
        String(12), default="signup", server_default="signup", info=keep.STRUCTURE
    )
    is_sensitive: Mapped[bool] = mapped_column(
        default=False, server_default=false(), info=keep.STRUCTURE
    )
    """Whether the answers are shown only to who runs the event, such as what people cannot eat."""

    options: Mapped[list["Option"]] = relationship(
        order_by="Option.position", cascade="all, delete-orphan"
    )
    condition: Mapped["Condition | None"] = relationship(
        foreign_keys="Condition.question_id", cascade="all, delete-orphan", lazy="joined"
    )

    @property
    def asked_if(self) -> AskedIf | None:
        """The condition as a value, by ids; None: it is always asked."""
        found = self.condition
        return None if found is None else AskedIf(found.on_id, found.option_id, found.yes)


class Option(Base):
    """One choice of a question."""

    __tablename__ = "option"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        UniqueConstraint("question_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), info=keep.STRUCTURE)
    position: Mapped[int] = mapped_column(info=keep.STRUCTURE)
    label: Mapped[LocalText] = mapped_column(LocalTextType, info=keep.STRUCTURE)
    seats: Mapped[int | None] = mapped_column(info=keep.STRUCTURE)
    """How many people may choose it; None: no limit."""


class Condition(Base):
    """Another question's answer without which a question is not asked: an option, yes, or no.

    A table of its own: columns of the question would make question and option refer to each other
    in a circle.
    """

    __tablename__ = "condition"
    __table_args__ = (
        CheckConstraint("(option_id IS NULL) <> (yes IS NULL)", name="answer"),
        CheckConstraint("on_id <> question_id", name="other"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=keep.STRUCTURE)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("question.id"), unique=True, info=keep.STRUCTURE
    )
    on_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True, info=keep.STRUCTURE)
    option_id: Mapped[int | None] = mapped_column(
        ForeignKey("option.id"), index=True, info=keep.STRUCTURE
    )
    yes: Mapped[bool | None] = mapped_column(info=keep.STRUCTURE)

    on: Mapped[Question] = relationship(foreign_keys=[on_id])
    option: Mapped[Option | None] = relationship()
