"""Stage 5, published: pages, documents, figures and their proof brought together in one publication's folder.

Belongs here: what a publication holds and in which order it is made, corrections, files beside it. Does not belong
here: how a page looks (``reports``), what is hidden (``disclosure``), the pointer and the sums (``publications``).
"""
