"""The part of the method page that comes from a rule's own documentation: whom it covers, and its worked examples.

Belongs here: turning rule pages into HTML. Does not belong here: gathering them (``pipelines.rules.gathered``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from pipelines.rules.gathered import RulePage


def explanations(pages: Iterable[RulePage]) -> Mapping[str, Markup]:
    """Return, by rule, its population and its worked examples as HTML; every text is escaped."""
    return {page.rule_id: _explanation(page) for page in pages}


def _explanation(page: RulePage) -> Markup:
    examples = Markup("").join(
        Markup("<li>{}</li>").format(example.text) for example in page.examples if "what_if" not in example.name
    )
    listed = Markup("<p>Eksempler, som beregningen prøves på:</p><ul>{}</ul>").format(examples) if examples else ""
    return Markup("<p>{}</p>{}").format(escape(page.population), listed)
