"""Raw sheets → one refined table and everything that was decided on the way.

Each step is a pure function on values. What stands between the normalisers and the steps that find duplicates, choose
survivors and keep ids is the prepared frame of :mod:`hotpass.refine.records`.
"""
