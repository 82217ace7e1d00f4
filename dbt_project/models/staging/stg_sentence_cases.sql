with

delivered as (

    select * from {{ source('raw', 'afsoningssager') }}

),

final as (

    select
        sags_id as case_id,
        client_key,
        institution_kode as institution_code,
        maalgruppe as target_group,
        {{ flag('varetaegt') }} as is_remand,
        {{ flag('udvist') }} as is_expelled,
        {{ flag('handleplanspligt') }} as has_action_plan_duty,
        try_cast(straf_dage as integer) as sentence_days,
        try_cast(straf_ivaerksat as date) as start_date,
        ls_rnr_niveau as risk_level,
        try_cast(ls_rnr_dato as date) as risk_assessed_date,
        {{ flag('bolig_behov') }} as has_housing_need,
        try_cast(bolig_behov_afklaret as date) as housing_need_clarified_date,
        {{ flag('bolig_begrundelse_findes') }} as has_housing_explanation,
        bolig_ved_loesladelse as housing_at_release,
        {{ flag('engangshjaelp_behov') }} as has_aid_need,
        {{ flag('tilsyn_vilkaar') }} as has_supervision_condition,
        try_cast(oprindelig_loesladelse as date) as original_release_date,
        try_cast(faktisk_loesladelse as date) as actual_release_date,
        loesladelse_art as release_kind
    from delivered

)

select * from final
