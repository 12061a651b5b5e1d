"""The work list by role, and a word looked for in one case, each through an index."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make and widen the indexes."""
    op.create_index("desk_cases_role", "desk_cases", ["role", "closed", "target", "id"], unique=False)
    op.drop_index("desk_words_case", "desk_words")
    op.create_index("desk_words_case", "desk_words", ["case_id", "word"], unique=False)
