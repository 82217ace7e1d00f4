"""Whole pages of the small world: golden figures, escaping, isolation of editions, and the same bytes every time."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from pipelines.units import NATION, code_folder
from pipelines.vocabulary import HIDDEN
from reports import html
from reports.charts import charts
from reports.editions import FULL, PACK, SHARED
from reports.figures.data import ReportData, Unit
from reports.figures.protected import protected_data
from reports.pages import unit_pages
from reports.publication import make, render
from reports.table_columns import PLACES
from reports.tasks import Sources, Task
from tests.reports.made_rows import revision
from tests.reports.protecting import crude_cells
from tests.reports.rendering import KINDS, sources
from tests.reports.small_world import world
from tests.shared_material import SHARED as SHARED_MATERIAL
from tests.shared_material import needs_shared

PUBLIC_LINK = re.compile(r'<a href="https://(?:www\.retsinformation|digst)\.dk/[^"]*">')
PAYLOAD = '<img src="https://x.example/a" onerror=alert(1)>"\'&{{7*7}}</script>'


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("\xa0", " ").split())


def test_the_page_of_aalborg_tells_its_golden_figures(site: Path) -> None:
    text = words((site / "direktorat/kommune/851/index.html").read_text(encoding="utf-8"))
    figure = world().figure(("municipality", "851"), "aid_paid", "rolling4", "2026-Q3")
    assert figure and (figure.met, figure.due, figure.own_met, figure.own_due) == (40, 61, 39, 55)
    assert (
        "Lovkravet »Engangshjælp udbetalt på løsladelsesdagen« ligger under hele landets 99 pct.: 39 af 55 (71 pct.), "
        "hvor kommunen kunne nå det. Forskellen er større, end tilfældigheder normalt giver."
    ) in text
    assert "Engangshjælp udbetalt på løsladelsesdagen , hvor kommunen kunne nå det Lovkrav 55 39 70,9 58–81" in text
    assert "Det, borgerne mødte: Engangshjælp udbetalt på løsladelsesdagen – 61 40 vises ikke vises ikke" in text
    assert "Syntetiske data." in text


def test_a_provisional_figure_is_marked_at_its_duty_with_what_earlier_quarters_moved(site: Path) -> None:
    page = (site / "direktorat/kommune/851/index.html").read_text(encoding="utf-8")
    text = words(page)
    why = "3. kvartal 2026 er foreløbigt: kun frister før 30. september 2026 er talt med"
    assert f"{why}. Siden første udgivelse er ændret: 2. kvt. 2026 fra 11 af 20 til 12 af 21." in text
    assert f"{why}, og løsladelserne, som fristerne regnes fra, kan komme efter kvartalet." in text
    assert "Ingen kvartaler, der er udgivet før, har ændret sig siden." in text
    assert "11 af 20 (for sent 5, ikke gjort 4) 12 af 21 (for sent 6, ikke gjort 3)" in text
    marked = set(re.findall(r'href="#(\w+)-foreloebig"', page))
    assert {"contact_sentence", "aid_decided"} <= marked
    assert marked == set(re.findall(r'id="(\w+)-foreloebig"', page)), "each mark leads to its reason"


def test_duties_known_too_late_are_shown_apart(site: Path) -> None:
    text = words((site / "direktorat/kommune/851/index.html").read_text(encoding="utf-8"))
    assert "blev først kendt mindre end 28 dage, før de udløb (kort varsel)" in text
    assert "Kun kort varsel 3 1 33,3" in text and "Uden kort varsel 8 6 75,0" in text


def test_every_page_is_danish_marked_as_synthetic_and_names_nothing_outside(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for path in pages:
        text = path.read_text(encoding="utf-8").replace("&#39;", "'")
        language = "en" if path.name == "english.html" else "da"
        assert f'<html lang="{language}">' in text and "Syntetiske data." in text, path
        # Nothing is loaded from outside; a reader may go to the law's own text and to the authority that supervises.
        text = PUBLIC_LINK.sub("<a>", text)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//|url\((?!data:)', text), path
        assert "default-src 'none'" in text and "http:" not in text and "https:" not in text, path
        for target in re.findall(r'(?:src|href)="([^"#]+)(?:#[^"]*)?"', text):
            assert not target.startswith("/"), (path, target)


def test_every_link_leads_to_a_page_that_the_edition_has(tmp_path: Path) -> None:
    """Of many units alike, some: every area and region, and each fourth municipality and institution."""
    data = world()
    gone = {key for number, key in enumerate(data.units) if key[0] in ("municipality", "institution") and number % 4}
    some = {key: unit for key, unit in data.units.items() if key not in gone}
    figures = {key: data.figures[key] for key in data.figures.keys() - gone}
    assert len(some) > 30
    every_link_leads_somewhere(dataclasses.replace(data, units=some, figures=figures), tmp_path)


def every_link_leads_somewhere(data: ReportData, folder: Path) -> None:
    """Make the pages in a folder and follow each link of each of them."""
    render(data, None, folder / "out", editions=("direktorat",), formats=("html",))
    root = folder / "out" / "direktorat"
    anchors: dict[Path, set[str]] = {}
    for path in root.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        anchors[path.resolve()] = set(re.findall(r'id="([^"]+)"', text))
    for path in list(anchors):
        text = PUBLIC_LINK.sub("<a>", path.read_text(encoding="utf-8"))
        for target, anchor in re.findall(r'href="([^"#]*)(?:#([^"]*))?"', text):
            goal = (path.parent / target).resolve() if target else path
            assert goal.exists(), (path, target)
            if anchor:
                assert anchor in anchors[goal], (path, target, anchor)


def test_the_nations_page_stays_below_half_a_megabyte(site: Path) -> None:
    assert (site / "direktorat/index.html").stat().st_size < 500_000
    assert (site / "delt/index.html").stat().st_size < 500_000


def cells_of_numbers(table: Any) -> Iterator[Any]:
    """Yield the cells of a table's columns of numbers; a column of drawings has a scale as its heading."""
    classes = table.get("class", "").split()
    begun = [place for place, name in enumerate(PLACES) if f"numbers-from-{name}" in classes]
    single = {place for place, name in enumerate(PLACES) if f"number-{name}" in classes}
    (*_above, heads) = table.iterfind("thead/tr")
    for row in table.iterfind("tbody/tr"):
        if row.get("class") == "citizens":
            continue  # what is told of them is less
        for place, (cell, head) in enumerate(zip(row, heads)):
            is_number = place in single or any(place >= first for first in begun)
            if cell.tag == "td" and is_number and head.get("class") != "scale":
                yield cell


