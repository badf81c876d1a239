"""Read two workbooks with fastexcel, one after the other, and do nothing with them."""

import sys

import fastexcel

for path in sys.argv[1:]:
    print(fastexcel.read_excel(path).load_sheet(0).to_arrow().num_rows)
