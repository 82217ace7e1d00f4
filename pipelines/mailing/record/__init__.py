"""What is known of the mailing: the outbox, the ledger and its states.

Belongs here: what must never be lost and is only ever added to. Does not belong here: what a message says
(``message``), and the steps.
"""
