"""Synthetic deliveries: what the client system could have sent, about people who cannot exist.

Belongs here: an invented world of cases and the batches a client system would deliver of it, for demonstrations, load
tests and trying out changes. Does not belong here: reading or judging a delivery (that is the pipeline's own work, and
this package must not borrow from it, or a mistake could agree with itself). Only the standard library and xlsxwriter
are used, so that the command starts at once.

Every share and delay in this package is our own assumption, chosen so that reports have something to show. None is a
published figure.
"""
