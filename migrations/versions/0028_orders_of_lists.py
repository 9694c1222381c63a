"""Indexes in the orders in which lists of an event's people are shown; when its people changed."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_registration_event_state_organisation_sort": (
        *("event_id", "state", "organisation_id", "sort_key", "id"),
    ),
    "ix_registration_event_organisation_sort": (
        *("event_id", "organisation_id", "origin_key", "sort_key", "id"),
    ),
    "ix_registration_event_revised": ("event_id", "revised_at"),
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "registration", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "registration")
