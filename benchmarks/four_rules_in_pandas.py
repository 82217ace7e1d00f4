"""The four headline rules in pandas, vectorised, as one who writes pandas every day would: a yardstick for seconds.

Belongs here: outcomes of delivered rows, in full but for what no other rule needs (no rule versions, no evidence, no
corrections). Does not belong here: reading a delivery, and comparing (``frames``). Columns of what comes out are those
of ``frames.OUTCOME``; days are ``datetime64``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

Tables = Mapping[str, pd.DataFrame]

NO_DAY = pd.NaT
YEAR = pd.DateOffset(years=1)


def days(count: int) -> pd.Timedelta:
    """Return so many days."""
    return pd.Timedelta(days=count)


def outcomes(tables: Tables, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return one row per case and rule of the delivered tables, all text, and of the tables that the law gives."""
    cases = sentence_cases(tables["afsoningssager"], as_of)
    expected = expected_dates(tables["loesladelsesdatoer"], cases, as_of)
    municipalities = in_force(tables["handlekommuner"], as_of)
    cases = released(cases, expected, as_of)
    supervised = supervision_cases(tables["tilsynssager"], as_of)
    contacts = first_contacts(tables["kommunekontakter"], municipalities, as_of)
    judged = pd.concat(
        [
            contact_sentence(cases, expected, contacts, as_of),
            contact_supervision(supervised, contacts, as_of),
            housing_registered(cases, tables["bolighaendelser"], as_of),
            aid_decided(cases, expected, tables["engangshjaelp"], as_of),
        ],
        ignore_index=True,
    )
    return placed(judged, municipalities, tables["memberships"], tables["holidays"], as_of)


def day(column: pd.Series) -> pd.Series:
    """Return text as days; what is no day is empty."""
    return pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")


