"""The command line: arguments to calls; no logic."""
