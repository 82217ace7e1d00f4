"""The part of the style sheet that one page needs, for the pages that hold their style themselves.

Belongs here: leaving rules out. Does not belong here: the rules (``assets/side.css``), and which pages hold their own.

A page of a pack is whole when it leaves its folder alone; it runs no script, so that its classes are those it is
written with, and a rule for a class that it does not have says nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CLASSES = re.compile(r'class="([^"]*)"')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PART = re.compile(r"(?P<head>@media[^{]*)\{(?P<inner>(?:[^{}]*\{[^{}]*\})*)\s*\}\n?|(?P<rule>[^{}]*\{[^{}]*\}\n?)")
_NEGATED = re.compile(r":not\([^)]*\)")
_CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")


def needed(style: str, page: str) -> str:
    """Return the rules of a style sheet that can match something on the page, in their order."""
    return _for_classes(style, frozenset(name for names in _CLASSES.findall(page) for name in names.split()))


@lru_cache(maxsize=256)
def _for_classes(style: str, classes: frozenset[str]) -> str:
    parts = []
    for part in _PART.finditer(_COMMENT.sub("", style)):
        if part["rule"]:
            parts.append(_rule(part["rule"], classes))
        else:
            inner = "".join(_rule(one[0], classes) for one in _PART.finditer(part["inner"]))
            parts.append(f"{part['head']}{{{inner}}}" if inner else "")
    return "".join(parts)


def _rule(rule: str, classes: frozenset[str]) -> str:
    selectors, _brace, body = rule.strip().partition("{")
    kept = [one for one in selectors.split(",") if classes.issuperset(_CLASS.findall(_NEGATED.sub("", one)))]
    return f"{','.join(kept)}{{{body}" if kept else ""
