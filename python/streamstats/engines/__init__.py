"""What drives a scan from sources to a tally."""
