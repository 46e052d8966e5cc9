"""Open a project file for reading or for one transaction of changes, and keep small facts in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from scenarios.errors import StoreError
from scenarios.project.gpkg import has_table, open_engine
from scenarios.project.schema import META


@contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """Read a project; everything read inside is of one moment.

    Raises
    ------
    StoreError
        `no_such_file`, `not_a_project`, or `cannot_read` when another program left it damaged.
    """
    require_project(path)
    try:
        with open_engine(path, write=False).begin() as connection:
            if not has_table(connection, META.name):
                raise StoreError("not_a_project", file=path.name)
            yield connection
    except SQLAlchemyError as error:
        raise StoreError("cannot_read", file=path.name, why=type(error).__name__) from error


@contextmanager
def writing(path: Path) -> Iterator[Connection]:
    """Change a project in one transaction, on disk when this ends, or not at all.

    Raises
    ------
    StoreError
        `no_such_file`, `cannot_write`.
    """
    require_project(path)
    try:
        with open_engine(path, write=True).begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError("cannot_write", file=path.name, why=type(error).__name__) from error


def require_project(path: Path) -> None:
    """Refuse what is no file.

    What is in it, SQLite says: a process that opens and closes the file by itself loses every lock that its
    other threads hold on it (https://sqlite.org/howtocorrupt.html, 2.2).

    Raises
    ------
    StoreError
        `no_such_file`, or `not_a_project` for an empty one, which SQLite would take for a new database.
    """
    if not path.is_file():
        raise StoreError("no_such_file", file=path.name)
    if path.stat().st_size == 0:
        raise StoreError("not_a_project", file=path.name)


def get_meta(connection: Connection, key: str) -> str | None:
    """Read a fact."""
    return connection.execute(select(META.c.value).where(META.c.key == key)).scalar()


def put_meta(connection: Connection, key: str, value: str) -> None:
    """Keep a fact."""
    connection.execute(delete(META).where(META.c.key == key))
    connection.execute(insert(META), [{"key": key, "value": value}])


def count_change(connection: Connection) -> None:
    """Count a change, so that whoever looks at the file sees that there was one."""
    put_meta(connection, "changes", str(int(get_meta(connection, "changes") or 0) + 1))
