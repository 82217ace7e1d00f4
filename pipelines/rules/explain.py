"""Why a case has its outcome, in Danish a lawyer accepts: the facts used, the deadline step by step, and the law.

Belongs here: reading the rule models, the catalogue and what is written beside each rule, and making sentences of it.
Does not belong here: any judgement. Nothing is computed here, so an explanation cannot disagree with the warehouse.
"""

from __future__ import annotations

import datetime
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipelines.danish import WEEKDAYS, long_date
from pipelines.errors import UserError
from pipelines.rules.documentation import ExplanationStep, documentation, reason_words
from pipelines.vocabulary import CHANNELS, HOUSING, NORMS, PARTIES, RISK_LEVELS, STATUSES
from pipelines.warehouse import rule_models

#: How the last sentence of an explanation begins.
SOURCE = "Kilde: "
#: Reasons that say how a deadline came about and nothing of why it was not kept.
_HOW_THE_DEADLINE_IS_COUNTED = ("within_28_days", "one_year_before")
_CODED = {
    "channel": CHANNELS,
    "risk_level": RISK_LEVELS,
    "housing_at_release": HOUSING,
    "decision_status": STATUSES,
}


@dataclass(frozen=True)
class Explanation:
    """One outcome explained."""

    rule_id: str
    status: str
    heading: str
    paragraph: str
    facts: tuple[str, ...]
    files: frozenset[str] = frozenset()
    """The files of the delivery that the facts are from."""

    def __str__(self) -> str:
        """Return heading, paragraph and facts as lines of text."""
        return "\n".join([self.heading, f"  {self.paragraph}", *(f"    - {fact}" for fact in self.facts)])


def _outcomes(rule_id: str, kind: str) -> str:
    """Return the query for a rule's outcomes with their evidence and the municipality row they count under."""
    schema, marts = ("restricted", "restricted") if kind == "restricted" else ("rules", "marts")
    placed_on = "least(coalesce(outcome.deadline, outcome.as_of), outcome.as_of)"
    return (
        "select rule.*, outcome.as_of, outcome.municipality_code, outcome.deadline_working_day, "
        "outcome.event_after_release, "
        "handling.valid_from as municipality_from "
        f"from {schema}.rule_{rule_id} as rule "
        f"inner join {marts}.fct_rule_outcome as outcome on rule.case_id = outcome.case_id "
        "and rule.rule_id = outcome.rule_id and rule.case_type = outcome.case_type "
        "left join intermediate.int_municipalities_in_force as handling on outcome.case_id = handling.case_id "
        f"and {placed_on} >= handling.in_force_from and {placed_on} < handling.in_force_until"
    )


