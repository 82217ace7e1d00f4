"""Published tables in, pages and documents out; nothing here reads a delivery or judges a case."""
