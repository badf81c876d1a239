"""Two versions of a dataset → what changed → which bump.

``compare_books`` looks at everything a dataset holds, ``compare_tables`` at one table; both are exact and symmetric.
:mod:`hotpass.compare.policy` says which bump a change asks for. Nothing here knows of git, DVC or the store.
"""
