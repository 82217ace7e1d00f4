"""One delivery's life from the landing folder to its end: receiving ties stages 1 and 2 together for each batch.

Belongs here: which batches there are and their state, receiving one, its rows again, withdrawing, returning, expiry,
and what is held about a person. Does not belong here: bytes (``receiving``) and rows (``judging``) themselves.
"""
