"""``python -m hotpass`` is the ``hotpass`` command."""

import sys

from hotpass.cli import main

if __name__ == "__main__":
    sys.exit(main())
