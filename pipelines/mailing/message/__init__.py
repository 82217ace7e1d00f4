"""What a message says and to whom: the register of contacts, addresses, the list in its forms, letter and mail.

Belongs here: everything that can be made again from the same register. Does not belong here: what is known of what was
sent (``record``) and sending.
"""