def known(column: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Return the days that had come."""
    return column.where(column <= as_of)


# ---- facts of a case ------------------------------------------------------------------------------------------------


def sentence_cases(delivered: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the sentence cases with what was known of them."""
    start = day(delivered["straf_ivaerksat"])
    outside = np.select(
        [delivered["varetaegt"] == "J", delivered["udvist"] == "J", start > as_of],
        ["remand", "expelled", "not_started"],
        default="",
    )
    return pd.DataFrame(
        {
            "case_id": delivered["sags_id"],
            "case_type": "sentence",
            "institution_code": delivered["institution_kode"],
            "target_group": delivered["maalgruppe"],
            "outside": outside,
            "has_plan_duty": delivered["handleplanspligt"] == "J",
            "start": start,
            "is_advanceable": delivered["straf_dage"].astype("Int64").ge(30).fillna(False).astype(bool),
            "actual": known(day(delivered["faktisk_loesladelse"]), as_of),
            "has_housing_need": (delivered["bolig_behov"] == "J") & ~(day(delivered["bolig_behov_afklaret"]) > as_of),
            "has_explanation": delivered["bolig_begrundelse_findes"] == "J",
            "is_housed": delivered["bolig_ved_loesladelse"] == "egen",
            "has_aid_need": delivered["engangshjaelp_behov"] == "J",
        }
    )


def supervision_cases(delivered: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the supervision cases."""
    received = day(delivered["modtaget"])
    return pd.DataFrame(
        {
            "case_id": delivered["sags_id"],
            "case_type": "supervision",
            "institution_code": delivered["institution_kode"],
            "target_group": delivered["maalgruppe"],
            "outside": np.where(received > as_of, "not_started", ""),
            "has_plan_duty": delivered["handleplanspligt"] == "J",
            "start": received,
        }
    )


def expected_dates(delivered: pd.DataFrame, cases: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the expected dates recorded by the day of assessment, in order, each with the day it was known from."""
    rows = pd.DataFrame(
        {
            "case_id": delivered["sags_id"],
            "registered": day(delivered["registreret"]),
            "expected": day(delivered["forventet_proeveloesladelse"]).fillna(day(delivered["forventet_loesladelse"])),
        }
    )
    rows = rows[rows["registered"] <= as_of].sort_values("registered", ignore_index=True)
    grouped = rows.groupby("case_id", sort=False)["registered"]
    rows["until"] = grouped.shift(-1).fillna(pd.Timestamp("9999-12-31"))
    rows["is_first"] = ~rows["case_id"].duplicated()
    # The row where the date, or an earlier one, was first expected follows the latest that expected a later day.
    pairs = rows.loc[~rows["is_first"], ["case_id", "registered", "expected"]].merge(
        rows[["case_id", "until", "expected"]], on="case_id", suffixes=("", "_before")
    )
    later = pairs[(pairs["registered"] >= pairs["until"]) & (pairs["expected"] < pairs["expected_before"])]
    since = later.groupby(["case_id", "registered"])["until"].max().rename("since").reset_index()
    rows = rows.merge(since, on=["case_id", "registered"], how="left").merge(cases[["case_id", "start"]], on="case_id")
    rows["known_from"] = rows["start"].where(~(rows["since"] > rows["start"]), rows["since"])
    return rows.drop(columns=["since", "start"]).sort_values("registered", ignore_index=True)


def at(cases: pd.DataFrame, rows: pd.DataFrame, moment: pd.Series, columns: list[str], on: str) -> pd.DataFrame:
    """Return the columns of the row in force on a moment of each case: the newest by then, else the earliest."""
    asked = pd.DataFrame({"case_id": cases["case_id"], "moment": moment, "place": np.arange(len(cases))})
    found = pd.merge_asof(
        asked.sort_values("moment"), rows[["case_id", on, *columns]], left_on="moment", right_on=on, by="case_id"
    )
    missing = found[on].isna()
    first = rows.drop_duplicates("case_id").set_index("case_id")
    for column in columns:
        found[column] = found[column].where(~missing, found["case_id"].map(first[column]))
    return found.set_index("place").sort_index()[columns].set_index(cases.index)


def in_force(delivered: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the municipalities of the cases by the day of assessment, in order."""
    rows = pd.DataFrame(
        {
            "case_id": delivered["sags_id"],
            "valid_from": day(delivered["gyldig_fra"]),
            "municipality_code": delivered["kommunekode"],
        }
    )
    return rows[rows["valid_from"] <= as_of].sort_values("valid_from", ignore_index=True)


def first_contacts(delivered: pd.DataFrame, municipalities: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """Return by case the first day that the municipality in force was contacted about the plan."""
    asked = delivered[(delivered["retning"] == "ud") & (delivered["emne"] == "handleplan")]
    asked = pd.DataFrame(
        {"case_id": asked["sags_id"], "contact": day(asked["dato"]), "municipality": asked["kommunekode"]}
    ).reset_index(drop=True)
    asked = asked[asked["contact"] <= as_of]
    right = at(asked, municipalities, asked["contact"], ["municipality_code"], "valid_from")["municipality_code"]
    counted = asked[right.isna() | (right == asked["municipality"])]
    return counted.groupby("case_id")["contact"].min()


def advanced(expected: pd.Series, is_advanceable: pd.Series) -> pd.Series:
    """Return a day moved back to the Wednesday before, when it is a Thursday to Sunday and the sentence long enough."""
    too_late = (expected.dt.dayofweek - 2).clip(lower=0).where(is_advanceable, 0).fillna(0)
    return expected - pd.to_timedelta(too_late, unit="D")


def released(cases: pd.DataFrame, expected: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Add to the cases their release, and why it is not known."""
    now = at(cases, expected, pd.Series(as_of, index=cases.index), ["expected"], "registered")["expected"]
    coming = advanced(now, cases["is_advanceable"])
    return cases.assign(
        expected_at_start=at(cases, expected, cases["start"], ["expected"], "registered")["expected"],
        release=cases["actual"].fillna(coming.where(coming >= as_of)),
        unknown=np.select(
            [cases["actual"].notna() | (coming >= as_of), coming.isna()],
            ["", "no_expected_release"],
            default="expected_release_passed",
        ),
    )


def last_deadline_days(cases: pd.DataFrame, expected: pd.DataFrame, count: int, as_of: pd.Timestamp) -> pd.Series:
    """Return by case the last day that was the deadline, so many days before, by the release expected that day."""
    dated = expected.merge(cases[["case_id", "start", "release", "is_advanceable"]], on="case_id")
    came = advanced(dated["expected"], dated["is_advanceable"]) - days(count)
    is_in_force = (dated["is_first"] | (came >= dated["registered"])) & (came < dated["until"])
    dated = dated.assign(came=came)[is_in_force]
    undated = cases[~cases["case_id"].isin(expected["case_id"]) & cases["release"].notna()]
    undated = undated.assign(came=undated["release"] - days(count))
    both = pd.concat([dated, undated])[["case_id", "came", "start", "release"]]
    both = both[(both["came"] >= both["start"]) & (both["came"] <= as_of) & (both["came"] < both["release"])]
    return both.groupby("case_id")["came"].max()


# ---- the rules ------------------------------------------------------------------------------------------------------


def common_status(event: pd.Series, deadline: pd.Series, as_of: pd.Timestamp) -> np.ndarray:
    """Return the status by the common table."""
    return np.select([event <= deadline, event.notna(), deadline < as_of], ["met", "late", "missed"], default="pending")


def closed(
    cases: pd.DataFrame,
    rule_id: str,
    *,
    not_applicable: np.ndarray,
    undeterminable: np.ndarray,
    status: np.ndarray,
    deadline: pd.Series,
    event: pd.Series,
    as_of: pd.Timestamp,
    party: str = "kriminalforsorgen",
    reason: np.ndarray | str = "",
    responsible: np.ndarray | str = "",
    could_act: np.ndarray | bool = True,
    knowable_from: pd.Series | None = None,
    counts_forward: np.ndarray | bool = False,
    asked: pd.Series | None = None,
) -> pd.DataFrame:
    """Return the outcomes of a rule from what it found out about each case."""
    status = np.select(
        [not_applicable != "", undeterminable != ""], ["not_applicable", "undeterminable"], default=status
    )
    is_judged = ~np.isin(status, ["not_applicable", "undeterminable"])
    deadline, event = deadline.where(is_judged), event.where(is_judged)
    is_failed = np.isin(status, ["late", "missed"])
    is_due = (is_failed | (status == "met")) & (deadline < as_of).to_numpy()
    reason = np.select([not_applicable != "", undeterminable != ""], [not_applicable, undeterminable], default=reason)
    margin = (deadline - event.fillna(as_of)).dt.days.where(~((status == "met") & event.isna().to_numpy()))
    found = cases[["case_id", "case_type", "institution_code", "target_group"]].assign(
        rule_id=rule_id,
        status=status,
        deadline=deadline,
        event_date=event,
        days_margin=margin,
        reason=reason,
        responsible=np.where(is_failed, np.where(np.asarray(responsible) == "", party, responsible), ""),
        could_act=pd.array(np.where(is_due, np.where(could_act, 1.0, 0.0), np.nan), dtype="Float64"),
        is_counted_forward=is_judged & counts_forward,
        actual=cases.get("actual", NO_DAY),
        asked=asked if asked is not None else pd.Series(None, index=cases.index, dtype="str"),
        knowable_from=NO_DAY,
        days_available=np.nan,
        short_notice=pd.array([pd.NA] * len(cases), dtype="boolean"),
    )
    if knowable_from is not None:
        found["knowable_from"] = knowable_from.where(is_judged)
        found["days_available"] = (deadline - found["knowable_from"]).dt.days
        found["short_notice"] = (found["days_available"] < 28).astype("boolean").mask(found["days_available"].isna())
    found["asked"] = found["asked"].where(is_judged)
    return found


def contact_sentence(
    cases: pd.DataFrame, expected: pd.DataFrame, contacts: pd.Series, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Judge whether the municipality was contacted in time for the plan of a sentence."""
    event = cases["case_id"].map(contacts)
    then = at(cases, expected, event.fillna(cases["actual"]).fillna(as_of), ["expected", "known_from"], "registered")
    is_within = (cases["expected_at_start"] < cases["start"] + YEAR).to_numpy()
    year_before = then["expected"] - YEAR
    later = year_before.where(year_before > then["known_from"], then["known_from"])
    deadline = (cases["start"] + days(28)).where(is_within, later)
    return closed(
        cases,
        "contact_sentence",
        not_applicable=np.where(
            cases["outside"] != "", cases["outside"], np.where(cases["has_plan_duty"], "", "no_action_plan_duty")
        ),
        undeterminable=np.where(cases["expected_at_start"].isna(), "no_expected_release", ""),
        status=common_status(event, deadline, as_of),
        deadline=deadline,
        event=event,
        as_of=as_of,
        reason=np.where(is_within, "within_28_days", "one_year_before"),
        knowable_from=cases["start"].where(is_within, then["known_from"]),
        counts_forward=is_within,
    )


def contact_supervision(cases: pd.DataFrame, contacts: pd.Series, as_of: pd.Timestamp) -> pd.DataFrame:
    """Judge whether the municipality was contacted in time about a supervision case."""
    event, deadline = cases["case_id"].map(contacts), cases["start"] + days(28)
    return closed(
        cases,
        "contact_supervision",
        not_applicable=np.where(
            cases["outside"] != "", cases["outside"], np.where(cases["has_plan_duty"], "", "no_action_plan_duty")
        ),
        undeterminable=np.full(len(cases), ""),
        status=common_status(event, deadline, as_of),
        deadline=deadline,
        event=event,
        as_of=as_of,
        counts_forward=True,
    )


def housing_registered(cases: pd.DataFrame, delivered: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Judge whether one who needs a home was registered for one at the release."""
    events = pd.DataFrame(
        {
            "case_id": delivered["sags_id"],
            "registration": delivered["opskrivning_id"],
            "day": day(delivered["dato"]),
            "kind": delivered["haendelse"],
        }
    )
    events = events[events["day"] <= as_of].merge(cases[["case_id", "actual"]], on="case_id")
    end = events["actual"].fillna(as_of)
    by_end, made = events["day"] <= end, events["kind"] == "opskrevet"
    deleted = events["kind"] == "slettet"
    kinds = events.assign(
        made=events["day"].where(made & by_end),
        confirmed=events["day"].where(~deleted & by_end),
        deleted=events["day"].where(deleted & by_end),
        afterwards=events["day"].where(made & ~by_end),
        end=end,
    )
    registrations = kinds.groupby(["case_id", "registration"], sort=False).agg(
        made=("made", "min"),
        confirmed=("confirmed", "max"),
        deleted=("deleted", "min"),
        afterwards=("afterwards", "min"),
        end=("end", "first"),
    )
    is_active = registrations["deleted"].isna() & (registrations["confirmed"] + YEAR >= registrations["end"])
    registrations["active"] = registrations["made"].where(is_active)
    per_case = registrations.groupby(level="case_id")[["active", "made", "afterwards"]].min()
    per_case = per_case.reindex(cases["case_id"]).set_index(cases.index)
    is_out, is_active = cases["actual"].notna().to_numpy(), per_case["active"].notna()
    reason = np.select(
        [
            is_active,
            cases["is_housed"],
            per_case["afterwards"].notna(),
            per_case["made"].notna(),
            cases["has_explanation"],
        ],
        ["", "housed", "", "lapsed", "documented"],
        default="not_registered",
    )
    return closed(
        cases,
        "housing_registered",
        not_applicable=np.where(
            cases["outside"] != "", cases["outside"], np.where(cases["has_housing_need"], "", "no_housing_need")
        ),
        undeterminable=cases["unknown"].to_numpy(),
        status=np.select(
            [
                ~is_out,
                is_active | (reason == "housed"),
                per_case["afterwards"].notna(),
                cases["release"] < as_of,
            ],
            ["pending", "met", "late", "missed"],
            default="pending",
        ),
        deadline=cases["release"],
        event=per_case["active"].fillna(per_case["afterwards"].where(is_out & (reason == ""))),
        as_of=as_of,
        reason=np.where(is_out, reason, ""),
    )


def aid_decided(
    cases: pd.DataFrame, expected: pd.DataFrame, delivered: pd.DataFrame, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Judge whether one-off aid was decided in time before the release, and who is answerable when not."""
    sent, documented = day(delivered["sendt"]), known(day(delivered["fuldstaendig"]), as_of)
    applications = pd.DataFrame(
        {
            "case_id": delivered["sags_id"],
            "application": delivered["ansoegning_id"],
            "municipality": delivered["kommunekode"],
            "sent": sent,
            "complete": documented.where(~(sent > documented), sent),
            "decided": known(day(delivered["afgjort"]), as_of),
        }
    )[sent <= as_of]
    grouped = applications.groupby("case_id", sort=False)
    per_case = grouped[["sent", "complete", "decided"]].min()
    in_order = applications.sort_values(["complete", "sent", "application"], na_position="last")
    per_case["asked"] = in_order.drop_duplicates("case_id").set_index("case_id")["municipality"]
    per_case = per_case.reindex(cases["case_id"]).set_index(cases.index)
    deadline, event = cases["release"] - days(14), per_case["decided"]
    complete_by = deadline - days(14)
    came = cases["case_id"].map(last_deadline_days(cases, expected, 14, as_of))
    is_overdue = np.where(event.notna() & deadline.notna(), event > deadline, deadline < as_of)
    is_moved = is_overdue & (came.isna() | (event <= came)).to_numpy()
    is_in_good_time = per_case["complete"] <= complete_by
    reason = np.select(
        [
            ~is_overdue,
            is_moved,
            ~(per_case["sent"] <= cases["release"]),
            is_in_good_time,
            complete_by < cases["start"],
        ],
        ["", "date_moved", "no_application", "decision_late", "no_time"],
        default="application_late",
    )
    has_no_need = ~cases["has_aid_need"] & per_case["sent"].isna()
    return closed(
        cases,
        "aid_decided",
        not_applicable=np.select(
            [cases["outside"] != "", has_no_need, deadline < cases["start"]],
            [cases["outside"], "no_aid_need", "not_possible"],
            default="",
        ),
        undeterminable=cases["unknown"].to_numpy(),
        status=common_status(event, deadline, as_of),
        deadline=deadline,
        event=event,
        as_of=as_of,
        party="kommune",
        reason=reason,
        responsible=np.select(
            [reason == "date_moved", reason == "no_time", np.isin(reason, ["no_application", "application_late"])],
            ["dato_flyttet", "kort_tid", "kriminalforsorgen"],
            default="",
        ),
        could_act=(came.notna() & is_in_good_time).to_numpy(),
        knowable_from=cases["start"],
        asked=per_case["asked"],
    )


def placed(
    judged: pd.DataFrame,
    municipalities: pd.DataFrame,
    memberships: pd.DataFrame,
    holidays: pd.DataFrame,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Give each outcome its municipality with region and area, and the working day of its deadline."""
    placed_on = judged["deadline"].where(judged["deadline"] < as_of, as_of)
    lived = at(judged, municipalities, placed_on, ["municipality_code"], "valid_from")["municipality_code"]
    judged["municipality_code"] = judged["asked"].fillna(lived)
    judged["moment"], judged["place"] = placed_on, np.arange(len(judged))
    members = memberships.assign(
        valid_from=day(memberships["valid_from"]).astype("datetime64[us]"), valid_to=day(memberships["valid_to"])
    ).sort_values("valid_from")
    judged = pd.merge_asof(
        judged.sort_values("moment"),
        members,
        left_on="moment",
        right_on="valid_from",
        left_by="municipality_code",
        right_by="code",
    )
    forward = judged["deadline"].where(judged["is_counted_forward"])
    off = day(holidays["holiday_date"]).to_numpy().astype("datetime64[D]")
    working = np.busday_offset(forward.to_numpy().astype("datetime64[D]"), 0, roll="following", holidays=off)
    return judged.assign(
        deadline_working_day=pd.Series(working, index=judged.index).where(forward.notna()),
        event_after_release=(judged["event_date"] > judged["actual"])
        .astype("boolean")
        .mask(judged["event_date"].isna() | judged["actual"].isna()),
    )
