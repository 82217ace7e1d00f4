"""Stage 2, judged: each row is loaded, or set aside with its reason; the rows as they then lie on disk.

Belongs here: canonical values, row faults, warnings, the folder of judged rows. Does not belong here: reading files
(``receiving``), and the delivery as a whole in the sender's words (``expectations``).
"""
