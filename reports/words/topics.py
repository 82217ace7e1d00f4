"""The duties of a page by topic, in the order of a case.

Belongs here: which duty stands under which heading. Does not belong here: what a topic is called (``vocabulary``) and
which topic a rule names (the YAML beside it).
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.rules.documentation import topic
from pipelines.vocabulary import TOPICS
from pipelines.warehouse import rule_models
from reports.figures.data import Rule


def by_topic(rules: Iterable[Rule]) -> list[tuple[str, str, list[Rule]]]:
    """Return anchor, title and duties of each topic that has any, the duties in the catalogue's order."""
    order = {rule_id: place for place, rule_id in enumerate(rule_models.kinds())}
    found: dict[str, list[Rule]] = {anchor: [] for anchor in TOPICS}
    for rule in sorted(rules, key=lambda rule: order.get(rule.rule_id, len(order))):
        found[topic(rule.rule_id)].append(rule)
    return [(anchor, TOPICS[anchor], group) for anchor, group in found.items() if group]
