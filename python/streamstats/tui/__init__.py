"""The screen on which logs are followed. Textual is imported with it, and by nothing else."""
