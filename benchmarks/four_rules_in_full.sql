-- The four headline rules as plain DuckDB statements over the delivered tables, in full but for what no other rule
-- needs: no rule versions, no evidence, no corrections, no descriptions, no tests. A yardstick for seconds
-- (benchmarks/frames.py), not another implementation. $as_of stands in the table `today`.
create macro adv(d, days) as case when days >= 30 and isodow(d) >= 4 then d - (isodow(d) - 3)::integer else d end;

create temp table expected as
with known as (
    select sags_id, registreret::date as registered,
        coalesce(try_cast(forventet_proeveloesladelse as date), forventet_loesladelse::date) as expected
    from raw.loesladelsesdatoer, today where registreret::date <= as_of
), ordered as (
    select *, row_number() over w = 1 as is_first, lead(registered, 1, date '9999-12-31') over w as until
    from known window w as (partition by sags_id order by registered)
), since as (
    select o.sags_id, o.registered, max(e.until) as since
    from ordered o join ordered e on e.sags_id = o.sags_id and e.until <= o.registered and e.expected > o.expected
    group by all
)
select o.*, greatest(since, straf_ivaerksat::date) as known_from,
    case when is_first then date '0001-01-01' else registered end as begins
from ordered o left join since using (sags_id, registered) join raw.afsoningssager using (sags_id);

create temp table lived as
with ordered as (
    select sags_id, kommunekode, gyldig_fra::date as day, row_number() over w = 1 as is_first,
        lead(gyldig_fra::date, 1, date '9999-12-31') over w as until
    from raw.handlekommuner, today where gyldig_fra::date <= as_of window w as (partition by sags_id order by gyldig_fra)
)
select sags_id, kommunekode, case when is_first then date '0001-01-01' else day end as begins, until from ordered;

create temp table contact as
select k.sags_id, min(k.dato::date) as contact
from raw.kommunekontakter k, today
left join lived l on l.sags_id = k.sags_id and k.dato::date >= l.begins and k.dato::date < l.until
where k.retning = 'ud' and k.emne = 'handleplan' and k.dato::date <= as_of and coalesce(l.kommunekode = k.kommunekode, true)
group by 1;

create temp table cases as
with c as (
    select a.*, as_of, straf_ivaerksat::date as s, straf_dage::integer as days,
        case when faktisk_loesladelse::date <= as_of then faktisk_loesladelse::date end as actual,
        case when varetaegt = 'J' then 'remand' when udvist = 'J' then 'expelled'
            when straf_ivaerksat::date > as_of then 'not_started' end as outside
    from raw.afsoningssager a, today
), e as (
    select c.*, at_start.expected as e_s, adv(now.expected, days) as coming
    from c
    left join expected at_start on at_start.sags_id = c.sags_id and s >= at_start.begins and s < at_start.until
    left join expected now on now.sags_id = c.sags_id and as_of >= now.begins and as_of < now.until
)
select *, case when actual is not null then actual when coming >= as_of then coming end as r,
    case when actual is null and coming is null then 'no_expected_release'
        when actual is null and coming < as_of then 'expected_release_passed' end as unknown
from e;