def test_no_cell_is_empty_and_hiding_has_one_sign(site: Path) -> None:
    seen = 0
    for path in (site / "delt").rglob("*.html"):
        for table in lxml.html.parse(path).iterfind(".//table"):
            for cell in cells_of_numbers(table):
                assert cell.text_content().strip(), path
                seen += 1
    assert seen > 2000
    text = (site / "delt/pligt/housing_registered/index.html").read_text(encoding="utf-8")
    assert "skjult (under 5 eller ingen" in text and '<span class="hid"' in text


def test_the_nation_lists_all_municipalities_in_table_and_map(site: Path) -> None:
    text = (site / "direktorat/index.html").read_text(encoding="utf-8")
    names = [unit.name for unit in world().units_of("municipality")]
    listed = re.findall(r'<th scope="row"><a href="kommune/\d{3}/index.html">([^<]+)</a>', text)
    assert listed == names and names[-3:] == ["Aabenraa", "Aalborg", "Aarhus"]
    assert len(re.findall(r'<g class="t t\d"', text)) == 98


def test_a_rate_on_few_cases_is_neither_shaded_nor_sortable(site: Path) -> None:
    text = (site / "direktorat/pligt/aid_decided/index.html").read_text(encoding="utf-8")
    few = 0
    for due, shown in re.findall(r'<td data-v="(\d+)">.*?<td class="(rate[^>]*)>', text):
        if int(due) < 20:
            assert shown.startswith("rate few") and 'data-v=""' in shown
            few += 1
    assert few > 50
    for shade, words_of_tile in re.findall(r'class="t t(\d)"[^>]*><title>([^<]*)</title>', text):
        ratio = re.search(r"af ([\d.]+) ", words_of_tile)
        assert (shade != "0") == (ratio is not None and int(ratio[1].replace(".", "")) >= 20)


def test_the_shared_edition_is_made_without_ever_holding_a_full_figure() -> None:
    data = world()
    frame = data.without_figures()
    assert not (frame.figures or frame.worklist or frame.late_cases or frame.open_duties or frame.quality)
    shared = protected_data(frame, crude_cells(data))
    assert all(figure.late is None for rows in shared.figures.values() for figure in rows.values())
    with pytest.raises(ValueError, match="beside full ones"):
        protected_data(data, {})


