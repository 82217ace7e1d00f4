"""The four headline rules in polars, lazily, as one who writes polars every day would: a yardstick for seconds.

Belongs here: outcomes of delivered rows, in full but for what no other rule needs (no rule versions, no evidence, no
corrections). Does not belong here: reading a delivery, and comparing (``frames``). Columns of what comes out are those
of ``frames.OUTCOME``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

Tables = Mapping[str, pl.LazyFrame]

NOBODY = pl.lit(None, dtype=pl.String)
NO_DAY = pl.lit(None, dtype=pl.Date)
YES, NO = pl.lit(True), pl.lit(False)


def outcomes(tables: Tables, as_of: date) -> pl.DataFrame:
    """Return one row per case and rule of the delivered tables, all text, and of the tables that the law gives."""
    today = pl.lit(as_of)
    # What several rules read is worked out once.
    cases = sentence_cases(tables["afsoningssager"], today).collect().lazy()
    expected = expected_dates(tables["loesladelsesdatoer"], cases, today).collect().lazy()
    municipalities = in_force(tables["handlekommuner"], today).collect().lazy()
    contacts = first_contacts(tables["kommunekontakter"], municipalities, today).collect().lazy()
    cases = released(cases, expected, today).collect().lazy()
    supervised = supervision_cases(tables["tilsynssager"], today)
    judged = pl.concat(
        [
            contact_sentence(cases, expected, contacts, today),
            contact_supervision(supervised, contacts, today),
            housing_registered(cases, tables["bolighaendelser"], today),
            aid_decided(cases, expected, tables["engangshjaelp"], today),
        ],
        how="diagonal",
    )
    return placed(judged, municipalities, tables["memberships"], working_days(tables["holidays"]), today).collect()


def day(name: str) -> pl.Expr:
    """Return text as days; what is no day is empty."""
    return pl.col(name).str.to_date("%Y-%m-%d", strict=False)


def days(count: int) -> pl.Expr:
    """Return so many days."""
    return pl.duration(days=count)


def known(column: pl.Expr, today: pl.Expr) -> pl.Expr:
    """Return the days that had come."""
    return pl.when(column <= today).then(column)


# ---- facts of a case ------------------------------------------------------------------------------------------------


def sentence_cases(delivered: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Return the sentence cases with what was known of them."""
    start = day("straf_ivaerksat")
    return delivered.select(
        case_id="sags_id",
        case_type=pl.lit("sentence"),
        institution_code="institution_kode",
        target_group="maalgruppe",
        outside=pl.when(varetaegt="J")
        .then(pl.lit("remand"))
        .when(udvist="J")
        .then(pl.lit("expelled"))
        .when(start > today)
        .then(pl.lit("not_started")),
        has_plan_duty=pl.col("handleplanspligt").eq_missing("J"),
        start=start,
        is_advanceable=(pl.col("straf_dage").cast(pl.Int32, strict=False) >= 30).fill_null(False),
        actual=known(day("faktisk_loesladelse"), today),
        has_housing_need=pl.col("bolig_behov").eq_missing("J")
        & ~(day("bolig_behov_afklaret") > today).fill_null(False),
        has_explanation=pl.col("bolig_begrundelse_findes").eq_missing("J"),
        is_housed=pl.col("bolig_ved_loesladelse").eq_missing("egen"),
        has_aid_need=pl.col("engangshjaelp_behov").eq_missing("J"),
    )


