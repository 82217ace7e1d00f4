"""The areas' calendars of next cooperation meetings (RFC 5545)."""

from __future__ import annotations

import datetime

import duckdb

from reports.meetings.calendar_file import NextMeeting, calendar_file, next_meetings

AS_OF = datetime.date(2026, 9, 30)
ROWS = [
    NextMeeting("665", "Lemvig", datetime.date(2025, 3, 1), datetime.date(2027, 3, 1), AS_OF),
    NextMeeting("661", "Holstebro", datetime.date(2024, 2, 29), datetime.date(2026, 2, 28), AS_OF),
    NextMeeting("825", "Læsø, den lange; ø\r\nmed \\ og linjeskift " + "æ" * 60, None, None, AS_OF),
]


def unfolded(content: bytes) -> list[str]:
    """Return the calendar's lines as a reader puts them together."""
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_every_line_ends_with_crlf_and_holds_at_most_75_bytes() -> None:
    content = calendar_file("Vest", ROWS)
    lines = content.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two


def test_an_entry_stands_on_the_day_the_next_meeting_is_due() -> None:
    lines = unfolded(calendar_file("Vest", ROWS))
    place = lines.index("SUMMARY:Samarbejdsmøde senest: Lemvig")
    assert lines[place - 2 : place] == ["DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270302"]


def test_an_overdue_meeting_stands_on_the_day_of_assessment() -> None:
    lines = unfolded(calendar_file("Vest", ROWS))
    place = lines.index("SUMMARY:Samarbejdsmøde er overskredet: Holstebro")
    assert lines[place - 2] == "DTSTART;VALUE=DATE:20260930"
    assert any(line.startswith("DESCRIPTION:Der er intet møde registreret med kommunen.") for line in lines)


def test_text_is_escaped_and_line_breaks_cannot_add_a_line() -> None:
    lines = unfolded(calendar_file("Vest", ROWS))
    summary = next(line for line in lines if "Læsø" in line)
    assert "Læsø\\, den lange\\; ø  med \\\\ og linjeskift" in summary
    assert sum(line == "BEGIN:VEVENT" for line in lines) == len(ROWS)


def test_the_same_rows_in_any_order_give_the_same_bytes() -> None:
    assert calendar_file("Vest", ROWS) == calendar_file("Vest", ROWS[::-1])


def test_names_of_entries_do_not_change_from_publication_to_publication() -> None:
    later = [NextMeeting(row.municipality_code, row.name, AS_OF, datetime.date(2028, 9, 30), AS_OF) for row in ROWS]

    def names(content: bytes) -> list[str]:
        return [line for line in unfolded(content) if line.startswith("UID:")]

    assert names(calendar_file("Vest", ROWS)) == names(calendar_file("Vest", later))
    assert len(set(names(calendar_file("Vest", ROWS)))) == len(ROWS)


def test_only_meetings_that_the_municipality_attended_by_the_day_count() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create schema publish")
        connection.execute("create table raw.run as select date '2026-09-30' as as_of")
        connection.execute("create table publish.pub_rule (rule_id text, parameters text)")
        connection.execute("""insert into publish.pub_rule values ('meeting_biennial', '{"years": 2}')""")
        connection.execute(
            "create table publish.pub_municipality as select * from (values ('101', 'København', 'Øst'), "
            "('661', 'Holstebro', 'Vest'), ('851', 'Aalborg', 'Vest'), ('665', 'Lemvig', 'Vest')) "
            "as t(municipality_code, name, area), (values (date '1900-01-01', date '9999-12-31')) as "
            "d(valid_from, valid_to)"
        )
        connection.execute(
            "create table raw.samarbejdsmoeder (moede_id text, dato text, kommunekode text, kommune_deltog text)"
        )
        connection.executemany(
            "insert into raw.samarbejdsmoeder values (?, ?, ?, ?)",
            [
                ("1", "2024-02-29", "661", "J"),
                ("2", "2026-01-01", "661", "N"),
                ("3", "2026-12-01", "851", "J"),
                ("4", "2024-09-30", "101", "J"),
            ],
        )
        found = next_meetings(connection)
    assert [row.name for row in found["Vest"]] == ["Holstebro", "Lemvig", "Aalborg"]
    assert found["Vest"][0].due == datetime.date(2026, 2, 28) and found["Vest"][0].is_overdue
    assert found["Vest"][2].last_meeting is None and found["Vest"][2].is_overdue
    assert found["Øst"][0].due == datetime.date(2026, 9, 30) and not found["Øst"][0].is_overdue
