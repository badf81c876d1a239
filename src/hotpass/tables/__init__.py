"""Tables, and the files they live in: workbooks, delimited text, Parquet, and folders of these, read as one value.

``open_engine`` gives the room in which tables live while they are looked at; ``read_book`` reads a file or a folder into
it. Every cell keeps its true address, nothing is coerced, shifted or dropped in silence, and what could not be decided
is said in the book's notes.
"""

from hotpass.tables.digest import book_digest, content_digest, profile_book, profile_table
from hotpass.tables.engine import Engine, identifier, literal, open_engine
from hotpass.tables.errors import LimitError, QueryError, UnevenLinesError
from hotpass.tables.limits import Limits
from hotpass.tables.reading import read_book, read_books
from hotpass.tables.source import BookSource, ReadOptions
from hotpass.tables.table import (
    Book,
    BookProfile,
    Column,
    ColumnProfile,
    Table,
    TableProfile,
    Type,
    column_letters,
)
from hotpass.tables.typed import TypedColumn, typed_columns, typed_select

__all__ = [
    "Book",
    "BookProfile",
    "BookSource",
    "Column",
    "ColumnProfile",
    "Engine",
    "LimitError",
    "Limits",
    "QueryError",
    "ReadOptions",
    "Table",
    "TableProfile",
    "Type",
    "TypedColumn",
    "UnevenLinesError",
    "book_digest",
    "column_letters",
    "content_digest",
    "identifier",
    "literal",
    "open_engine",
    "profile_book",
    "profile_table",
    "read_book",
    "read_books",
    "typed_columns",
    "typed_select",
]
