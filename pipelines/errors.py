"""The errors a user is meant to read, each one clear Danish sentence; nothing else belongs here.

Messages name file, row and remedy, and never a value of a personal field.
"""


class UserError(Exception):
    """The work failed or was refused: the command line prints the Danish message and ends with status 1."""


class WrongUse(UserError):
    """The command was used wrongly: the command line prints the Danish message and ends with status 2."""


class PassingError(UserError):
    """What may be over in a moment, as another run at work or a lost connection to a drive: trying again is of use."""
