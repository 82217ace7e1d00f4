"""What a publication says of single cases: an explanation of each on a list, and each municipality's reply form.

Belongs here: gathering both from the warehouse, for the editions that have cases. Does not belong here: explaining
(``rules``), the form (``replies``) and the files (``reports``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipelines.configuration import PublicationSettings
from pipelines.replies import reply_form
from pipelines.rules.listed_cases import ListedCase, listed_cases


@dataclass(frozen=True)
class CaseMaterial:
    """The cases on the lists, and the reply forms by municipality code."""

    cases: Sequence[ListedCase] = ()
    forms: Mapping[str, bytes] = field(default_factory=dict)


def case_material(connection: Any, as_of: date, settings: PublicationSettings) -> CaseMaterial:
    """Return what a publication with these editions and formats says of single cases.

    The forms belong to the packs; a municipality without a late case has none.
    """
    if not {"direktorat", "kommune"} & set(settings.editions) or "html" not in settings.formats:
        return CaseMaterial()
    if "kommune" not in settings.editions:
        return CaseMaterial(listed_cases(connection))
    return CaseMaterial(listed_cases(connection), reply_form.templates(connection, as_of))
