"""A comparison, shown: lines for a terminal, JSON for programs, CSV for spreadsheets, a page for everybody.

``comparison_markdown`` holds no value from a cell: it is for pull requests.

``comparison_lines`` and ``comparison_document`` need the values alone. ``write_comparison_csv`` and
``write_comparison_html`` read the logs of the tables, so they are called while the tables are open.
"""

from hotpass.report.comparison.document import comparison_document
from hotpass.report.comparison.lines import comparison_lines
from hotpass.report.comparison.markdown import comparison_markdown
from hotpass.report.comparison.spreadsheet import CsvWritten, write_comparison_csv
from hotpass.report.comparison.webpage import write_comparison_html

__all__ = [
    "CsvWritten",
    "comparison_document",
    "comparison_lines",
    "comparison_markdown",
    "write_comparison_csv",
    "write_comparison_html",
]
