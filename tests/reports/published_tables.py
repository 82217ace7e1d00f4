"""The published tables of the small world: of each its columns that pages read, with their types in DuckDB."""

TABLES = {
    "pub_run": (
        "batch_id text, extract_date date, as_of date, source_system text, is_synthetic boolean, code_version text, "
        "earlier_publications integer"
    ),
    "pub_area": "area text, valid_from date, valid_to date",
    "pub_region": "region_code text, name text, valid_from date, valid_to date",
    "pub_municipality": (
        "municipality_code text, name text, region_code text, area text, valid_from date, valid_to date"
    ),
    "pub_institution": "institution_code text, name text, kind text, area text",
    "pub_compliance": (
        "level text, unit_code text, period_type text, period text, is_complete boolean, rule_id text, due integer, "
        "met integer, late integer, missed integer, rate double, rate_low double, rate_high double, "
        "median_days_margin double, short_notice_due integer, responsible_kriminalforsorgen integer, "
        "responsible_kommune integer, responsible_dato_flyttet integer, responsible_kort_tid integer, own_due integer, "
        "own_met integer, own_rate double, own_rate_low double, own_rate_high double, after_release integer, "
        "met_after_release integer, in_time_on_working_day integer"
    ),
    "pub_worklist": (
        "case_id text, rule_id text, status text, municipality_code text, institution_code text, deadline date, "
        "days_left integer, region_code text, area text, institution_phone text, institution_mail_address text, "
        "responsible text, next_step text, next_step_by text, next_step_deadline date, is_in_place boolean, "
        "is_over_a_year_late boolean, reason text"
    ),
    "pub_late_case": (
        "case_id text, rule_id text, status text, reason text, responsible text, municipality_code text, "
        "institution_code text, deadline date, event_date date, days_margin integer, region_code text, area text, "
        "institution_phone text, institution_mail_address text"
    ),
    "pub_data_quality": (
        "batch_id text, file text, kind text, reason text, rows integer, loaded integer, quarantined integer, "
        "affected_rows integer"
    ),
    "pub_unit_rule": "rule_id text, level text, unit_code text, status text, reason text, date date",
    "pub_open": ("level text, unit_code text, rule_id text, open integer, due_within_60_days integer, overdue integer"),
    "pub_undeterminable": (
        "level text, unit_code text, rule_id text, reason text, cases integer, due integer, rate_lowest double, "
        "rate_highest double"
    ),
    "pub_breakdown": (
        "level text, unit_code text, rule_id text, period text, dimension text, value text, due integer, met integer, "
        "late integer, missed integer, own_due integer, own_met integer, met_after_release integer"
    ),
    "pub_revision": (
        "level text, unit_code text, rule_id text, period_type text, period text, first_publication_id text, "
        "changed_in_publication_id text, first_due integer, first_met integer, first_late integer, "
        "first_missed integer, first_own_due integer, first_own_met integer, due integer, met integer, "
        "late integer, missed integer, own_due integer, own_met integer, cause text"
    ),
    "pub_release_summary": (
        "level text, unit_code text, period_type text, period text, is_complete boolean, dimension text, value text, "
        "releases integer, with_core_due integer, whole_releases integer, core_due integer, core_met integer"
    ),
    "pub_cooperation": (
        "municipality_code text, municipality_name text, region_code text, area text, agreement_status text, "
        "agreement_reason text, agreement_updated_date date, meetings_invited integer, meetings_attended integer, "
        "meetings_with_police integer, meetings_police_stated integer, latest_invited_date date, "
        "latest_attended_date date, mailed_quarter text, mailing_status text, mailing_reason text, mailing_date date"
    ),
    "pub_not_possible": "level text, unit_code text, rule_id text, period text, not_possible integer",
}
