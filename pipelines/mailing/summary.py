"""The summary of a preparation: who gets what, who cannot be reached and why, and what changed; all municipalities.

Belongs here: the three forms of it (HTML, csv, terminal). Does not belong here: finding it out (``preparing.py``).
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import danish
from pipelines.layout import Output
from pipelines.mailing import quality
from pipelines.mailing.message.recipients import REASONS, Recipient
from pipelines.mailing.record import outbox, states
from pipelines.table_files import harmless

if TYPE_CHECKING:
    from pipelines.mailing.prepared import Prepared

COLUMNS = ("kommunekode", "kommune", "modtager", "felt", "status", "aftale_opdateret", "bemærkninger")


def rows(prepared: Prepared) -> list[tuple[str, ...]]:
    """Return one row per municipality, all of them, in Danish order of names."""
    return [_row(code, prepared) for code in prepared.recipients]


def _row(code: str, prepared: Prepared) -> tuple[str, ...]:
    one = prepared.recipients[code]
    agreement = prepared.register.agreements.get(code)
    remarks = []
    if code in prepared.out_of_date:
        remarks.append("aftalen er forældet")
    if code in prepared.address_changed:
        remarks.append("ny mailadresse siden sidste udsendelse")
    if code in prepared.shared_addresses:
        remarks.append("samme mailadresse som en anden kommune")
    if isinstance(one, Recipient):
        address, field = one.address, one.source
        status = "får meddelelse"
    else:
        address, field = "", ""
        status = f"kan ikke nås: {REASONS[one.reason]}"
    if code in prepared.handed_over:
        status = f"får ikke flere: {states.DANISH[prepared.handed_over[code]]}"
    updated = danish.short_date(agreement.updated) if agreement and agreement.updated else ""
    return code, one.municipality_name, address, field, status, updated, "; ".join(remarks)


def _headlines(prepared: Prepared) -> list[str]:
    everyone = len(prepared.recipients)
    lines = [
        f"Udtræk: {danish.long_date(prepared.register.extract_date)} (leverance {prepared.register.batch_id}).",
        f"Meddelelser: {len(prepared.outbox.entries)}. Kan nås: {len(prepared.reachable)} af {everyone} kommuner.",
        f"Har allerede fået eller fået forelagt listen i dette kvartal: {len(prepared.handed_over)}.",
        f"Kan ikke nås: {everyone - len(prepared.reachable)}. Forældet aftale (sendes alligevel): "
        f"{len(prepared.out_of_date)}. Ny mailadresse: {len(prepared.address_changed)}.",
    ]
    if prepared.register.is_synthetic:
        lines.insert(0, "Oplysningerne er opdigtede (prøvedata).")
    if prepared.register.masked:
        lines.append(
            "Et muligt personnummer er udeladt af registerets tekst og bør rettes i kilden: "
            f"{', '.join(prepared.register.masked)}."
        )
    lines += [f"Advarsel: {text}" for text in prepared.gates]
    return lines


def _changes_heading(prepared: Prepared) -> str:
    since = prepared.changes.since
    return f"Ændringer i listen siden {since}" if since else "Ændringer i listen"


def as_text(prepared: Prepared) -> str:
    """Return the summary for the terminal."""
    lines = [f"Kontaktlisten for {prepared.quarter.label}", "", *_headlines(prepared), ""]
    lines += [_changes_heading(prepared), *(f"  {line}" for line in prepared.changes.lines()), "", "Kommuner"]
    for code, name, address, _, status, _, remarks in rows(prepared):
        told = f"{status} ({remarks})" if remarks else status
        lines.append(f"  {code} {name:<22} {address or '-':<40} {told}")
    lines += ["", f"Kontrolsum over alle meddelelser: {prepared.outbox.digest}"]
    return "\n".join(lines)


def as_csv(prepared: Prepared) -> bytes:
    """Return the summary as csv for a Danish spreadsheet; no cell can become a formula."""
    memory = io.StringIO(newline="")
    writer = csv.writer(memory, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in row] for row in rows(prepared))
    return memory.getvalue().encode("utf-8-sig")


def as_html(prepared: Prepared) -> bytes:
    """Return the summary as a page that needs nothing from outside."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("summary.html.j2").render(
        title=f"Kontaktlisten for {prepared.quarter.label}",
        headlines=_headlines(prepared),
        changes_heading=_changes_heading(prepared),
        changes=prepared.changes.lines(),
        figures=[(figure.title, figure.text) for figure in quality.of_preparation(prepared)],
        columns=[column.replace("_", " ") for column in COLUMNS],
        rows=rows(prepared),
        digest=prepared.outbox.digest,
    )
    return page.encode()


def write(output: Output, prepared: Prepared) -> None:
    """Write page and csv beside the messages."""
    place = outbox.folder(output, prepared.quarter)
    outbox.write_file(place / "oversigt.html", as_html(prepared))
    outbox.write_file(place / "oversigt.csv", as_csv(prepared))
