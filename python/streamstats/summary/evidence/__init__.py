"""Evidence: one file for each kind, each a pure function of a value's facts and what is usual."""
