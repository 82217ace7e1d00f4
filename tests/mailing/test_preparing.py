"""What is prepared: messages, attachments, the summary, the two gates, and the same bytes each time."""

from __future__ import annotations

import csv
import datetime
import io
import random
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import page
import pypdf
import pytest

from pipelines import danish, quarters
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import preparing, summary
from pipelines.mailing.message import contact_register, recipients
from pipelines.mailing.record import outbox
from pipelines.warehouse import rule_models
from tests.mailing import stage
from tests.mailing.mail_server import MailServer
from tests.mailing.stage import MUNICIPALITIES, QUARTER, a_register, agreement, some_settings
from tests.shared_material import SHARED, needs_shared


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Output:
    made = Output(tmp_path_factory.mktemp("prepared"))
    stage.prepare(made)
    return made


def message(output: Output, code: str) -> EmailMessage:
    file = outbox.folder(output, QUARTER) / f"{code}.eml"
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def part(mail: EmailMessage, kind: str) -> EmailMessage:
    return next(one for one in mail.walk() if one.get_content_type() == kind)  # type: ignore[return-value]


def test_each_message_parses_back_field_by_field(output: Output) -> None:
    for code, name in MUNICIPALITIES.items():
        mail = message(output, code)
        assert mail.defects == []
        assert mail["To"] == f"godlosladelse@k{code}.example.dk"
        assert mail["Subject"] == f"Kriminalforsorgens kontaktoplysninger, 4. kvartal 2026 ({code} {name})"
        assert [(one.display_name, one.addr_spec) for one in mail["From"].addresses] == [
            ("Kriminalforsorgen, God Løsladelse", "God.Losladelse@krfo.dk")
        ]
        assert mail["Reply-To"] == "God.Losladelse@krfo.dk"
        assert mail["Date"].datetime == datetime.datetime(2026, 10, 1, 8, tzinfo=datetime.UTC)
        assert re.fullmatch(rf"<god-loesladelse\.2026-q4\.{code}\.[0-9a-f]{{16}}@krfo\.dk>", mail["Message-ID"])
        assert mail["Cc"] is None and mail["Bcc"] is None
        text = part(mail, "text/plain").get_content()
        assert text.splitlines()[0] == f"Til kommune {code} {name}"
        assert "4. kvartal 2026" in text and "30. september 2026" in text
        assert f"Central postkasse: godlosladelse@k{code}.example.dk" in text
        assert f"Kontaktperson: Koordinator {code}" in text
        assert "Er det stadig rigtigt?" in text and "God.Losladelse@krfo.dk" in text
        page_text = part(mail, "text/html").get_content()
        assert '<html lang="da">' in page_text and f"Koordinator {code}" in page_text
        others = set(MUNICIPALITIES) - {code}
        assert not any(f"k{other}.example.dk" in text + page_text for other in others)


