"""What yields bytes, and the counting of them."""
