"""Reading what a database says of how it would run a query: one module a dialect."""