def test_a_pack_holds_its_owners_cases_and_nobody_elses() -> None:
    data = world()
    own = data.only(data.units["municipality", "851"])
    assert set(own.figures) == {("municipality", "851")}
    assert {row.municipality_code for rows in (own.worklist, own.late_cases) for row in rows} == {"851"}
    assert not any(rule.restricted for rule in own.rules)


def test_nothing_restricted_is_told_below_the_nation_or_outside_the_directorate(site: Path) -> None:
    told = ("direktorat/index.html", "direktorat/metode.html", "direktorat/datakvalitet.html")
    for path in site.rglob("*.html"):
        inside = "infohus" in path.read_text(encoding="utf-8").lower()
        place = path.relative_to(site).as_posix()
        assert inside == (place in told), place


def hostile(data: ReportData, payload: str) -> ReportData:
    """Return the world with a payload wherever a delivery can put text."""
    units = dict(data.units)
    for key in (("institution", "F01"), ("municipality", "851")):
        units[key] = dataclasses.replace(units[key], name=payload)
    rows = [row._replace(case_id=payload, institution_mail_address=payload) for row in data.worklist]
    run = data.run._replace(source_system=payload, batch_id=payload)
    return dataclasses.replace(data, units=units, worklist=rows, run=run)


def assert_harmless(text: str, payload: str) -> None:
    for script in re.findall(r"<script type=\"application/json\"[^>]*>(.*?)</script>", text, re.DOTALL):
        json.loads(script)
        assert "<" not in script
    assert not re.search(r"<(?:img|svg on|iframe|object|embed|math|marquee|body on|video|audio)", text)
    if "<" in payload:
        assert payload not in text


@needs_shared
def test_text_of_a_delivery_is_escaped_everywhere() -> None:
    naughty = json.loads((SHARED_MATERIAL / "corpora/blns/blns.json").read_text(encoding="utf-8"))
    payloads = [PAYLOAD]
    for file in sorted((SHARED_MATERIAL / "corpora/payloads").rglob("*.txt")):
        payloads += file.read_text(encoding="utf-8", errors="replace").splitlines()[::40]
    payloads += [one for one in naughty if one.strip()][::6]
    data = world()
    unit = data.units["institution", "F01"]
    for payload in [one for one in payloads if one.strip()][:150]:
        changed = hostile(data, payload)
        page = unit_pages.unit_page(FULL, changed, changed, changed.units[unit.key])
        assert_harmless(html.render("unit.html.j2", FULL, page), payload)
    changed = hostile(data, PAYLOAD)
    assert_harmless(
        html.render("unit.html.j2", FULL, unit_pages.unit_page(FULL, changed, changed, changed.units[NATION])), PAYLOAD
    )


def test_a_name_in_a_chart_is_text_for_plotly_too() -> None:
    point = charts.FunnelPoint(PAYLOAD, 30, 40, -2)
    made = charts.funnel([point], 0.9, "ord")
    assert "<img" not in made.drawing and "\\u003c" not in json.loads(made.data)["d"][0][0]
    assert "<" not in json.loads(made.data)["d"][0][0]


def test_a_folder_is_never_named_by_a_code_that_is_a_path() -> None:
    for code in ("../../x", "a/b", "", "con:", "å", "x" * 90, ".", ".."):
        assert re.fullmatch(r"kode-[0-9a-f]{16}", code_folder(code))
    assert code_folder("Øst") == "oest" and code_folder("851") == "851"


def test_the_library_of_charts_is_the_one_that_plotly_is_made_with_and_has_its_licence() -> None:
    from plotly.offline import get_plotlyjs_version

    library = (html.ASSETS / html.LIBRARY).read_text(encoding="utf-8")
    assert f"plotly.js (basic - minified) v{get_plotlyjs_version()}" in library[:80]
    assert len(library) < 1_300_000
    assert "MIT License" in (html.ASSETS / "plotly-LICENSE.txt").read_text(encoding="utf-8")


def test_plotly_itself_accepts_what_a_page_holds(site: Path) -> None:
    text = (site / "direktorat/kommune/851/index.html").read_text(encoding="utf-8")
    for content in re.findall(r'class="chart-data">(.*?)</script>', text):
        data = json.loads(content)
        assert data["t"] == "serie" and len(data["q"]) == 8
        assert all(len(one["y"]) == len(data["q"]) for one in data["d"])


