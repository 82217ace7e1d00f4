"""``datapackage.json`` and ``dcat.jsonld``: the shared edition's csv files as open data, described for programs.

Belongs here: the two descriptions (Frictionless Data Package, and DCAT-AP-DK as JSON-LD) of files that lie beside
pages. Does not belong here: the files themselves (``rows``, ``csv_file``). Names stay the same from one publication to
the next, so what is below ``published/current/delt/`` always has the newest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipelines import vocabulary
from pipelines.configuration import Authority
from pipelines.danish import long_date
from pipelines.vocabulary import word
from reports.documents import DATA, csv_names
from reports.documents.rows import COUNTED, KEYS, DocumentColumn, figure_tables
from reports.editions import SHARED, page_units, unit_folder
from reports.figures.data import ReportData
from reports.words import wording
from reports.words.hidden import EACH_QUARTER_IN_WORDS, HIDDEN_IN_WORDS

PACKAGE_FILE, CATALOGUE_FILE = "datapackage.json", "dcat.jsonld"
TYPES = {"text": "string", "count": "integer", "share": "number", "days": "number"}
UNITS = {"count": "antal", "share": "procent", "days": "dage"}
VOCABULARIES = "http://publications.europa.eu/resource/authority"
TITLE = "God Løsladelse: overholdes pligterne ved løsladelse?"


class Resource(NamedTuple):
    """One csv file: its place below the edition's folder, its name as a resource, and what it is about."""

    path: str
    name: str
    title: str


def resources(data: ReportData) -> Iterator[Resource]:
    """Return the csv files of the shared edition, in the order of its pages."""
    for unit in page_units(SHARED, data):
        tables = figure_tables(SHARED, data, data, unit)
        for kind, name in zip(tables, csv_names(tables, DATA)):
            path = unit_folder(unit) + name
            title = f"{wording.unit_name(unit)}, {vocabulary.PERIOD_TYPES[kind]}"
            yield Resource(path, path.removesuffix(".csv").replace("/", "-"), title)


def data_package(data: ReportData, authority: Authority) -> bytes:
    """Return the description as a Data Package: each file with its form, columns, types and units."""
    described = {
        "profile": "data-package",
        "name": "god-loesladelse",
        "title": TITLE,
        "description": _description(data),
        "created": f"{data.run.as_of.isoformat()}T00:00:00Z",
        "version": data.run.code_version,
        "licenses": [{"name": authority.licence, "path": authority.licence_address}],
        "sources": [{"title": f"Kriminalforsorgens klientsystem, leverance {data.run.batch_id}"}],
        "contributors": [{"title": authority.name, "role": "publisher"}],
        "resources": [_resource(one) for one in resources(data)],
    }
    if authority.site_address:
        described["homepage"] = authority.site_address
    return _written(described)


def _description(data: ReportData) -> str:
    synthetic = "SYNTETISKE DATA: sagerne er opdigtede. " if data.run.is_synthetic else ""
    return (
        f"{synthetic}Hvor mange pligter ved løsladelse der blev opfyldt til tiden, for hele landet, områder, regioner "
        f"og kommuner. Opgjort pr. {long_date(data.run.as_of)}. Tallene er beskyttet: et tal, der ikke vises, er en "
        f"tom celle med et mærke ved siden af; {HIDDEN_IN_WORDS}. {EACH_QUARTER_IN_WORDS}"
    )


def _resource(one: Resource) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": one.name,
        "path": one.path,
        "title": one.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": ";", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "fields": [_field(column) for column in KEYS + COUNTED],
            "missingValues": [""],
            "primaryKey": ["niveau", "enhedskode", "pligt_id", "periode"],
        },
    }


def _field(column: DocumentColumn) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": TYPES[column.kind], "description": column.meaning}
    if column.kind in UNITS:
        field["unit"] = UNITS[column.kind]
        field["constraints"] = {"minimum": 0}
    if TYPES[column.kind] == "number":
        field["decimalChar"] = ","
    if column in KEYS:
        field["constraints"] = {"required": True}
    if column.name == "niveau":
        field["constraints"] |= {"enum": [word(vocabulary.LEVELS, level) for level in SHARED.levels]}
    return field


def catalogue(data: ReportData, authority: Authority) -> bytes:
    """Return the description as a DCAT-AP-DK dataset with a distribution for each file."""
    site = authority.site_address
    dataset: dict[str, Any] = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{site}{CATALOGUE_FILE}",
        "@type": "dcat:Dataset",
        "dct:identifier": "god-loesladelse",
        "dct:title": {"@value": TITLE, "@language": "da"},
        "dct:description": {"@value": _description(data), "@language": "da"},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": authority.name},
        "dct:issued": {"@value": data.run.as_of.isoformat(), "@type": "xsd:date"},
        "dct:accrualPeriodicity": {"@id": f"{VOCABULARIES}/frequency/QUARTERLY"},
        "dct:language": {"@id": f"{VOCABULARIES}/language/DAN"},
        "dct:spatial": {"@id": f"{VOCABULARIES}/country/DNK"},
        "dct:accessRights": {"@id": f"{VOCABULARIES}/access-right/PUBLIC"},
        "dcat:theme": [{"@id": f"{VOCABULARIES}/data-theme/JUST"}, {"@id": f"{VOCABULARIES}/data-theme/SOCI"}],
        "dcat:keyword": [{"@value": text, "@language": "da"} for text in ("løsladelse", "kriminalforsorg", "kommuner")],
        "dcat:landingPage": {"@id": f"{site}index.html"},
        "dcat:distribution": [_distribution(one, site, authority) for one in resources(data)],
    }
    if authority.mail_address:
        dataset["dcat:contactPoint"] = {
            "@type": "vcard:Organization",
            "vcard:fn": authority.name,
            "vcard:hasEmail": {"@id": f"mailto:{authority.mail_address}"},
        }
    return _written(dataset)


def _distribution(one: Resource, site: str, authority: Authority) -> dict[str, Any]:
    return {
        "@type": "dcat:Distribution",
        "dct:title": {"@value": one.title, "@language": "da"},
        "dcat:accessURL": {"@id": f"{site}{one.path}"},
        "dcat:downloadURL": {"@id": f"{site}{one.path}"},
        "dct:format": {"@id": f"{VOCABULARIES}/file-type/CSV"},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/text/csv"},
        "dct:license": {"@id": authority.licence_address},
    }


def _written(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
