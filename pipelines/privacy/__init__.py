"""Personal data kept out of everything stored and printed.

Belongs here: civil registration numbers, pseudonyms and their key, exceptions without values. Does not belong here:
which columns are personal (the contract) and disclosure by figures (``disclosure``).
"""