def test_pages_come_out_the_same_in_one_process_and_in_two(tmp_path: Path) -> None:
    """Each rule has a page of its own, which is made no other way than the next rule's: four of them here."""
    data = world()
    pages_come_out_the_same(dataclasses.replace(data, rules=data.rules[:4]), tmp_path)


def pages_come_out_the_same(data: ReportData, folder: Path) -> None:
    """Make the nation's and a municipality's pages in every edition and format, in one process and in two."""
    few = {key: unit for key, unit in data.units.items() if key in (NATION, ("municipality", "851"))}
    small = dataclasses.replace(data, units=few, figures={key: data.figures[key] for key in few})
    cells = {key: value if isinstance(value, int) else None for key, value in crude_cells(small).items()}
    everything = ("html", "pdf", "xlsx", "csv")
    made = []
    for processes in (1, 2):
        target = folder / str(processes)
        seen: list[tuple[int, int]] = []
        result = render(
            small,
            cells,
            target,
            editions=("direktorat", "delt", "kommune"),
            formats=everything,
            processes=processes,
            progress=lambda done, total, seen=seen: seen.append((done, total)),
        )
        assert seen[-1][0] == len(seen)
        made.append({name: (target / name).read_bytes() for name in result.files})
    assert made[0] == made[1]
    assert {"delt/data.csv", "kommune/851/skrift.css", "kommune/851/andre.xlsx"} <= set(made[0])
    for name in ("rapport.pdf", "data.xlsx"):  # a municipality has one of each, and the Directorate reads the same
        assert made[0][f"direktorat/kommune/851/{name}"] == made[0][f"kommune/851/{name}"]
        assert made[0][f"direktorat/{name}"] != made[0][f"delt/{name}"]


def test_a_folder_that_holds_something_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(ValueError, match="not empty"):
        render(world(), None, tmp_path)


def test_the_sample_has_every_edition() -> None:
    assert {task.edition for task in KINDS} == {FULL.name, SHARED.name, PACK.name}
    assert isinstance(sources(), Sources) and isinstance(world().units[NATION], Unit)
    assert make is not None and Task is not None


def test_the_shared_edition_tells_of_releases_for_the_nation_and_the_areas_alone(site: Path) -> None:
    told = {}
    for path in (site / "delt").rglob("index.html"):
        told[path.relative_to(site / "delt").parent.as_posix()] = path.read_text(encoding="utf-8")
    with_releases = {place for place, text in told.items() if 'id="loesladelser"' in text}
    assert with_releases and with_releases <= {".", "omraade/oest", "omraade/vest"}
    rows = {row.value: row for row in world().releases[NATION] if row.dimension == "housing_at_release"}
    text = words(told["."])
    assert f"Bolig ved løsladelsen Egen bolig {rows['egen'].releases} vises ikke" in text
    assert f"Bolig ved løsladelsen Hjemløs eller herberg {rows['hjemloes'].releases} vises ikke" in text
    assert f"Anden bolig eller ikke oplyst {HIDDEN} vises ikke" in text, "none is hidden like few"
    assert "Straffens længde" not in text, "what was not protected is not told"


def test_the_table_of_changed_figures_has_the_newest_quarter_and_the_own_figures_of_a_duty_that_has_them() -> None:
    data = world()
    unit = data.units["municipality", "851"]
    counts = {"due": 9, "met": 5, "late": 3, "missed": 1, "own_due": 6, "own_met": 5}
    first = {f"first_{name}": value - (name in ("due", "missed")) for name, value in counts.items()}
    row = revision(cause="period_open", **counts, **first)
    newest = row._replace(rule_id="aid_paid", period=data.quarter, first_own_due=5)
    older = row._replace(rule_id="aid_decided", first_own_due=None, first_own_met=None)
    changed = dataclasses.replace(data, revision={unit.key: [older, newest]})
    assert [line[1:4] for line in unit_pages.revisions(changed, unit)] == [
        (
            "3. kvartal 2026",
            "Partens egne: 5 af 5. Det, borgerne mødte: 5 af 8 (for sent 3, ikke gjort 0)",
            "Partens egne: 5 af 6. Det, borgerne mødte: 5 af 9 (for sent 3, ikke gjort 1)",
        ),
        (
            "1. kvartal 2026",
            "Partens egne: ikke gemt. Det, borgerne mødte: 5 af 8 (for sent 3, ikke gjort 0)",
            "Partens egne: 5 af 6. Det, borgerne mødte: 5 af 9 (for sent 3, ikke gjort 1)",
        ),
    ]
