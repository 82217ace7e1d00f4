with

{{ corrected(
    'loesladelsesmoeder',
    key='moede_id',
    columns=['indkaldt', 'afholdt', 'form', 'kommune_inviteret', 'kommune_deltog', 'kif_inviteret'],
) }}

final as (

    select
        moede_id as meeting_id,
        sags_id as case_id,
        try_cast(indkaldt as date) as called_date,
        try_cast(afholdt as date) as held_date,
        form as meeting_form,
        {{ flag('kommune_inviteret') }} as is_municipality_invited,
        {{ flag('kommune_deltog') }} as did_municipality_attend,
        {{ flag('kif_inviteret') }} as is_probation_invited
    from corrected

)

select * from final
