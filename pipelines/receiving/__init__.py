"""Stage 1, received: a delivery's bytes, read as they came and kept as they came.

Belongs here: the landing folder, files of each format as rows of text, refusals, and the archive of received bytes.
Does not belong here: whether a row's values are right (``judging``), and what becomes of a batch (``batches``).
"""
