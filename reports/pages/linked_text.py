"""A cell's text that leads somewhere on a page, and is plain text everywhere else. Belongs here: that, nothing else."""

from __future__ import annotations


class LinkedText(str):
    """A cell's text, and where it leads on a page."""

    __slots__ = ("link",)
    link: str

    def __new__(cls, text: str, link: str) -> LinkedText:
        """Make the text with its link."""
        made = super().__new__(cls, text)
        made.link = link
        return made
