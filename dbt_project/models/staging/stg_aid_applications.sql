with

{{ corrected(
    'engangshjaelp',
    key='ansoegning_id',
    columns=['kommunekode', 'sendt', 'fuldstaendig', 'afgjort', 'afgoerelse', 'udbetalt', 'beloeb'],
) }}

final as (

    select
        ansoegning_id as application_id,
        sags_id as case_id,
        kommunekode as municipality_code,
        try_cast(sendt as date) as sent_date,
        try_cast(fuldstaendig as date) as documented_date,
        try_cast(afgjort as date) as decided_date,
        afgoerelse as decision,
        try_cast(udbetalt as date) as paid_date,
        try_cast(beloeb as decimal(12, 2)) as amount_dkk
    from corrected

)

select * from final