create temp table judged as
with contact_sentence as (
    select 'contact_sentence' as rule_id, c.sags_id, 'sentence' as case_type, institution_kode, maalgruppe, actual, as_of,
        coalesce(outside, case when handleplanspligt is distinct from 'J' then 'no_action_plan_duty' end) as na,
        case when e_s is null then 'no_expected_release' end as und,
        e_s < (s + interval 1 year)::date as within,
        case when within then s + 28 else greatest((t.expected - interval 1 year)::date, t.known_from) end as deadline,
        contact as event, case when within then s else t.known_from end as knowable_from,
        case when within then 'within_28_days' else 'one_year_before' end as reason, 'kriminalforsorgen' as party,
        null::varchar as responsible, true as could_act, within as forward, null::varchar as asked, null::varchar as status
    from cases c left join contact k using (sags_id)
    left join expected t on t.sags_id = c.sags_id
        and coalesce(contact, actual, as_of) >= t.begins and coalesce(contact, actual, as_of) < t.until
), contact_supervision as (
    select 'contact_supervision' as rule_id, sags_id, 'supervision' as case_type, institution_kode, maalgruppe,
        null::date as actual, as_of,
        case when modtaget::date > as_of then 'not_started' when handleplanspligt is distinct from 'J' then 'no_action_plan_duty' end as na,
        null as und, true as within, modtaget::date + 28 as deadline, contact as event, null::date as knowable_from,
        null as reason, 'kriminalforsorgen' as party, null as responsible, true as could_act, true as forward, null as asked,
        null as status
    from raw.tilsynssager left join contact using (sags_id), today
), registrations as (
    select sags_id, min(dato::date) filter (haendelse = 'opskrevet' and dato::date <= coalesce(actual, as_of)) as made,
        min(dato::date) filter (haendelse = 'opskrevet' and dato::date > coalesce(actual, as_of)) as afterwards,
        case when count(*) filter (haendelse = 'slettet' and dato::date <= coalesce(actual, as_of)) = 0
            and (max(dato::date) filter (haendelse <> 'slettet' and dato::date <= coalesce(actual, as_of))
                + interval 1 year)::date >= any_value(coalesce(actual, as_of)) then made end as active
    from raw.bolighaendelser join cases using (sags_id) where dato::date <= as_of group by sags_id, opskrivning_id
), housing as (
    select sags_id, min(made) as made, min(afterwards) as afterwards, min(active) as active from registrations group by 1
), at_release as (
    select *, case when active is not null then null when bolig_ved_loesladelse = 'egen' then 'housed'
        when afterwards is not null then null when made is not null then 'lapsed'
        when bolig_begrundelse_findes = 'J' then 'documented' else 'not_registered' end as why
    from cases left join housing using (sags_id)
), housing_registered as (
    select 'housing_registered' as rule_id, sags_id, 'sentence' as case_type, institution_kode, maalgruppe, actual, as_of,
        coalesce(outside, case when bolig_behov is distinct from 'J' or bolig_behov_afklaret::date > as_of
            then 'no_housing_need' end) as na,
        unknown as und, false as within, r as deadline,
        coalesce(active, case when actual is not null and why is null then afterwards end) as event, null::date as knowable_from,
        case when actual is not null then why end as reason, 'kriminalforsorgen' as party, null as responsible,
        true as could_act, false as forward, null as asked,
        case when actual is null then 'pending' when active is not null or why = 'housed' then 'met'
            when afterwards is not null then 'late' when r < as_of then 'missed' else 'pending' end as status
    from at_release
), applications as (
    select sags_id, min(sendt::date) as sent, min(afgjort::date) filter (afgjort::date <= as_of) as event,
        min(greatest(sendt::date, fuldstaendig::date)) filter (fuldstaendig::date <= as_of) as complete,
        arg_min(kommunekode, (coalesce(case when fuldstaendig::date <= as_of then greatest(sendt::date, fuldstaendig::date) end,
            date '9999-12-31'), sendt::date, ansoegning_id)) as asked
    from raw.engangshjaelp, today where sendt::date <= as_of group by 1
), came as (
    select sags_id, max(case when e.sags_id is null then r else adv(e.expected, days) end - 14) as came
    from cases left join expected e using (sags_id)
    where case when e.sags_id is null then true
        else adv(e.expected, days) - 14 >= e.begins and adv(e.expected, days) - 14 < e.until end
        and case when e.sags_id is null then r else adv(e.expected, days) end - 14 between s and least(as_of, r - 1)
    group by 1
), aid as (
    select *, r - 14 as deadline, r - 28 as complete_by, coalesce(event > r - 14, r - 14 < as_of, false) as overdue,
        coalesce(complete <= r - 28, false) as in_time,
        case when not overdue then null when came is null or event <= came then 'date_moved'
            when coalesce(sent > r, true) then 'no_application' when in_time then 'decision_late'
            when r - 28 < s then 'no_time' else 'application_late' end as why
    from cases left join applications using (sags_id) left join came using (sags_id)
), aid_decided as (
    select 'aid_decided' as rule_id, sags_id, 'sentence' as case_type, institution_kode, maalgruppe, actual, as_of,
        coalesce(outside, case when engangshjaelp_behov is distinct from 'J' and sent is null then 'no_aid_need'
            when deadline < s then 'not_possible' end) as na,
        unknown as und, false as within, deadline, event, s as knowable_from, why as reason, 'kommune' as party,
        case why when 'date_moved' then 'dato_flyttet' when 'no_time' then 'kort_tid'
            when 'no_application' then 'kriminalforsorgen' when 'application_late' then 'kriminalforsorgen' end as responsible,
        came is not null and in_time as could_act, false as forward, asked, null as status
    from aid
)
from contact_sentence union all from contact_supervision union all from housing_registered union all from aid_decided;

create temp table working_days as
select d::date as day, min(case when isodow(d) <= 5 and holiday_date is null then d::date end)
    over (order by d rows between current row and unbounded following) as working_day
from generate_series(date '1900-01-01', date '2102-01-31', interval 1 day) t(d)
left join reference.holidays on holiday_date = d;

create temp table outcomes as
with stated as (
    select * replace (case when na is not null then 'not_applicable' when und is not null then 'undeterminable'
            when status is not null then status when event <= deadline then 'met' when event is not null then 'late'
            when deadline < as_of then 'missed' else 'pending' end as status),
        na is null and und is null as judged
    from judged
), closed as (
    select * replace (case when judged then deadline end as deadline, case when judged then event end as event,
            case when judged then knowable_from end as knowable_from, case when judged then asked end as asked,
            coalesce(na, und, reason) as reason,
            case when status in ('late', 'missed') then coalesce(responsible, party) end as responsible,
            case when status in ('met', 'late', 'missed') and deadline < as_of then could_act end as could_act,
            judged and forward as forward),
        case when judged then least(deadline, as_of) else as_of end as placed_on
    from stated
)
select c.sags_id as case_id, case_type, rule_id, status, deadline, event as event_date, knowable_from,
    case when forward then working_day end as deadline_working_day,
    case when judged and not (status = 'met' and event is null) then deadline - coalesce(event, as_of) end::integer as days_margin,
    (deadline - knowable_from)::integer as days_available, deadline - knowable_from < 28 as short_notice, reason, responsible,
    could_act, event > actual as event_after_release, coalesce(asked, l.kommunekode) as municipality_code, region_code, area,
    institution_kode as institution_code, maalgruppe as target_group
from closed c
left join lived l on l.sags_id = c.sags_id and placed_on >= l.begins and placed_on < l.until
left join marts.dim_municipality m on m.code = coalesce(asked, l.kommunekode) and placed_on between m.valid_from and m.valid_to
left join working_days on day = deadline and forward;
