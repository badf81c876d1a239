"""One module, which Python loads by itself where this folder is on PYTHONPATH."""
