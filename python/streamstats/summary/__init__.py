"""Statistics of a distribution, and the rules that mark outliers: pure functions of numbers."""
