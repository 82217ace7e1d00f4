"""Everything the README says one may add, really added, in a copy of the project."""
