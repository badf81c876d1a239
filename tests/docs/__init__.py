"""The documentation is tried here: its commands run, its tables compared with the code, its links followed."""