def test_the_workbook_opens_and_lists_everything_in_danish_order(output: Output) -> None:
    content = part(
        message(output, "580"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ).get_content()
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Kontaktliste"]
    assert sheet["A2"].value == "Til kommune 580 Aabenraa"
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert rows[0] == ("Art", "Navn", "Område", "Adresse", "Postnr.", "By", "Telefon", "Mail")
    assert [row[1] for row in rows[1:]] == [
        "Områdekontor Øst",
        "Enner Mark Fængsel",
        "Zoologisk Arrest",
        "Ølgod Arrest",
        "Aabenraa Arrest",
        "Lyng Udslusningsfængsel",
        "KiF København",
    ]
    assert rows[4] == (
        "Arresthuse",
        "Ølgod Arrest",
        "Vest",
        "Storegade 3",
        "6870",
        "Ølgod",
        "ikke oplyst",
        "oel@example.dk",
    )
    assert book.custom_doc_props["kommunekode"].value == "580"


def test_the_pdf_is_tagged_titled_and_danish(output: Output) -> None:
    content = part(message(output, "492"), "application/pdf").get_content()
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
        assert page.validate_pdf_bytes(content, profile=profile).is_compliant
    document = pypdf.PdfReader(io.BytesIO(content))
    assert document.metadata is not None
    assert document.metadata.title == "Kriminalforsorgens kontaktoplysninger, 4. kvartal 2026 (492 Ærø)"
    root = document.trailer["/Root"]
    assert root["/Lang"] == "da-DK" and root["/MarkInfo"]["/Marked"]
    text = "\n".join(one.extract_text() for one in document.pages)
    assert "Til kommune 492 Ærø" in text and "KiF København" in text and "Koordinator 492" in text


def test_preparing_twice_gives_the_same_bytes_in_any_order_of_rows(output: Output, tmp_path: Path) -> None:
    shuffled = random.Random(7)
    agreements = [agreement(code) for code in MUNICIPALITIES]
    institutions = list(stage.INSTITUTIONS)
    shuffled.shuffle(agreements)
    shuffled.shuffle(institutions)
    towns = dict(shuffled.sample(list(MUNICIPALITIES.items()), len(MUNICIPALITIES)))
    again = Output(tmp_path)
    later = stage.NOW + datetime.timedelta(days=3, hours=5)
    stage.prepare(again, a_register(towns, agreements, institutions), now=later, name="En anden")
    first = {file.name: file.read_bytes() for file in outbox.folder(output, QUARTER).iterdir()}
    second = {file.name: file.read_bytes() for file in outbox.folder(again, QUARTER).iterdir()}
    assert first == second
    assert len(first) == len(MUNICIPALITIES) + 3


def test_the_mailbox_goes_before_the_contact_and_reasons_are_given(tmp_path: Path) -> None:
    known = a_register(
        agreements=[
            agreement("101", mailbox=None),
            agreement("147", mailbox="ikke en adresse"),
            agreement("580", mailbox=None, mail=None),
            agreement("390", mailbox="å@k390.example.dk\nBcc: ond@example.com"),
        ]
    )
    found = recipients.of(known, some_settings())
    assert list(found) == ["147", "101", "390", "492", "580"], "in Danish order: Aabenraa last"
    assert isinstance(found["101"], recipients.Recipient)
    assert (found["101"].address, found["101"].source) == ("kontakt@k101.example.dk", "kontakt_mail")
    reasons = {code: one.reason for code, one in found.items() if isinstance(one, recipients.Unreachable)}
    assert reasons == {
        "147": "invalid_address",
        "390": "invalid_address",
        "492": "no_agreement",
        "580": "no_address",
    }
    narrowed = recipients.of(known, some_settings(allowed_domains=("k147.example.dk",)))
    assert narrowed["101"] == recipients.Unreachable("101", "København", "domain_not_allowed")
    with pytest.raises(preparing.GateClosed, match="Kun 1 af 5 kommuner kan nås") as closed:
        stage.prepare(Output(tmp_path), known)
    assert len(summary.rows(closed.value.survey)) == 5
    assert not outbox.folder(Output(tmp_path), QUARTER).exists()
    prepared = stage.prepare(Output(tmp_path), known, go_on=True)
    assert [one.municipality_code for one in prepared.outbox.entries] == ["101"]
    rows = list(csv.reader(io.StringIO(summary.as_csv(prepared).decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 6
    assert ["580", "Aabenraa", "", "", "kan ikke nås: ingen mailadresse i aftalen", "18-05-2026", ""] in rows
    html = summary.as_html(prepared).decode()
    assert all(name in html for name in MUNICIPALITIES.values())


def test_an_agreement_out_of_date_is_a_warning_and_is_sent_all_the_same(tmp_path: Path) -> None:
    agreements = [agreement(code) for code in ("147", "580", "492", "390")]
    known = a_register(agreements=[*agreements, agreement("101", updated="2024-09-29")])
    prepared = stage.prepare(Output(tmp_path), known)
    assert prepared.out_of_date == ("101",)
    assert "101" in {one.municipality_code for one in prepared.outbox.entries}
    assert "Det er længe siden" in part(message(Output(tmp_path), "101"), "text/plain").get_content()
    assert "aftalen er forældet" in summary.as_text(prepared)
    exactly = a_register(agreements=[*agreements, agreement("101", updated="2024-09-30")])
    assert "101" not in recipients.out_of_date(exactly)


def test_the_mailing_and_the_rule_have_one_number_of_years(monkeypatch: pytest.MonkeyPatch) -> None:
    old = a_register(agreements=[agreement("101", updated="2024-09-29")])
    rows = [
        {**row, "parameters": '{"years": 3}'}
        for row in rule_models.catalogue()
        if row["rule_id"] == "agreement_current"
    ]
    monkeypatch.setattr(rule_models, "catalogue", lambda _project: rows)
    assert "101" not in recipients.out_of_date(old)


def test_the_changes_are_those_since_the_list_this_municipality_was_sent(tmp_path: Path) -> None:
    output, later = Output(tmp_path), quarters.Quarter(2027, 1)
    stage.prepare(output)
    stage.approve(output)
    # 390 Vordingborg, the third by code after the dummy, is refused and so has no earlier list.
    with MailServer(["", "", "", "permanent at recipient"]) as server:
        report = stage.send(output, stage.through(server))
    assert report.having("refused") == ["390"]
    rows = [row for row in stage.INSTITUTIONS if row[0] != "I7"]
    rows[0] = (*rows[0][:7], "70 10 20 30", rows[0][8])
    rows.append(("I9", "Ny Arrest", "arrest", "Vest", None, None, None, None, None))  # type: ignore[arg-type]
    now = datetime.datetime(2027, 1, 4, 8, tzinfo=stage.NOW.tzinfo)
    prepared = stage.prepare(output, a_register(institutions=rows), quarter=later, now=now)
    assert prepared.changes.lines() == [
        "Ny: Ny Arrest",
        "Udgået: Zoologisk Arrest",
        "Ændret: Enner Mark Fængsel: telefon fra „72 55 10 11“ til „70 10 20 30“",
    ]
    place = outbox.folder(output, later)
    told = {
        code: part(
            message_from_bytes((place / f"{code}.eml").read_bytes(), policy=policy.default), "text/plain"
        ).get_content()  # type: ignore[arg-type]
        for code in ("101", "390")
    }
    assert "Ændret siden den liste, I senest har fået (4. kvartal 2026)" in told["101"]
    assert "- Udgået: Zoologisk Arrest" in told["101"]
    assert "Dette er den første liste" in told["390"]
    same = preparing.prepare(
        stage.copied(output.root, tmp_path / "same"), a_register(), some_settings(), later, "Anna", now
    )
    assert same.changes.lines() == ["Ingen ændringer."]


def test_too_many_changed_addresses_stop_the_preparation(tmp_path: Path) -> None:
    output = Output(tmp_path)
    stage.prepare(output)
    stage.approve(output)
    with MailServer() as server:
        stage.send(output, stage.through(server))
    moved = a_register(
        agreements=[
            agreement(code, mailbox=f"ny@k{code}.example.dk" if code == "101" else f"GODLOSLADELSE@K{code}.example.dk")
            for code in MUNICIPALITIES
        ]
    )
    arguments = {"quarter": quarters.Quarter(2027, 1), "now": datetime.datetime(2027, 1, 4, tzinfo=stage.NOW.tzinfo)}
    with pytest.raises(preparing.GateClosed, match="Mailadressen er ændret for 1 af 5 kommuner"):
        stage.prepare(output, moved, **arguments)
    assert stage.prepare(output, moved, go_on=True, **arguments).address_changed == ["101"]


def test_no_civil_registration_number_reaches_a_message(tmp_path: Path) -> None:
    output = Output(tmp_path)
    known = a_register(
        agreements=[
            agreement(code, name="Bo 010170-1234", phone="0101701234", mail="010170-1234@k101.example.dk")
            for code in MUNICIPALITIES
        ],
        institutions=[*stage.INSTITUTIONS, ("I8", "Arrest 610170 1234", "arrest", "Øst", *[None] * 5)],
    )
    assert "institution I8" in known.masked and "kommune 101" in known.masked
    prepared = stage.prepare(output, known)
    for code in MUNICIPALITIES:
        for one in message(output, code).walk():
            if one.get_content_maintype() == "text":
                assert "1234" not in one.get_content()
            elif one.get_content_subtype().endswith("sheet"):
                book = openpyxl.load_workbook(io.BytesIO(one.get_content()))
                values = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
                assert not any("1234" in value for value in values)
            elif one.get_content_subtype() == "pdf":
                pages = pypdf.PdfReader(io.BytesIO(one.get_content())).pages
                assert not any("1234" in shown.extract_text() for shown in pages)
    assert "personnummer er udeladt" in summary.as_text(prepared)


def naughty_texts() -> list[str]:
    found = [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "navn\r\nBcc: ond@example.com",
        "a" * 5000,
        "\u202egnp.exe",
    ]
    if SHARED.exists():
        for file in ("corpora/blns/blns.txt", *sorted((SHARED / "corpora/payloads").rglob("*.txt"))):
            found += (SHARED / file).read_text(encoding="utf-8", errors="replace").splitlines()
    return found


@needs_shared
def test_hostile_texts_in_the_register_stay_text(tmp_path: Path) -> None:
    texts = naughty_texts()
    chosen = random.Random(3).sample(texts, 300) + texts[:5]
    institutions = [
        (f"N{number}", text, "arrest", "Øst", text, text, text, text, text) for number, text in enumerate(chosen)
    ]
    known = a_register(
        {"101": "København"}, [agreement("101", name=chosen[0], phone=chosen[2])], [*stage.INSTITUTIONS, *institutions]
    )
    stage.prepare(Output(tmp_path), known)
    mail = message(Output(tmp_path), "101")
    assert mail["Bcc"] is None and len(mail["To"].addresses) == 1
    html = part(mail, "text/html").get_content()
    assert "<script" not in html
    content = part(mail, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").get_content()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_the_pdf_can_show_every_letter_that_it_is_given(tmp_path: Path) -> None:
    # Every letter of Europe's alphabets, and one that no font here has.
    text = "".join(chr(point) for point in range(0x20, 0x530) if chr(point).isprintable() and chr(point) not in "[]")
    rows = [
        (f"S{start}", text[start : start + 100], "arrest", "Øst", "鷗 og 鷗鷗", None, None, None, None)
        for start in range(0, len(text), 100)
    ]
    stage.prepare(Output(tmp_path), a_register({"101": "København"}, institutions=rows))  # type: ignore[arg-type]
    content = part(message(Output(tmp_path), "101"), "application/pdf").get_content()
    assert "U+9DD7 og U+9DD7 U+9DD7" in "".join(
        one.extract_text() for one in pypdf.PdfReader(io.BytesIO(content)).pages
    )


@needs_shared
def test_a_hostile_text_is_never_an_address_with_a_line_break_or_two_recipients() -> None:
    from pipelines.mailing.message import addresses

    for text in naughty_texts():
        for tried in (text, f"{text}@k101.example.dk", f"a@{text}", f"a@k101.example.dk{text}"):
            try:
                usable = addresses.usable(tried)
            except addresses.UnusableAddress:
                continue
            assert re.fullmatch(r"[!-~]+@[a-z0-9.-]+", usable) and usable.count("@") == 1 and "," not in usable


def test_the_register_is_read_from_the_warehouse(tmp_path: Path) -> None:
    output = Output(tmp_path)
    with pytest.raises(UserError, match="intet datavarehus"):
        contact_register.read(output)
    stage.write_warehouse(output, [agreement("101"), agreement("751", name=None, updated="ikke en dato")])
    known = contact_register.read(output)
    assert len(known.municipalities) == 98
    assert known.agreements["101"].contact_name == "Koordinator 101"
    assert known.agreements["101"].updated == datetime.date(2026, 5, 18)
    assert known.agreements["751"].contact_name == "" and known.agreements["751"].updated is None
    assert len(known.institutions) == len(stage.INSTITUTIONS)
    ordered = [known.municipalities[code] for code in known.in_order()]
    assert ordered == sorted(ordered, key=danish.sort_key) and ordered[-1] == "Aarhus"


def test_the_first_working_day_of_a_quarter_is_no_holiday() -> None:
    assert quarters.first_working_day(quarters.Quarter(2027, 1)) == datetime.date(2027, 1, 4)
    assert quarters.first_working_day(quarters.Quarter(2026, 4)) == datetime.date(2026, 10, 1)
    assert quarters.first_working_day(quarters.Quarter(2029, 2)) == datetime.date(2029, 4, 3), "after Easter"
    assert quarters.of(datetime.date(2026, 12, 31)).next.code == "2027-Q1"
