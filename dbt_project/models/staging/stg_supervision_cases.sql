with

delivered as (

    select * from {{ source('raw', 'tilsynssager') }}

),

final as (

    select
        sags_id as case_id,
        client_key,
        institution_kode as institution_code,
        maalgruppe as target_group,
        try_cast(modtaget as date) as received_date,
        art as supervision_kind,
        {{ flag('handleplanspligt') }} as has_action_plan_duty,
        afsoningssag_id as sentence_case_id,
        try_cast(ophoert as date) as ended_date
    from delivered

)

select * from final