class Explainer:
    """Explains outcomes of one warehouse through an open connection."""

    def __init__(self, connection: Any) -> None:
        """Take a connection that is open for reading."""
        self._connection = connection

    def explain(self, case_id: str, rule_id: str | None = None, *, restricted: bool = False) -> list[Explanation]:
        """Return one explanation per rule of the case, or of the one rule asked for.

        Raises UserError for an unknown case or rule, and for a restricted rule that is not asked for as such.
        """
        kinds = rule_models.kinds()
        allowed = {"case", "restricted"} if restricted else {"case"}
        if rule_id is not None and kinds.get(rule_id) not in {"case", "restricted"}:
            known = ", ".join(sorted(rule for rule, kind in kinds.items() if kind == "case"))
            raise UserError(f"Reglen {rule_id} findes ikke. Reglerne om sager er: {known}.")
        if rule_id is not None and kinds[rule_id] not in allowed:
            raise UserError(f"Reglen {rule_id} er fortrolig. Brug --restricted, hvis du må se den.")
        if not self._rows("select 1 from intermediate.int_cases where case_id = ?", case_id):
            raise UserError(f"Sagen {case_id} findes ikke i datavarehuset. Kontrollér sagens nummer (sags_id).")
        explanations: list[Explanation] = []
        for wanted in [rule_id] if rule_id else self._order(kinds, allowed):
            rows = self._rows(f"{_outcomes(wanted, kinds[wanted])} where rule.case_id = ?", case_id)
            explanations.extend(self._explanation(row) for row in rows)
        if not explanations:
            raise UserError(f"Reglen {rule_id} gælder ikke for sager af samme art som {case_id}.")
        return explanations

    def _order(self, kinds: Mapping[str, str], allowed: set[str]) -> list[str]:
        # The catalogue's own order is the order of a case.
        return [rule for rule, kind in kinds.items() if kind in allowed]

    def explain_listed(self) -> Iterator[tuple[str, str | None, Explanation]]:
        """Yield case, municipality code and explanation of every outcome on a list: late ones and open duties.

        One query for each rule, however many cases there are; rules in the catalogue's order, no restricted one.
        """
        listed: dict[str, list[str]] = {}
        for one in self._rows(
            "select case_id, rule_id from publish.pub_late_case union select case_id, rule_id from publish.pub_worklist"
        ):
            listed.setdefault(one["rule_id"], []).append(one["case_id"])
        for rule_id in self._order(rule_models.kinds(), {"case"}):
            if rule_id not in listed:
                continue
            query = f"{_outcomes(rule_id, 'case')} where rule.case_id in (select unnest(?::varchar[]))"
            for row in self._rows(query, listed[rule_id]):
                yield row["case_id"], row["municipality_code"], self._explanation(row)

    def explain_all(self, rule_id: str) -> Iterator[tuple[str, Explanation]]:
        """Yield every case under one rule, restricted or not, with its explanation."""
        for row in self._rows(_outcomes(rule_id, rule_models.kinds()[rule_id])):
            yield row["case_id"], self._explanation(row)

    def _explanation(self, row: Mapping[str, Any]) -> Explanation:
        rule = self._rules[row["rule_id"], row["rule_version"]]
        beside = documentation(row["rule_id"])
        status = row["status"]
        judged = status not in ("not_applicable", "undeterminable")
        sentences = [] if status == "not_applicable" else [text for text in self._said(beside.steps, row) if text]
        sentences.append(self._conclusion(row, rule))
        if judged:
            sentences.extend(self._about_lateness(row, rule))
        sentences.extend(self._about_municipality(row))
        sentences.append(f"{SOURCE}{rule['source']}.")
        known = [fact for fact in beside.evidence if row[fact.column] is not None]
        facts = [f"{fact.label}: {self._value(fact.column, row[fact.column])} ({fact.file})" for fact in known]
        facts += self._accepted.get((row["case_id"], row["rule_id"]), [])
        heading = f"{rule['title_da']} ({NORMS[rule['norm']]}): {STATUSES[status]}"
        files = frozenset(fact.file for fact in known)
        return Explanation(row["rule_id"], status, heading, " ".join(sentences), tuple(facts), files)

    def _said(self, steps: tuple[ExplanationStep, ...], row: Mapping[str, Any]) -> Iterator[str | None]:
        for step in steps:
            applies = (
                all(row[column] is not None for column in step.has)
                and all(row[column] is None for column in step.lacks)
                and (not step.reasons or row["reason"] in step.reasons)
            )
            yield self._filled(step.text, row) if applies else None

    def _filled(self, text: str, row: Mapping[str, Any]) -> str | None:
        """Return the sentence with its facts put in; None when one of them is not there to be told."""
        parts = []
        for literal, column, form, _ in string.Formatter().parse(text):
            parts.append(literal)
            if column is None:
                continue
            value = row[column]
            if value is None:
                return None
            parts.append(WEEKDAYS[value.weekday()] if form == "weekday" else self._value(column, value))
        return "".join(parts)

    def _conclusion(self, row: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
        status, word = row["status"], STATUSES[row["status"]]
        reason = reason_words(row["rule_id"], row["reason"]).clause if row["reason"] else ""
        if status == "not_applicable":
            return f"Sagen er {word}: {reason}."
        if status == "undeterminable":
            return f"Udfaldet {word}: {reason}."
        deadline, event, as_of = row["deadline"], row["event_date"], row["as_of"]
        if status == "met" and event is None:
            return f"Udfald: {word}, fordi {reason}."
        if status in ("met", "late"):
            return f"Pligten blev opfyldt {long_date(event)}{self._distance(row)}. Udfald: {word}."
        if status == "missed":
            passed = "er udløbet" if deadline < as_of else "er løsladelsens eller henvendelsens egen dag"
            return f"Fristen {long_date(deadline)} {passed}, uden at pligten er opfyldt. Udfald: {word}."
        in_place = f" Det, pligten kræver, er på plads siden {long_date(event)}." if event else ""
        ahead = f"Fristen {long_date(deadline)} er ikke udløbet på opgørelsesdagen {long_date(as_of)}."
        return f"{ahead}{in_place} Udfald: {word}."

    def _distance(self, row: Mapping[str, Any]) -> str:
        days = row["days_margin"]
        if days is None:
            return ""
        if days == 0:
            return ", på fristens dag"
        word = "dag" if abs(days) == 1 else "dage"
        return f", {days} {word} før fristen" if days > 0 else f", {-days} {word} efter fristen"

    def _about_lateness(self, row: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[str]:
        working_day = row["deadline_working_day"]
        if working_day is not None and working_day != row["deadline"]:
            yield (
                f"Fristen falder på en dag, der ikke er hverdag; den næste hverdag er {long_date(working_day)}. "
                "Fristen flyttes ikke (vores læsning)."
            )
        if row["short_notice"]:
            yield f"Fristen havde kort varsel: {row['days_available']} dage fra den dag, den kunne kendes."
        if row["event_after_release"]:
            yield "Personen var løsladt, da det skete."
        if row["could_act"] is False:
            party = PARTIES[rule["party"]]
            yield f"Udfaldet tæller ikke med i de egne tal, for {party} kunne ikke have opfyldt pligten."
        if row["status"] not in ("late", "missed"):
            return
        if row["reason"] and row["reason"] not in _HOW_THE_DEADLINE_IS_COUNTED:
            yield f"Årsag: {reason_words(row['rule_id'], row['reason']).clause}."
        yield f"Ansvarlig: {PARTIES[row['responsible']]}."
        if rule["norm"] != "statutory":
            yield f"Reglen er en {NORMS[rule['norm']]}, så det er ikke et brud på loven."
        elif row["responsible"] != rule["party"]:
            yield "Forsinkelsen er ikke et lovbrud fra den part, som pligten påhviler."

    def _about_municipality(self, row: Mapping[str, Any]) -> Iterator[str]:
        if row["municipality_code"] is None:
            yield "Sagen har ingen handlekommune og tæller kun for hele landet."
        else:
            name = self._value("municipality_code", row["municipality_code"])
            if row["answering_municipality_code"] is not None:
                yield f"Sagen tæller hos {name}, som blev spurgt."
                return
            yield f"Sagen tæller hos {name}, som er handlekommune fra {long_date(row['municipality_from'])}."

    def _value(self, column: str, value: Any) -> str:
        if isinstance(value, bool):
            return "ja" if value else "nej"
        if isinstance(value, datetime.date):
            return long_date(value)
        if column.endswith("municipality_code"):
            return f"{self._names.get(value, 'ukendt kommune')} ({value})"
        if column == "last_weekday":
            return WEEKDAYS[value - 1]
        words = next((words for end, words in _CODED.items() if column.endswith(end)), {})
        return words.get(value, str(value))

    @cached_property
    def _rules(self) -> dict[tuple[str, int], dict[str, Any]]:
        return {(row["rule_id"], row["version"]): row for row in self._rows("select * from marts.dim_rule")}

    @cached_property
    def _accepted(self) -> dict[tuple[str, str], list[str]]:
        """The municipalities' dates that were accepted, beside what was delivered, by case and rule."""
        found = self._rows(
            "select distinct outcomes.rule_id, corrections.* from staging.stg_corrections as corrections "
            "inner join raw.corrected_outcomes as outcomes on corrections.reply_id = outcomes.reply_id "
            "and corrections.case_id = outcomes.case_id "
            # The first row of a claimed event has its date; the others say what it was.
            "where ends_with(corrections.correction_id, '-1') order by outcomes.rule_id, corrections.correction_id"
        )
        told: dict[tuple[str, str], list[str]] = {}
        for one in found:
            told.setdefault((one["case_id"], one["rule_id"]), []).append(_told_correction(one))
        return told

    @cached_property
    def _names(self) -> dict[str, str]:
        return {
            row["code"]: row["name"] for row in self._rows("select distinct code, name from marts.dim_municipality")
        }

    def _rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        result = self._connection.execute(query, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]


def _told_correction(one: Mapping[str, Any]) -> str:
    """Return both dates of a correction, who decided when, and whether it counts."""
    is_new = one["row_key"].startswith("ny-")
    what = f"{one['column_name']} ({one['table_name']}.csv)"
    claimed = long_date(datetime.date.fromisoformat(one["value"]))
    now = long_date(datetime.date.fromisoformat(one["delivered"])) if one["delivered"] else "ingen dato"
    decided = f"efter kommunens svar {one['reply_id']}, godkendt {long_date(one['decided_on'])} af {one['decided_by']}"
    if one["state"] == "counts":
        delivered = "rækken er ikke leveret" if is_new else f"leveret {now}"
        return f"{what}: {delivered}; {'tilføjet' if is_new else 'rettet til'} {claimed} {decided}"
    if one["state"] == "agrees":
        return f"{what}: kilden siger nu {claimed}, det samme som rettelsen {decided}"
    if one["state"] == "superseded":
        return f"{what}: {claimed} {decided}, er afløst af en senere afgørelse"
    changed = "kilden har siden selv registreret det" if is_new else f"kilden har siden rettet rækken ({now})"
    return f"{what}: {claimed} {decided}, tæller ikke: {changed}, og rettelsen venter på en ny afgørelse"
