{#
  For the duties a number of days before the release: the days that were the deadline by the release expected on that
  very day. When a date was brought forward past its own deadline there is none, and nobody could keep the duty.
  Gives per case the last such day, and the release that was expected on the deadline that the rule ends with.
#}
{% macro deadline_days() -%}
    select
        cases.case_id,
        max(expected_releases.expected_release_date - versions.days) filter (
            where
            expected_releases.expected_release_date - versions.days >= expected_releases.in_force_from
            and expected_releases.expected_release_date - versions.days < expected_releases.in_force_until
            and expected_releases.expected_release_date - versions.days >= cases.start_date
            and expected_releases.expected_release_date - versions.days <= cases.as_of
            and expected_releases.expected_release_date - versions.days < cases.release_date
        ) as last_deadline_day,
        max(expected_releases.expected_release_date) filter (
            where
            cases.release_date - versions.days >= expected_releases.in_force_from
            and cases.release_date - versions.days < expected_releases.in_force_until
        ) as expected_on_deadline
    from cases
    left join versions on {{ version_in_force() }}
    left join expected_releases on cases.case_id = expected_releases.case_id
    group by cases.case_id
{%- endmacro %}

{#
  What the three duties judge alike, from `relation` with event_date and deadline: whether the sentence is shorter than
  the notice, whether the duty is late or missed and whether that is only by a deadline that moved, and where the release
  went when the deadline never came.
#}
{% macro deadline_moved(relation) -%}
    select
        *,
        deadline < start_date as is_shorter_than_notice,
        last_deadline_day is not null as has_come,
        coalesce(event_date > deadline, deadline < as_of, false) as is_overdue,
        is_overdue and (last_deadline_day is null or coalesce(event_date <= last_deadline_day, false)) as is_moved,
        case when last_deadline_day is null and expected_on_deadline > release_date then expected_on_deadline end
            as brought_forward_from,
        case when last_deadline_day is null and expected_on_deadline < release_date then expected_on_deadline end
            as postponed_from
    from {{ relation }}
{%- endmacro %}

{% macro deadline_days_evidence() -%}
    {{ return(['start_date', 'last_deadline_day', 'brought_forward_from', 'postponed_from', 'days']) }}
{%- endmacro %}
