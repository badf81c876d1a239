"""Several writers at once, as one program whose time can be taken: ``crowd.py WHAT WRITERS ACTS``.

It starts itself once for each writer, so it stands alone and imports nothing of the benchmarks.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_TIMEOUT = 3600.0


def main(what: str, writers: int, acts: int) -> int:
    """Start that many writers, which share that many acts; 0 when all did theirs."""
    shares = [range(number, acts, writers) for number in range(writers)]
    started = [
        subprocess.Popen([sys.executable, __file__, what, "share", *map(str, share)]) for share in shares
    ]
    return max(writer.wait() for writer in started)


def share(what: str, numbers: list[int]) -> int:
    """Be one writer."""
    from hotpass.versioning import DVCManager

    manager = DVCManager(Path.cwd(), lock_timeout=_TIMEOUT)
    for number in numbers:
        if what == "bumps":
            manager.bump("patch", "refined_data", tag=True)
        else:
            manager.add(f"sets/set{number}.csv")
            manager.set_version("1.0.0", f"set{number}", tag=True)
    return 0


if __name__ == "__main__":
    if sys.argv[2] == "share":
        sys.exit(share(sys.argv[1], [int(word) for word in sys.argv[3:]]))
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
