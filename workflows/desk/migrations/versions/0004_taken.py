"""What was taken in from a folder, so that it is taken in once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_sorted = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "desk_taken",
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("case_id", _sorted, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["desk_cases.id"]),
        sa.PrimaryKeyConstraint("content"),
    )
    op.create_index("ix_desk_taken_case_id", "desk_taken", ["case_id"])
