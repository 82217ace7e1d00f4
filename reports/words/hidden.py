"""What the sign for a hidden figure means, and why a municipality's public year is a calendar year, in Danish.

Belongs here: these words, with the threshold in force. Does not belong here: deciding what is hidden
(``pipelines.disclosure``), and the sign itself (``vocabulary``).
"""

from __future__ import annotations

from typing import Final

from pipelines.configuration import settings
from pipelines.disclosure.figures import HISTORY

THRESHOLD: Final = settings().disclosure.threshold
HIDDEN_IN_WORDS: Final = f"skjult (under {THRESHOLD} eller ingen, eller et tal, som et sådant kunne regnes ud af)"
CALENDAR_YEAR_IN_WORDS: Final = (
    "Kommunernes offentlige tal er hele kalenderår, som trykkes, når året er omme, og rettes én gang et år senere: år, "
    "der overlapper, kunne trækkes fra hinanden, så enkelte borgeres sager kom frem."
)
"""One sentence, wherever a municipality's public year is shown."""
EACH_QUARTER_IN_WORDS: Final = (
    f"Landet, områderne og regionerne har rullende fire kvartaler, når hvert af kvartalerne har mindst {THRESHOLD} "
    f"frister (for pligter om borgerens forhold mindst {THRESHOLD} til tiden og {THRESHOLD} ikke til tiden). Deres "
    f"tidligere rullende år, op til {HISTORY} i alt, trykkes fra den første udgivelse, efter samme regel og som de "
    "tælles da."
)
