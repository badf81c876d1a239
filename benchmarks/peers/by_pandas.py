"""Two workbooks read and joined by pandas; prints how many cells changed and how many rows came and went."""

import sys
from collections.abc import Sequence

import pandas as pd


def main(paths: Sequence[str]) -> None:
    old, new = (pd.read_excel(path, keep_default_na=False).set_index("id") for path in paths)
    both = old.index.intersection(new.index)
    a, b = old.loc[both], new.loc[both]
    print(int((a != b).sum().sum()), len(new) - len(both), len(old) - len(both))


main(sys.argv[1:])
