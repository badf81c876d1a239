"""Tables, and the files they live in: workbooks, delimited text, Parquet, and folders of these, read as one value.

``open_engine`` gives the room in which tables live while they are looked at; ``read_book`` reads a file or a folder into
it. Every cell keeps its true address, nothing is coerced, shifted or dropped in silence, and what could not be decided
is said in the book's notes.
"""
