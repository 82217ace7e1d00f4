"""One module per sub-command: its arguments, and the call that does the work. No logic of their own."""
