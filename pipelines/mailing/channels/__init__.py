"""The ways in which a parcel is handed over: by mail, or as a message of Digital Post.

Belongs here: one module for each way, all with the interface of ``interface.Channel``. Does not belong here: what a
parcel holds and whose it is (``parcels``), approvals, the ledger and the order of steps (``sending``).
"""
