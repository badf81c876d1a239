"""Hotpass: refined datasets from messy spreadsheets, released as semantic versions on git and DVC.

Versions of datasets are in :mod:`hotpass.versioning`; the errors everything raises in :mod:`hotpass.errors`.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
