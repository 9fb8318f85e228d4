"""Queries that are compiled once and run with another value: Django's compiling costs more than a page of rows does.

A query is built with a stand-in for the value, and its SQL kept under a key that says everything else it depends on:
who asks, and every word of the question. So a walk over the pages of a list compiles one query, and which rows there
are is still said by the queryset's methods, `visible_to` before all, as SQL that looks at today's memberships.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST_KEPT = 1000
PREPARED_AFTER = 5  # runs, as psycopg does by itself


@dataclass(frozen=True)
class Compiled:
    """The SQL of a `values_list`.

    Attributes:
        places: of the parameters that the value goes into.
        converters: of the columns that the database hands over in a form of its own, by position.
    """

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[int, ...]
    converters: tuple[tuple[int, Any, tuple[Any, ...]], ...]

    @classmethod
    def of(cls, rows: QuerySet, stand_in: Any) -> Compiled | None:
        """None where the value does not go into the SQL as it is."""
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        places = tuple(place for place, parameter in enumerate(parameters) if parameter == stand_in)
        converters = compiler.get_converters([column[0] for column in compiler.select])
        found = tuple((position, of, tuple(functions)) for position, (functions, of) in converters.items())
        return cls(sql, tuple(parameters), places, found) if places else None

    def run(self, value: Any) -> list[tuple[Any, ...]]:
        parameters = list(self.parameters)
        for place in self.places:
            parameters[place] = value
        with connection.cursor() as cursor:  # connects, and checks a connection that waited
            if connection.vendor == "postgresql":
                rows = _planned_once(self.sql, parameters)
            else:
                rows = cursor.execute(self.sql, parameters).fetchall()
        return [self._converted(row) for row in rows] if self.converters else rows

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for position, of, functions in self.converters:
            for function in functions:
                values[position] = function(values[position], of, connection)
        return tuple(values)


def _planned_once(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """By a statement that PostgreSQL plans once for a connection; Django's own cursors let it plan each time."""
    import psycopg

    bare = connection.connection
    if bare.prepare_threshold is None:
        bare.prepare_threshold = PREPARED_AFTER
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(psycopg.Cursor(bare)) as cursor:  # type: ignore[arg-type]  # the stubs name the wrapper, not what it wraps
        cursor.execute(sql, parameters)
        return cursor.fetchall()


_kept: dict[Hashable, Compiled | None] = {}


def rows_with(key: Hashable, build: Callable[[Any], QuerySet], stand_in: Any, value: Any) -> list[tuple[Any, ...]]:
    """The rows of `build(value)`, a `values_list`.

    Args:
        key: everything that the query depends on beside the value.
        stand_in: a value that nothing else in the query equals.
    """
    whole_key = (connection.vendor, key)
    if whole_key not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[whole_key] = Compiled.of(build(stand_in), stand_in)
    compiled = _kept.get(whole_key)
    return compiled.run(value) if compiled else list(build(value))
