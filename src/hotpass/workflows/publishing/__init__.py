"""Publishing releases and looking whether each can be brought back: what both verbs stand on."""
