"""The migrations make exactly the tables that the code names, and change nothing where there is nothing to do."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from workflows.desk.database import open_store
from workflows.desk.tables import metadata


def test_the_migrated_tables_are_those_of_the_code(where: str) -> None:
    with open_store(where) as store, store.engine.connect() as connection:
        ours = {
            "version_table": "desk_version",
            "include_object": lambda _, name, kind, *__: kind != "table" or name.startswith("desk_"),
        }
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())


def test_opening_again_keeps_what_is_there(where: str) -> None:
    from workflows.desk.database import key

    with open_store(where) as store:
        first = key(store, "lot")
    with open_store(where) as store:
        assert key(store, "lot") == first