def supervision_cases(delivered: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Return the supervision cases."""
    received = day("modtaget")
    return delivered.select(
        case_id="sags_id",
        case_type=pl.lit("supervision"),
        institution_code="institution_kode",
        target_group="maalgruppe",
        outside=pl.when(received > today).then(pl.lit("not_started")),
        has_plan_duty=pl.col("handleplanspligt").eq_missing("J"),
        start=received,
        actual=NO_DAY,
    )


def expected_dates(delivered: pl.LazyFrame, cases: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Return the expected dates recorded by the day of assessment, in order, each with the day it was known from."""
    rows = (
        delivered.select(
            case_id="sags_id",
            registered=day("registreret"),
            expected=pl.coalesce(day("forventet_proeveloesladelse"), day("forventet_loesladelse")),
        )
        .filter(pl.col("registered") <= today)
        .sort("registered")
        .with_columns(
            until=pl.col("registered").shift(-1).over("case_id").fill_null(date(9999, 12, 31)),
            is_first=pl.col("case_id").is_first_distinct(),
        )
    )
    # The row where the date, or an earlier one, was first expected follows the latest that expected a later day.
    since = (
        rows.filter(~pl.col("is_first"))
        .select("case_id", "registered", "expected")
        .join(rows.select("case_id", "until", before="expected"), on="case_id")
        .filter(pl.col("registered") >= pl.col("until"), pl.col("expected") < pl.col("before"))
        .group_by("case_id", "registered")
        .agg(since=pl.col("until").max())
    )
    return (
        rows.join(since, on=["case_id", "registered"], how="left")
        .join(cases.select("case_id", "start"), on="case_id")
        .with_columns(known_from=pl.max_horizontal("since", "start"))
        .drop("since", "start")
        .sort("registered")
    )


def in_force(delivered: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Return the municipalities of the cases by the day of assessment, in order."""
    return (
        delivered.select(case_id="sags_id", valid_from=day("gyldig_fra"), municipality_code="kommunekode")
        .filter(pl.col("valid_from") <= today)
        .sort("valid_from")
    )


def at(asked: pl.LazyFrame, moment: pl.Expr, rows: pl.LazyFrame, on: str, names: Mapping[str, str]) -> pl.LazyFrame:
    """Add the columns of the row in force on a moment of each row: the newest by then, else the earliest.

    ``names`` maps a column of ``rows`` to what it is called afterwards.
    """
    first = rows.group_by("case_id", maintain_order=True).agg(pl.col(column).first() for column in names)
    found = (
        asked.with_columns(moment=moment)
        .sort("moment")
        .join_asof(
            rows.select("case_id", on, found=True, **{name: pl.col(column) for column, name in names.items()}),
            left_on="moment",
            right_on=on,
            by="case_id",
            check_sortedness=False,
        )
    )
    filled = {
        name: pl.when(pl.col("found")).then(pl.col(name)).otherwise(pl.col(f"first_{column}"))
        for column, name in names.items()
    }
    return (
        found.join(first.rename({column: f"first_{column}" for column in names}), on="case_id", how="left")
        .with_columns(**filled)
        .drop("moment", "found", on, *(f"first_{column}" for column in names), strict=False)
    )


def first_contacts(delivered: pl.LazyFrame, municipalities: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Return by case the first day that the municipality in force was contacted about the plan."""
    asked = delivered.filter(pl.col("retning") == "ud", pl.col("emne") == "handleplan").select(
        case_id="sags_id", contact=day("dato"), municipality="kommunekode"
    )
    asked = asked.filter(pl.col("contact") <= today)
    return (
        at(asked, pl.col("contact"), municipalities, "valid_from", {"municipality_code": "right"})
        .filter(pl.col("right").is_null() | (pl.col("right") == pl.col("municipality")))
        .group_by("case_id")
        .agg(pl.col("contact").min())
    )


def advanced(expected: pl.Expr) -> pl.Expr:
    """Return a day moved back to the Wednesday before, when it is a Thursday to Sunday and the sentence long enough."""
    too_late = (expected.dt.weekday().cast(pl.Int32) - 3).clip(lower_bound=0)
    return pl.when("is_advanceable").then(expected - pl.duration(days=too_late)).otherwise(expected)


def released(cases: pl.LazyFrame, expected: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Add to the cases their release, and why it is not known."""
    cases = at(cases, pl.col("start"), expected, "registered", {"expected": "expected_at_start"})
    newest = expected.group_by("case_id", maintain_order=True).agg(now=pl.col("expected").last())
    return (
        cases.join(newest, on="case_id", how="left")
        .with_columns(coming=advanced(pl.col("now")))
        .with_columns(
            release=pl.coalesce("actual", pl.when(pl.col("coming") >= today).then("coming")),
            unknown=pl.when(pl.col("actual").is_not_null() | (pl.col("coming") >= today))
            .then(NOBODY)
            .when(pl.col("coming").is_null())
            .then(pl.lit("no_expected_release"))
            .otherwise(pl.lit("expected_release_passed")),
        )
    )


def last_deadline_days(cases: pl.LazyFrame, expected: pl.LazyFrame, count: int, today: pl.Expr) -> pl.LazyFrame:
    """Return by case the last day that was the deadline, so many days before, by the release expected that day."""
    facts = cases.select("case_id", "start", "release", "is_advanceable")
    dated = (
        expected.join(facts, on="case_id")
        .with_columns(came=advanced(pl.col("expected")) - days(count))
        .filter(pl.col("is_first") | (pl.col("came") >= pl.col("registered")), pl.col("came") < pl.col("until"))
    )
    undated = facts.join(expected, on="case_id", how="anti").with_columns(came=pl.col("release") - days(count))
    return (
        pl.concat([dated.select("case_id", "came", "start", "release"), undated.drop("is_advanceable")], how="diagonal")
        .filter(pl.col("came") >= pl.col("start"), pl.col("came") <= today, pl.col("came") < pl.col("release"))
        .group_by("case_id")
        .agg(pl.col("came").max())
    )


# ---- the rules ------------------------------------------------------------------------------------------------------


def common_status(event: pl.Expr, deadline: pl.Expr, today: pl.Expr) -> pl.Expr:
    """Return the status by the common table."""
    return (
        pl.when(event <= deadline)
        .then(pl.lit("met"))
        .when(event.is_not_null())
        .then(pl.lit("late"))
        .when(deadline < today)
        .then(pl.lit("missed"))
        .otherwise(pl.lit("pending"))
    )


def closed(
    cases: pl.LazyFrame,
    rule_id: str,
    today: pl.Expr,
    *,
    not_applicable: pl.Expr,
    status: pl.Expr,
    undeterminable: pl.Expr = NOBODY,
    party: str = "kriminalforsorgen",
    reason: pl.Expr = NOBODY,
    responsible: pl.Expr = NOBODY,
    could_act: pl.Expr = YES,
    knowable_from: pl.Expr = NO_DAY,
    counts_forward: pl.Expr = NO,
    asked: pl.Expr = NOBODY,
) -> pl.LazyFrame:
    """Return the outcomes of a rule from what it found out about each case, its deadline and event among it."""
    said = cases.select(
        "case_id",
        "case_type",
        "institution_code",
        "target_group",
        "actual",
        "deadline",
        "event",
        not_applicable=not_applicable,
        undeterminable=undeterminable,
        own_status=status,
        own_reason=reason,
        own_responsible=responsible,
        own_could_act=could_act,
        knowable_from=knowable_from,
        counts_forward=counts_forward,
        asked=asked,
    )
    is_judged = pl.col("not_applicable").is_null() & pl.col("undeterminable").is_null()
    is_failed = pl.col("status").is_in(["late", "missed"])
    return (
        said.with_columns(
            *(pl.when(is_judged).then(name).alias(name) for name in ("deadline", "event", "knowable_from", "asked")),
            status=pl.when(pl.col("not_applicable").is_not_null())
            .then(pl.lit("not_applicable"))
            .when(pl.col("undeterminable").is_not_null())
            .then(pl.lit("undeterminable"))
            .otherwise("own_status"),
            is_counted_forward=is_judged & pl.col("counts_forward"),
        )
        .with_columns(days_available=(pl.col("deadline") - pl.col("knowable_from")).dt.total_days())
        .select(
            "case_id",
            "case_type",
            "institution_code",
            "target_group",
            "actual",
            "status",
            "deadline",
            "knowable_from",
            "days_available",
            "asked",
            "is_counted_forward",
            rule_id=pl.lit(rule_id),
            event_date="event",
            days_margin=pl.when(~((pl.col("status") == "met") & pl.col("event").is_null())).then(
                (pl.col("deadline") - pl.coalesce("event", today)).dt.total_days()
            ),
            reason=pl.coalesce("not_applicable", "undeterminable", "own_reason"),
            responsible=pl.when(is_failed).then(pl.coalesce("own_responsible", pl.lit(party))),
            could_act=pl.when((is_failed | (pl.col("status") == "met")) & (pl.col("deadline") < today)).then(
                "own_could_act"
            ),
            short_notice=pl.col("days_available") < 28,
        )
    )


def contact_sentence(
    cases: pl.LazyFrame, expected: pl.LazyFrame, contacts: pl.LazyFrame, today: pl.Expr
) -> pl.LazyFrame:
    """Judge whether the municipality was contacted in time for the plan of a sentence."""
    contacted = cases.join(contacts, on="case_id", how="left").rename({"contact": "event"})
    moment = pl.coalesce("event", "actual", today)
    then = at(contacted, moment, expected, "registered", {"expected": "then", "known_from": "known_from"})
    judged = then.with_columns(is_within=pl.col("expected_at_start") < pl.col("start").dt.offset_by("1y")).with_columns(
        deadline=pl.when("is_within")
        .then(pl.col("start") + days(28))
        .otherwise(pl.max_horizontal(pl.col("then").dt.offset_by("-1y"), "known_from"))
    )
    return closed(
        judged,
        "contact_sentence",
        today,
        not_applicable=pl.coalesce("outside", pl.when(~pl.col("has_plan_duty")).then(pl.lit("no_action_plan_duty"))),
        undeterminable=pl.when(pl.col("expected_at_start").is_null()).then(pl.lit("no_expected_release")),
        status=common_status(pl.col("event"), pl.col("deadline"), today),
        reason=pl.when("is_within").then(pl.lit("within_28_days")).otherwise(pl.lit("one_year_before")),
        knowable_from=pl.when("is_within").then("start").otherwise("known_from"),
        counts_forward=pl.col("is_within"),
    )


def contact_supervision(cases: pl.LazyFrame, contacts: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Judge whether the municipality was contacted in time about a supervision case."""
    judged = cases.join(contacts, on="case_id", how="left").with_columns(
        event=pl.col("contact"), deadline=pl.col("start") + days(28)
    )
    return closed(
        judged,
        "contact_supervision",
        today,
        not_applicable=pl.coalesce("outside", pl.when(~pl.col("has_plan_duty")).then(pl.lit("no_action_plan_duty"))),
        status=common_status(pl.col("event"), pl.col("deadline"), today),
        counts_forward=YES,
    )


def housing_registered(cases: pl.LazyFrame, delivered: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Judge whether one who needs a home was registered for one at the release."""
    events = (
        delivered.select(case_id="sags_id", registration="opskrivning_id", day=day("dato"), kind="haendelse")
        .filter(pl.col("day") <= today)
        .join(cases.select("case_id", end=pl.coalesce("actual", today)), on="case_id")
    )
    by_end, made, deleted = pl.col("day") <= pl.col("end"), pl.col("kind") == "opskrevet", pl.col("kind") == "slettet"
    per_case = (
        events.group_by("case_id", "registration")
        .agg(
            made=pl.col("day").filter(made & by_end).min(),
            confirmed=pl.col("day").filter(~deleted & by_end).max(),
            is_deleted=(deleted & by_end).any(),
            afterwards=pl.col("day").filter(made & ~by_end).min(),
            end=pl.col("end").first(),
        )
        .with_columns(
            active=pl.when(~pl.col("is_deleted"), pl.col("confirmed").dt.offset_by("1y") >= pl.col("end")).then("made")
        )
        .group_by("case_id")
        .agg(pl.col("active", "made", "afterwards").min())
    )
    is_active = pl.col("active").is_not_null()
    reason = (
        pl.when(is_active)
        .then(NOBODY)
        .when("is_housed")
        .then(pl.lit("housed"))
        .when(pl.col("afterwards").is_not_null())
        .then(NOBODY)
        .when(pl.col("made").is_not_null())
        .then(pl.lit("lapsed"))
        .when("has_explanation")
        .then(pl.lit("documented"))
        .otherwise(pl.lit("not_registered"))
    )
    is_out = pl.col("actual").is_not_null()
    judged = (
        cases.join(per_case, on="case_id", how="left")
        .with_columns(deadline=pl.col("release"), at_release=reason)
        .with_columns(event=pl.coalesce("active", pl.when(is_out & pl.col("at_release").is_null()).then("afterwards")))
    )
    return closed(
        judged,
        "housing_registered",
        today,
        not_applicable=pl.coalesce("outside", pl.when(~pl.col("has_housing_need")).then(pl.lit("no_housing_need"))),
        undeterminable=pl.col("unknown"),
        status=pl.when(~is_out)
        .then(pl.lit("pending"))
        .when(is_active | pl.col("at_release").eq_missing("housed"))
        .then(pl.lit("met"))
        .when(pl.col("afterwards").is_not_null())
        .then(pl.lit("late"))
        .when(pl.col("release") < today)
        .then(pl.lit("missed"))
        .otherwise(pl.lit("pending")),
        reason=pl.when(is_out).then("at_release"),
    )


def aid_decided(cases: pl.LazyFrame, expected: pl.LazyFrame, delivered: pl.LazyFrame, today: pl.Expr) -> pl.LazyFrame:
    """Judge whether one-off aid was decided in time before the release, and who is answerable when not."""
    documented = known(day("fuldstaendig"), today)
    per_case = (
        delivered.select(
            case_id="sags_id",
            application="ansoegning_id",
            municipality="kommunekode",
            sent=day("sendt"),
            complete=pl.when(documented.is_not_null()).then(pl.max_horizontal(day("sendt"), documented)),
            decided=known(day("afgjort"), today),
        )
        .filter(pl.col("sent") <= today)
        .group_by("case_id")
        .agg(
            pl.col("sent", "complete", "decided").min(),
            asked=pl.col("municipality").sort_by("complete", "sent", "application", nulls_last=True).first(),
        )
    )
    judged = (
        cases.join(per_case, on="case_id", how="left")
        .join(last_deadline_days(cases, expected, 14, today), on="case_id", how="left")
        .with_columns(
            event=pl.col("decided"),
            deadline=pl.col("release") - days(14),
            complete_by=pl.col("release") - days(28),
        )
        .with_columns(
            is_overdue=pl.coalesce(pl.col("event") > pl.col("deadline"), pl.col("deadline") < today, NO),
            is_in_good_time=(pl.col("complete") <= pl.col("complete_by")).fill_null(False),
        )
    )
    is_moved = pl.col("came").is_null() | (pl.col("event") <= pl.col("came")).fill_null(False)
    reason = (
        pl.when(~pl.col("is_overdue"))
        .then(NOBODY)
        .when(is_moved)
        .then(pl.lit("date_moved"))
        .when((pl.col("sent") > pl.col("release")).fill_null(True))
        .then(pl.lit("no_application"))
        .when("is_in_good_time")
        .then(pl.lit("decision_late"))
        .when(pl.col("complete_by") < pl.col("start"))
        .then(pl.lit("no_time"))
        .otherwise(pl.lit("application_late"))
    )
    return closed(
        judged,
        "aid_decided",
        today,
        not_applicable=pl.coalesce(
            "outside",
            pl.when(~pl.col("has_aid_need"), pl.col("sent").is_null()).then(pl.lit("no_aid_need")),
            pl.when(pl.col("deadline") < pl.col("start")).then(pl.lit("not_possible")),
        ),
        undeterminable=pl.col("unknown"),
        status=common_status(pl.col("event"), pl.col("deadline"), today),
        party="kommune",
        reason=reason,
        responsible=reason.replace_strict(
            {
                "date_moved": "dato_flyttet",
                "no_time": "kort_tid",
                "no_application": "kriminalforsorgen",
                "application_late": "kriminalforsorgen",
            },
            default=None,
            return_dtype=pl.String,
        ),
        could_act=pl.col("came").is_not_null() & pl.col("is_in_good_time"),
        knowable_from=pl.col("start"),
        asked=pl.col("asked"),
    )


def placed(
    judged: pl.LazyFrame,
    municipalities: pl.LazyFrame,
    memberships: pl.LazyFrame,
    working: pl.LazyFrame,
    today: pl.Expr,
) -> pl.LazyFrame:
    """Give each outcome its municipality with region and area, and the working day of its deadline."""
    placed_on = pl.min_horizontal(pl.coalesce("deadline", today), today)
    members = memberships.select("region_code", "area", municipality_code="code", valid_from=day("valid_from")).sort(
        "valid_from"
    )
    return (
        at(judged, placed_on, municipalities, "valid_from", {"municipality_code": "lived"})
        .with_columns(municipality_code=pl.coalesce("asked", "lived"), placed_on=placed_on)
        .sort("placed_on")
        .join_asof(
            members,
            left_on="placed_on",
            right_on="valid_from",
            by="municipality_code",
            check_sortedness=False,
        )
        .join(working, on="deadline", how="left")
        .with_columns(
            deadline_working_day=pl.when("is_counted_forward").then("working_day"),
            event_after_release=pl.col("event_date") > pl.col("actual"),
        )
    )


def working_days(holidays: pl.LazyFrame) -> pl.LazyFrame:
    """Return each day that a deadline can be, with the same or the next day that is neither weekend nor day off."""
    return (
        pl.LazyFrame({"deadline": pl.date_range(date(1900, 1, 1), date(2102, 1, 31), eager=True)})
        .join(holidays.select(deadline=day("holiday_date"), is_off=True), on="deadline", how="left")
        .sort("deadline")
        .with_columns(
            working_day=pl.when(pl.col("is_off").is_null(), pl.col("deadline").dt.weekday() <= 5)
            .then("deadline")
            .fill_null(strategy="backward")
        )
        .drop("is_off")
    )
