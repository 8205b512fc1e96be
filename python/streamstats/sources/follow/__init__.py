"""Files that grow: finding, identifying, reading and remembering them, and waiting for more."""
