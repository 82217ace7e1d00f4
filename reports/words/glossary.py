"""The words that a page explains where they stand: a term, and what it means to a reader who has not read the method.

Belongs here: one sentence for each word that a page's tables use and everyday Danish does not settle. Does not belong
here: a rule's definition (the method page) and what the words are called in code (``docs/ordliste.md``).
"""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

from reports.figures.statistics import SMALLEST_COMPARED

GLOSSARY: Final = {
    "forfaldne": (
        "Forfaldne",
        "Pligter, hvis frist udløb i perioden og før opgørelsesdagen: til tiden, for sent og ikke gjort lagt sammen.",
    ),
    "til-tiden": ("Til tiden", "Pligten var opfyldt senest på fristens dag."),
    "for-sent": ("For sent", "Pligten blev opfyldt efter fristen."),
    "ikke-gjort": ("Ikke gjort", "Fristen er gået, og det er ikke registreret, at pligten er opfyldt."),
    "andel": ("Andel", "Til tiden ud af alle forfaldne, i procent. Den står altid ved siden af begge tal."),
    "interval": (
        "95 pct.-interval",
        "Hvor lav og hvor høj andelen kunne være, når man ser bort fra tilfældigheder. Jo færre frister, desto "
        f"bredere. Med under {SMALLEST_COMPARED} frister sammenlignes der ikke.",
    ),
    "norm": (
        "Norm",
        "Lovkrav er fastsat i lov eller bekendtgørelse. Anbefalinger står i Kriminalforsorgens guide, og indikatorer "
        "har en dag, som er sat i denne opgørelse; en overskredet dato dér er ikke et brud på loven.",
    ),
    "borgerne": (
        "Det, borgerne mødte",
        "Alle forfaldne frister, uanset om forsinkelsen skyldtes den, der har pligten, eller en anden.",
    ),
    "kernepligt": (
        "Kernepligt",
        "De syv pligter, som en løsladelse beskrives ved: kontakt om handleplan, skrevet op til bolig eller grunden "
        "noteret, afgørelse og udbetaling af engangshjælp, løsladelsesmøde holdt, tilsynet inviteret og vurderingen "
        "overleveret.",
    ),
    "overskredet": ("Overskredet", "Fristen er gået, men pligten kan stadig opfyldes."),
    "foreloebigt": (
        "Foreløbigt",
        "Kvartalet er ikke forbi, eller de løsladelser, som pligtens frister regnes fra, er ikke alle kommet: tallet "
        "kan ændre sig i næste udgivelse.",
    ),
}
USED = re.compile(r'popovertarget="ord-([a-z-]+)"')


def term(key: str, text: str | None = None) -> Markup:
    """Return a word as a button that shows what it means; it needs no script, and a keyboard reaches it.

    Raises KeyError for a word that the glossary does not have.
    """
    return Markup('<button type="button" class="term" popovertarget="ord-{}">{}</button>').format(
        key, text or GLOSSARY[key][0]
    )


def explanations(text: str) -> str:
    """Return the explanations of the words that a page uses, once each."""
    return "".join(
        f'<div popover id="ord-{key}" class="meaning"><strong>{escape(GLOSSARY[key][0])}.</strong> '
        f"{escape(GLOSSARY[key][1])}</div>"
        for key in dict.fromkeys(USED.findall(text))
    )
