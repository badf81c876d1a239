"""Results as text for people and as JSON for programs. Prints nothing.

:mod:`hotpass.report.text` makes lines, :mod:`hotpass.report.document` one JSON document with a ``format`` number.
"""
