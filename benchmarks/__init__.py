"""Benchmarks: hotpass as a command against dvc, gto, md5sum and cp, in one run on one machine.

``python -m benchmarks`` measures; README.md says what is measured and how to read it. Nothing here is part of the
tool and nothing of it imports hotpass: the command line is measured from outside.
"""
