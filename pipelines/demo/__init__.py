"""Synthetic deliveries: what the client system could have sent, about people who cannot exist.

Belongs here: an invented world of cases and the batches a client system would deliver of it, for demonstrations, load
tests and trying out changes. Does not belong here: reading or judging a delivery (that is the pipeline's own work, and
this package must not borrow from it, or a mistake could agree with itself); of the pipeline only the contract is read,
for the order of the columns and to fill those that have no meaning here.

The world is drawn whole, as arrays of days and texts with one row per case or event, each with the day on which the
source system knew it; a delivery is what of it was known on a day. What the world is like stands in ``assumptions``,
each number with its source, and most of them are our own assumption: none is a published figure about an authority.
"""
