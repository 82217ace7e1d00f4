with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

events as (

    select * from {{ ref('int_housing_events') }}
    where event_date <= judged_on

),

versions as (

    {{ rule_versions('housing_renewed', {'years': 'integer'}) }}

),

population as (

    select
        {{ outcome_keys() }},
        coalesce(
            cases.outside_reason,
            case when cases.has_housing_need is not true then 'no_housing_need' end
        ) as outside_reason,
        cases.start_date,
        cases.actual_release_date,
        versions.years
    from cases
    left join versions on {{ version_in_force() }}

),

deletions as (

    select distinct
        case_id,
        registration_id
    from events
    where event_kind = 'slettet'

),

-- Each registration or renewal and the one that follows it: the year between them is the duty.
steps as (

    select
        events.case_id,
        events.registration_id,
        events.event_date as confirmed_date,
        events.judged_on,
        population.actual_release_date,
        population.start_date,
        {{ years_after('events.event_date', 'population.years') }} as renew_by,
        lead(events.event_date) over (
            partition by events.case_id, events.registration_id order by events.event_date, events.event_id
        ) as next_date
    from events
    inner join population on events.case_id = population.case_id
    where events.event_kind <> 'slettet' and population.outside_reason is null

),

-- A year that ended before the sentence began was before the prison service's time.
steps_in_time as (

    select
        steps.*,
        deletions.case_id is not null as is_deleted
    from steps
    left join deletions
        on steps.case_id = deletions.case_id and steps.registration_id = deletions.registration_id
    where steps.renew_by >= steps.start_date

),

step_outcomes as (

    select
        case_id,
        registration_id,
        confirmed_date,
        renew_by as deadline,
        next_date as event_date,
        case
            when next_date > renew_by then 'late'
            when next_date is not null then 'met'
            when not is_deleted and renew_by < judged_on then 'missed'
            when not is_deleted and actual_release_date is null then 'pending'
        end as status
    from steps_in_time

),

-- Of one registration: its first gap, else the renewal now overdue, else its last renewal, else the one to come.
registration_outcomes as (

    select *
    from step_outcomes
    where status is not null
    qualify
        row_number() over (
            partition by case_id, registration_id
            order by
                {{ place_among(['late', 'missed', 'met', 'pending'], 'status') }} asc,
                case when status = 'late' then deadline end asc,
                deadline desc,
                event_date desc
        ) = 1

),

-- Of one case: its worst registration; of two that are alike in all that is judged, always the same one.
worst as (

    select *
    from registration_outcomes
    qualify
        row_number() over (
            partition by case_id
            order by
                {{ place_among(['missed', 'late', 'met', 'pending'], 'status') }},
                deadline,
                event_date,
                registration_id
        ) = 1

),

judged as (

    select
        population.case_id,
        population.case_type,
        population.as_of,
        population.rule_version,
        population.party,
        population.counts_forward,
        population.next_step,
        population.start_date,
        population.actual_release_date,
        population.years,
        coalesce(population.outside_reason, case when worst.case_id is null then 'no_renewal_due' end)
            as not_applicable_reason,
        null as undeterminable_reason,
        worst.deadline,
        worst.event_date,
        worst.status as own_status,
        worst.registration_id,
        worst.confirmed_date
    from population
    left join worst on population.case_id = worst.case_id

),

{{ rule_outcome(
    'housing_renewed',
    own=['status'],
    evidence=['start_date', 'actual_release_date', 'registration_id', 'confirmed_date', 'years'],
) }}
