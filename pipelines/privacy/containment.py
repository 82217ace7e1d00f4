"""Exceptions without values: what fails while personal data is at hand is told by type, place and number of rows.

Belongs here: the wrapper that lets no exception carry a value. Does not belong here: pseudonyms (``pseudonyms``).
"""

from __future__ import annotations

import errno
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar, cast

from pipelines import failure_report
from pipelines.errors import PassingError, UserError
from pipelines.privacy.civil_registration import mask_numbers

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class ContainedError(UserError):
    """An unforeseen failure, told by type, place and number of rows; its own message may quote a person's data."""


def contained(work: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let no exception of the function carry a value: it becomes type, place and number of rows.

    The new exception is raised outside the handler, since one raised inside it keeps the old one as its context. A
    UserError is written without values and passes, freed of whatever it was raised from. Generators are contained too.
    """
    if inspect.isgeneratorfunction(work):

        @functools.wraps(work)
        def contained_steps(*arguments: Parameters.args, **named: Parameters.kwargs) -> Iterator[Any]:
            failure: UserError | None = None
            try:
                yield from cast("Iterator[Any]", work(*arguments, **named))
            except Exception as error:
                failure = _without_values(error, arguments)
            if failure is not None:
                raise failure

        return cast("Callable[Parameters, Result]", contained_steps)

    @functools.wraps(work)
    def contained_work(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        try:
            return work(*arguments, **named)
        except Exception as error:
            failure = _without_values(error, arguments)
        raise failure

    return contained_work


_SYSTEM = {
    errno.ENAMETOOLONG: "stien er længere, end systemet tillader. Brug kortere navne",
    errno.ENOENT: "filen eller mappen findes ikke (længere). Læg den tilbage, og kør igen",
    errno.ENOTDIR: "en del af stien er en fil og ingen mappe. Ret stien",
    errno.EISDIR: "der ligger en mappe, hvor der skulle være en fil. Flyt den, og kør igen",
    errno.EEXIST: "der ligger allerede noget på stedet. Flyt det, og kør igen",
    errno.EACCES: "din konto har ikke adgang. Giv den adgang, og kør igen",
    errno.EPERM: "din konto har ikke lov til det. Giv den adgang, og kør igen",
    errno.EROFS: "drevet kan kun læses. Vælg et andet sted",
    errno.ENOSPC: "drevet er fuldt. Gør plads, og kør igen",
    errno.EDQUOT: "kontoens plads på drevet er brugt op. Gør plads, og kør igen",
    errno.EIO: "drevet kan ikke læses eller skrives. Kontrollér det, og kør igen",
    errno.ESTALE: "forbindelsen til drevet er gået tabt. Opret den, og kør igen",
    errno.EMFILE: "programmet har for mange filer åbne. Hæv systemets grænse",
    errno.ELOOP: "links peger på hinanden. Ret dem",
    errno.ETIMEDOUT: "drevet svarer ikke. Kontrollér forbindelsen, og kør igen",
    errno.EBUSY: "filen er optaget af et andet program. Vent lidt, og kør igen",
}
# What may be over in a moment; trying again mends nothing else.
_PASSING = {errno.ESTALE, errno.ETIMEDOUT, errno.EBUSY}


def told_by_system(error: BaseException) -> str | None:
    """Return what the system itself says of a path, in Danish; None when the error is of another kind."""
    if not isinstance(error, OSError) or error.errno not in _SYSTEM:
        return None
    path = mask_numbers(str(error.filename)) if error.filename else "En fil"
    printable = "".join(character if character.isprintable() else "?" for character in path)
    short = printable if len(printable) <= 200 else f"{printable[:120]}...{printable[-60:]}"
    return f"{short}: {_SYSTEM[error.errno]}. Intet af det hidtidige er ændret."


def _without_values(error: Exception, arguments: tuple[Any, ...]) -> UserError:
    if (told := told_by_system(error)) is not None:
        return (PassingError if isinstance(error, OSError) and error.errno in _PASSING else UserError)(told)
    if isinstance(error, UserError):
        error.__context__ = error.__cause__ = None
        return error.with_traceback(None)
    rows = next(
        (len(argument) for argument in arguments if isinstance(argument, list) or hasattr(argument, "shape")), None
    )
    counted = "" if rows is None else f", {rows} rækker"
    return ContainedError(
        f"Uventet fejl ({type(error).__name__} ved {failure_report.place_of(error)}{counted}). Teksten vises ikke, da "
        f"den kan indeholde personoplysninger. Intet af det hidtidige er ændret. {failure_report.keep(error)}"
    )
