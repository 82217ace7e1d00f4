"""The quarterly contact list: prepared, approved by two people, sent once to each municipality, and proved.

Belongs here: the register of contacts, the messages, the outbox, approvals, the ledger, sending and what comes back.
Does not belong here: case data of any kind (only ``contact_register`` opens the warehouse, three tables of it),
the command line (``pipelines/commands/mail.py``, which also holds the only clock).
"""
