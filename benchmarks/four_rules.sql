-- The four headline rules as plain DuckDB statements on the same files, as simply as one would write them for speed:
-- no rule versions, no evidence, no descriptions, no tests, one day of assessment (the extract's). {delivery} and
-- {as_of} are filled in by benchmarks/main_job.py. This is the yardstick for the ratio, not a second implementation.
create macro csv(name) as table select * from read_csv('{delivery}/' || name || '.csv', delim = ';', header = true, all_varchar = true);

create table cases as
select sags_id, straf_ivaerksat::date as s, varetaegt, udvist, handleplanspligt, straf_dage::int as days, bolig_behov,
    bolig_begrundelse, engangshjaelp_behov, try_cast(faktisk_loesladelse as date) as released
from csv('afsoningssager');

create table expected as
select sags_id, registreret::date as known, coalesce(try_cast(forventet_proeveloesladelse as date), forventet_loesladelse::date) as expected
from csv('loesladelsesdatoer') where registreret::date <= date '{as_of}';

create table municipality as
select sags_id, gyldig_fra::date as valid_from, kommunekode from csv('handlekommuner') where gyldig_fra::date <= date '{as_of}';

create table first_contact as
select k.sags_id, min(k.dato::date) as contact
from csv('kommunekontakter') k
left join lateral (
    select m.kommunekode from municipality m where m.sags_id = k.sags_id
    order by (m.valid_from <= k.dato::date) desc, case when m.valid_from <= k.dato::date then m.valid_from end desc, m.valid_from limit 1
) m on true
where k.retning = 'ud' and k.emne = 'handleplan' and k.dato::date <= date '{as_of}' and (m.kommunekode is null or m.kommunekode = k.kommunekode)
group by 1;

create table contact_sentence as
with moment as (
    select c.*, f.contact, coalesce(f.contact, date '{as_of}') as t from cases c left join first_contact f using (sags_id)
), facts as (
    select moment.*, (select arg_max(expected, known) from expected e where e.sags_id = moment.sags_id and known <= s) as e_s,
        (select arg_min(expected, known) from expected e where e.sags_id = moment.sags_id) as e_first,
        (select arg_max(expected, known) from expected e where e.sags_id = moment.sags_id and known <= t) as e_t,
        (select max(known) from expected e where e.sags_id = moment.sags_id and known <= t) as k_t,
        (select min(known) from expected e where e.sags_id = moment.sags_id) as k_first
    from moment
)
select sags_id, contact, case when coalesce(e_s, e_first) < (s + interval 1 year)::date then s + 28
    else greatest((coalesce(e_t, e_first) - interval 1 year)::date, case when coalesce(k_t, k_first) = k_first then s else greatest(s, k_t) end) end as deadline
from facts where handleplanspligt = 'J' and varetaegt = 'N' and udvist = 'N' and s <= date '{as_of}';

create table contact_supervision as
select t.sags_id, t.modtaget::date + 28 as deadline, f.contact from csv('tilsynssager') t left join first_contact f using (sags_id)
where t.handleplanspligt = 'J' and t.modtaget::date <= date '{as_of}';

create table release as
with e as (
    select c.*, coalesce((select arg_max(expected, known) from expected e where e.sags_id = c.sags_id), null) as e_now from cases c
)
select *, coalesce(case when released <= date '{as_of}' then released end,
    case when days >= 30 and isodow(e_now) >= 4 then e_now - (isodow(e_now) - 3)::int else e_now end) as r from e;

create table registrations as
select opskrivning_id, sags_id, min(dato::date) filter (haendelse = 'opskrevet') as first_day,
    max(dato::date) filter (haendelse <> 'slettet') as newest, bool_or(haendelse = 'slettet') as gone
from csv('bolighaendelser') join release using (sags_id) where dato::date <= least(r, date '{as_of}') group by all;

create table housing_registered as
select r.sags_id, r.r as deadline, min(g.first_day) filter (not g.gone and (g.newest + interval 1 year)::date >= r.r) as event
from release r left join registrations g using (sags_id) where r.bolig_behov = 'J' group by all;

create table aid_decided as
select r.sags_id, r.r - 14 as deadline, min(try_cast(a.afgjort as date)) as event
from release r left join csv('engangshjaelp') a on a.sags_id = r.sags_id and a.sendt::date <= date '{as_of}'
where r.engangshjaelp_behov = 'J' group by all;
