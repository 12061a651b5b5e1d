"""Alembic's entry: runs on the connection that `workflows.desk.database` gives it, and only there."""

from alembic import context

from workflows.desk.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="desk_version",
    include_object=lambda thing, name, kind, reflected, other: kind != "table" or str(name).startswith("desk_"),
)
with context.begin_transaction():
    context.run_migrations()
