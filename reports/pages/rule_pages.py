"""One duty across the country: its map, its funnel plot and its table of all municipalities.

Belongs here: the parts of a page that is about a duty rather than a unit. Does not belong here: HTML and drawing.
No municipality is ranked: the table is in Danish order of names, and small numbers are neither shaded nor compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from pipelines import vocabulary
from pipelines.danish import number, percent
from pipelines.units import NATION, Key
from pipelines.vocabulary import word
from reports.charts import charts, tile_map
from reports.editions import Edition, page_units, rule_folder, unit_folder
from reports.figures import statistics
from reports.figures.data import ABSENT, Figure, ReportData, Rule, Unit
from reports.figures.judged import has_own_rate, is_judged, judged, own_party
from reports.figures.notice import edition_words
from reports.figures.pooled import added, year_figures
from reports.figures.statistics import SMALLEST_COMPARED
from reports.pages.duties import rules_of
from reports.pages.page_header import header
from reports.pages.unit_pages import placement
from reports.words import municipality_names, present, wording
from reports.words.hidden import HIDDEN_IN_WORDS

# How the caption of the table of two years begins.
TWO_YEARS_ADDED = "To år lagt sammen"
UNITS_IN_WORDS = {"municipality": ("kommune", "kommuner"), "institution": ("institution", "institutioner")}
PLACEMENTS = {
    0: "inden for tilfældige udsving",
    -1: "under 95 pct.-grænsen",
    1: "over 95 pct.-grænsen",
    -2: "under 99,8 pct.-grænsen",
    2: "over 99,8 pct.-grænsen",
    None: "sammenlignes ikke",
}


def map_part(edition: Edition, data: ReportData, rule: Rule, root: str) -> dict[str, Any] | None:
    """Return the map and the funnel plot of one duty, of the units that are judged by it; None where none has a page.

    A duty of the municipalities has both; one of the prison service has no map, and its funnel is of institutions.
    """
    level = "municipality" if is_judged("municipality", rule) else "institution"
    units = [unit for unit in page_units(edition, data) if unit.level == level]
    if not units:
        return None
    tiles: dict[str, tile_map.Tile] = {}
    points: list[charts.FunnelPoint] = []
    few = hidden = 0
    figures, is_two_years = year_figures(data, rule, [unit.key for unit in units])
    window = data.window(level)
    nation = judged(rule, data.figure(NATION, rule.rule_id, *window))
    if is_two_years:
        nation = added(nation, judged(rule, data.figure(NATION, rule.rule_id, *window.before) or ABSENT))
    share = nation.rate
    for unit in units:
        figure = figures[unit.key]
        if share is not None and figure.met is not None and (figure.due or 0) >= SMALLEST_COMPARED:
            assert figure.due is not None
            place = statistics.position(figure.met, figure.due, share)
            points.append(charts.FunnelPoint(unit.name, figure.met, figure.due, place))
        elif figure.due is None or figure.met is None:
            hidden += 1
        else:
            few += 1
        tiles[unit.code] = _tile(unit, figure, edition, root)
    others = [(title, link) for rule_id, title, link in _compared_duties(data, root) if rule_id != rule.rule_id]
    one, many = UNITS_IN_WORDS[level]
    part: dict[str, Any] = {
        "title": rule.title,
        "rule_id": rule.rule_id,
        "counted": wording.counted(rule, "national"),
        "year_name": f"{window.before.words} og {window.words} lagt sammen" if is_two_years else window.words,
        "is_two_years": is_two_years,
        "counts_caption": f"{TWO_YEARS_ADDED}: {rule.title}",
        "counts": _counts(units, figures) if is_two_years else [],
        "unit_word": word(vocabulary.LEVELS, level),
        "drawing": tile_map.draw(tiles, f"Kort over kommunerne: {rule.title}") if level == "municipality" else None,
        "legend": [words for _limit, words in tile_map.CLASSES],
        "others": others,
        "funnel": None,
        "funnel_text": two_years_text(many, is_two_years) + funnel_text(points, few, hidden, share, one, many),
    }
    if points and share is not None:
        words = (
            f"{rule.title}: andel til tiden{part['counted']} over antal frister for {number(len(points))} {many}, med "
            f"grænser for tilfældige udsving omkring hele landets andel, {part['year_name']}. Tallene står i tabellen "
            "nedenfor."
        )
        part["funnel"] = charts.funnel(points, share, words, many)
    return part


def two_years_text(many: str, is_two_years: bool) -> Markup:
    """Return why two years are shown as one, where they are."""
    if not is_two_years:
        return Markup("")
    return Markup(
        "<p>De fleste {} har under {} frister på et år. Derfor er de to seneste år lagt sammen her; tabellen over alle "
        "{} nedenfor har det seneste år alene.</p>"
    ).format(many, SMALLEST_COMPARED, many)


def _counts(units: list[Unit], figures: Mapping[Key, Figure]) -> list[tuple[str, str, str, str]]:
    """Return the two years of each unit as a table: name, deadlines, in time, and the share where it is compared."""
    rows = []
    for unit in units:
        shown = present.beside_others(figures[unit.key], SMALLEST_COMPARED, 0)
        rows.append((unit.name, shown.due, shown.met, shown.rate))
    return rows


def _tile(unit: Unit, figure: Figure, edition: Edition, root: str) -> tile_map.Tile:
    link = root + unit_folder(unit) + "index.html"
    if figure.due is None or figure.met is None:
        return tile_map.Tile(vocabulary.HIDDEN, 0, f"{unit.name}: {HIDDEN_IN_WORDS}", link)
    if figure.rate is None:
        return tile_map.Tile(vocabulary.NOTHING, 0, f"{unit.name}: {vocabulary.NOTHING_IN_WORDS}", link)
    count = f"{number(figure.met)} af {number(figure.due)}"
    words = f"{unit.name}: {count} ({percent(figure.rate, edition.decimals)})"
    if figure.due < SMALLEST_COMPARED:
        return tile_map.Tile(vocabulary.FEW, 0, f"{words}, under {SMALLEST_COMPARED} frister", link)
    return tile_map.Tile(present.share(figure.rate, 0), tile_map.shade(figure.rate), words, link)


def funnel_text(
    points: list[charts.FunnelPoint], few: int, hidden: int, share: float | None, one: str, many: str
) -> Markup:
    """Return what the funnel plot of units (in the singular and the plural) shows, what it leaves out, and why."""
    if share is None or not points:
        return Markup(
            "<p>Der vises ingen sammenligning: ingen {} har mindst {} frister, der kan vises, i perioden. "
            "Med færre frister kan én sag flytte andelen mere end 5 procentpoint.</p>"
        ).format(one, SMALLEST_COMPARED)
    outer = [point.name for point in points if abs(point.position) == 2]
    between = sum(abs(point.position) == 1 for point in points)
    text = Markup(
        "<p>Hvert punkt er en {}. Jo flere frister, desto snævrere ligger det, som tilfældigheder giver omkring "
        "hele landets {} (stiplet linje). Ved ren tilfældighed ligger omkring 1 ud af 20 {} uden for de prikkede "
        "grænser (95 pct.) og 1 ud af 500 uden for de fuldt optrukne (99,8 pct.). {}</p>"
    )
    if outer:
        found = (
            f"Uden for de yderste grænser ligger {_listed(outer)}; det er næppe tilfældigt, men kan have gode grunde."
        )
    else:
        found = f"Ingen {one} ligger uden for de yderste grænser."
    if between:
        kind = one if between == 1 else many
        found += f" {number(between)} {kind} ligger mellem de to grænser, hvilket kan være tilfældigt."
    left = Markup("")
    if few or hidden:
        parts = []
        if few:
            parts.append(
                f"{number(few)} {one if few == 1 else many} har under {SMALLEST_COMPARED} frister og er "
                "ikke med, fordi én sag dér kan flytte andelen mere end 5 procentpoint"
            )
        if hidden:
            parts.append(f"for {number(hidden)} er tallene {HIDDEN_IN_WORDS}")
        sentence = "; ".join(parts)
        left = Markup("<p>{}.</p>").format(sentence[0].upper() + sentence[1:])
    return text.format(one, percent(share, 0), many, found) + left


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} og {names[-1]}"


def _compared_duties(data: ReportData, root: str) -> list[tuple[str, str, str]]:
    """Return the duties under which municipalities are compared: id, title and page."""
    return [
        (rule.rule_id, rule.title, root + rule_folder(rule.rule_id) + "index.html")
        for _anchor, _title, rules in rules_of(data, "municipality")
        for rule in rules
        if is_judged("municipality", rule)
    ]


def rule_page(edition: Edition, data: ReportData, rule: Rule) -> dict[str, Any]:
    """Return everything the page of one duty says."""
    page = header(edition, data, rule_folder(rule.rule_id), rule.title)
    root = page["root"]
    rows, upper, institutions = [], [], []
    for unit in page_units(edition, data):
        whole = data.year(unit.key, rule.rule_id) or ABSENT
        cell = present.beside_others(judged(rule, whole), SMALLEST_COMPARED, edition.decimals)
        link = root + unit_folder(unit) + "index.html"
        place = PLACEMENTS[placement(data, rule, unit)]
        if unit.level == "municipality":
            region = data.units.get(("region", unit.region_code or ""))
            name = region.name.removeprefix("Region ") if region else ""
            rows.append((unit.name, link, name, cell, place, unit.code, municipality_names.found_by(unit.code)))
        elif unit.level == "institution":
            if whole.due:
                institutions.append((unit.name, link, cell, place))
        else:
            citizens = present.beside_others(whole, SMALLEST_COMPARED, edition.decimals)
            upper.append((wording.unit_name(unit), link, cell, citizens, data.window(unit.level).words))
    nation = data.year(NATION, rule.rule_id) or ABSENT
    page |= {
        "rule": rule,
        "notice": edition_words(data.notice.about(rule.rule_id) if data.notice else None, data.titles()),
        "norm_word": word(vocabulary.NORMS, rule.norm),
        "norm_explained": vocabulary.NORMS_EXPLAINED.get(rule.norm, ""),
        "party": word(vocabulary.PARTIES, own_party(rule)),
        "counted": wording.counted(rule, "national"),
        "nation": present.shown(judged(rule, nation), SMALLEST_COMPARED, edition.decimals),
        "citizens": wording.citizens_sentence(rule, nation, "national") if has_own_rate(rule) else "",
        "has_own_rate": has_own_rate(rule),
        "judges_municipalities": is_judged("municipality", rule),
        "municipal_year": data.window("municipality").words,
        "map": map_part(edition, data, rule, root),
        "rows": rows,
        "compared_duties": _compared_duties(data, root),
        "upper": upper,
        "institutions": institutions,
    }
    return page
