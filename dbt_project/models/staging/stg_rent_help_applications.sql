with

{{ corrected(
    'huslejehjaelp',
    key='ansoegning_id',
    columns=['kommunekode', 'behov_konstateret', 'sendt', 'afgjort', 'afgoerelse', 'alternativ_undersoegt'],
) }}

final as (

    select
        ansoegning_id as application_id,
        sags_id as case_id,
        kommunekode as municipality_code,
        try_cast(behov_konstateret as date) as need_found_date,
        try_cast(sendt as date) as sent_date,
        try_cast(afgjort as date) as decided_date,
        afgoerelse as decision,
        try_cast(alternativ_undersoegt as date) as alternative_examined_date
    from corrected

)

select * from final
