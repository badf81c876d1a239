"""How well duplicates are found: measured against lists whose duplicates are known."""
