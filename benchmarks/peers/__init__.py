"""Hand-written scripts that do the work of a peer, each run as a whole process in an environment of the peers."""
