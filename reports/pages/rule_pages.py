"""One duty across the country: its map, its funnel plot and its table of all municipalities.

Belongs here: the parts of a page that is about a duty rather than a unit. Does not belong here: HTML and drawing.
No municipality is ranked: the table is in Danish order of names, and small numbers are neither shaded nor compared.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from pipelines import vocabulary
from pipelines.danish import number, percent
from pipelines.units import NATION
from pipelines.vocabulary import word
from reports.charts import charts, tile_map
from reports.editions import Edition, page_units, rule_folder, unit_folder
from reports.figures.data import Figure, ReportData, Rule, Unit
from reports.figures.notice import edition_words
from reports.figures.statistics import SMALLEST_COMPARED
from reports.pages.duties import OTHERS_CAN_CAUSE, rules_of
from reports.pages.unit_pages import header, nation_share, placement
from reports.words import present, wording

PLACEMENTS = {
    0: "inden for tilfældige udsving",
    -1: "under 95 pct.-grænsen",
    1: "over 95 pct.-grænsen",
    -2: "under 99,8 pct.-grænsen",
    2: "over 99,8 pct.-grænsen",
    None: "sammenlignes ikke",
}


def map_part(edition: Edition, data: ReportData, rule: Rule, root: str) -> dict[str, Any]:
    """Return the map and the funnel plot of one duty in the rolling year."""
    municipalities = [unit for unit in page_units(edition, data) if unit.level == "municipality"]
    tiles: dict[str, tile_map.Tile] = {}
    points: list[charts.FunnelPoint] = []
    few = hidden = 0
    for unit in municipalities:
        figure = data.figure(unit.key, rule.rule_id, "rolling4", data.quarter) or Figure(0, 0, 0, 0, None, None, None)
        place = placement(data, rule, figure)
        if place is not None:
            assert figure.due is not None and figure.met is not None
            points.append(charts.FunnelPoint(unit.name, figure.met, figure.due, place))
        elif figure.due is None or figure.met is None:
            hidden += 1
        else:
            few += 1
        tiles[unit.code] = _tile(unit, figure, edition, root)
    others = [
        (one.title, root + rule_folder(one.rule_id) + "index.html")
        for _anchor, _title, rules in rules_of(data, "municipality")
        for one in rules
        if one.rule_id != rule.rule_id
    ]
    share = nation_share(data, rule)
    part: dict[str, Any] = {
        "title": rule.title,
        "drawing": tile_map.draw(tiles, f"Kort over kommunerne: {rule.title}"),
        "legend": [words for _limit, words in tile_map.CLASSES],
        "others": others,
        "funnel": None,
    }
    # A rate that others have a part in is no ground for naming a municipality in public.
    may_name = edition.full or rule.rule_id not in OTHERS_CAN_CAUSE
    part["funnel_text"] = funnel_text(points, few, hidden, share, may_name=may_name)
    if rule.rule_id in OTHERS_CAN_CAUSE:
        part["funnel_text"] += Markup("<p>{}</p>").format(wording.others_too_sentence(rule))
    if points and share is not None:
        words = (
            f"{rule.title}: andel til tiden over antal frister for {number(len(points))} kommuner, med grænser for "
            "tilfældige udsving omkring hele landets andel. Tallene står i tabellen over kommuner."
        )
        part["funnel"] = charts.funnel(points, share, words)
    return part


def _tile(unit: Unit, figure: Figure, edition: Edition, root: str) -> tile_map.Tile:
    link = root + unit_folder(unit) + "index.html"
    if figure.due is None or figure.met is None:
        return tile_map.Tile(vocabulary.HIDDEN, 0, f"{unit.name}: {vocabulary.HIDDEN_IN_WORDS}", link)
    if figure.rate is None:
        return tile_map.Tile(vocabulary.NOTHING, 0, f"{unit.name}: {vocabulary.NOTHING_IN_WORDS}", link)
    count = f"{number(figure.met)} af {number(figure.due)}"
    words = f"{unit.name}: {count} ({percent(figure.rate, edition.decimals)})"
    if figure.due < SMALLEST_COMPARED:
        return tile_map.Tile(present.share(figure.rate, 0), 0, f"{words}, under {SMALLEST_COMPARED} frister", link)
    return tile_map.Tile(present.share(figure.rate, 0), tile_map.shade(figure.rate), words, link)


def funnel_text(
    points: list[charts.FunnelPoint], few: int, hidden: int, share: float | None, *, may_name: bool = True
) -> Markup:
    """Return what the funnel plot shows and what it leaves out, and why."""
    if share is None or not points:
        return Markup(
            "<p>Der vises ingen sammenligning: ingen kommune har mindst {} frister, der kan vises, i perioden. "
            "Med færre frister kan én sag flytte andelen mere end 5 procentpoint.</p>"
        ).format(SMALLEST_COMPARED)
    outer = [point.name for point in points if abs(point.position) == 2]
    between = sum(abs(point.position) == 1 for point in points)
    text = Markup(
        "<p>Hvert punkt er en kommune. Jo flere frister, desto snævrere ligger det, som tilfældigheder giver omkring "
        "hele landets {} (stiplet linje). Ved ren tilfældighed ligger omkring 1 ud af 20 kommuner uden for de prikkede "
        "grænser (95 pct.) og 1 ud af 500 uden for de fuldt optrukne (99,8 pct.). {}</p>"
    )
    if outer:
        kommuner = "1 kommune" if len(outer) == 1 else f"{number(len(outer))} kommuner"
        who = _listed(outer) if may_name else kommuner
        found = f"Uden for de yderste grænser ligger {who}; det er næppe tilfældigt, men kan have gode grunde."
    else:
        found = "Ingen kommune ligger uden for de yderste grænser."
    if between:
        kind = "kommune" if between == 1 else "kommuner"
        found += f" {number(between)} {kind} ligger mellem de to grænser, hvilket kan være tilfældigt."
    left = Markup("")
    if few or hidden:
        parts = []
        if few:
            parts.append(
                f"{number(few)} {'kommune' if few == 1 else 'kommuner'} har under {SMALLEST_COMPARED} frister og er "
                "ikke med, fordi én sag dér kan flytte andelen mere end 5 procentpoint"
            )
        if hidden:
            parts.append(f"for {number(hidden)} er tallene {vocabulary.HIDDEN_IN_WORDS}")
        sentence = "; ".join(parts)
        left = Markup("<p>{}.</p>").format(sentence[0].upper() + sentence[1:])
    return text.format(percent(share, 0), found) + left


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} og {names[-1]}"


def rule_page(edition: Edition, data: ReportData, rule: Rule) -> dict[str, Any]:
    """Return everything the page of one duty says."""
    page = header(edition, data, rule_folder(rule.rule_id), rule.title)
    root = page["root"]
    absent = Figure(0, 0, 0, 0, None, None, None)
    rows, upper, institutions = [], [], []
    for unit in page_units(edition, data):
        figure = data.figure(unit.key, rule.rule_id, "rolling4", data.quarter) or absent
        cell = present.shown(figure, SMALLEST_COMPARED, edition.decimals)
        link = root + unit_folder(unit) + "index.html"
        if unit.level == "municipality":
            region = data.units.get(("region", unit.region_code or ""))
            name = region.name.removeprefix("Region ") if region else ""
            rows.append((unit.name, link, name, cell, PLACEMENTS[placement(data, rule, figure)]))
        elif unit.level == "institution":
            if figure.due:
                institutions.append((unit.name, link, cell))
        else:
            upper.append((wording.unit_name(unit), link, cell))
    nation = data.figure(NATION, rule.rule_id, "rolling4", data.quarter) or absent
    page |= {
        "rule": rule,
        "notice": edition_words(data.notice.about(rule.rule_id) if data.notice else None, data.titles()),
        "norm_word": word(vocabulary.NORMS, rule.norm),
        "norm_explained": vocabulary.NORMS_EXPLAINED.get(rule.norm, ""),
        "party": word(vocabulary.PARTIES, wording.breach_party(rule)),
        "nation": present.shown(nation, SMALLEST_COMPARED, edition.decimals),
        "map": map_part(edition, data, rule, root),
        "rows": rows,
        "upper": upper,
        "institutions": institutions,
    }
    return page
