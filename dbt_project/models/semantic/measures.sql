{{ config(materialized='view') }}

with

final as (

    select
        known.measure,
        known.counts_table,
        known.name_da,
        known.formula,
        known.description_da
    from (
        values
        (
            'due',
            'duty_counts',
            'Forfaldne',
            'sum(due)',
            'Antal frister, der er udløbet, så pligten kan tælles.'
        ),
        (
            'met',
            'duty_counts',
            'Til tiden',
            'sum(met)',
            'Antal frister, der blev holdt.'
        ),
        (
            'rate',
            'duty_counts',
            'Andel til tiden',
            'cast(sum(met) as double precision) / nullif(sum(due), 0)',
            'Til tiden af forfaldne; tom, når intet var forfaldent.'
        ),
        (
            'own_due',
            'duty_counts',
            'Forfaldne, parten kunne holde',
            'sum(own_due)',
            'Antal frister, som den part, pligten påhviler, kunne have holdt.'
        ),
        (
            'own_rate',
            'duty_counts',
            'Partens egen andel',
            'cast(sum(own_met) as double precision) / nullif(sum(own_due), 0)',
            'Holdt af dem, parten kunne holde; tom, når der ingen var. Det er den, parten dømmes på.'
        ),
        (
            'releases',
            'release_counts',
            'Løsladelser',
            'sum(releases)',
            'Antal løsladelser.'
        ),
        (
            'whole_releases',
            'release_counts',
            'Hele løsladelser',
            'sum(whole_releases)',
            'Antal løsladelser, hvor alle forfaldne kernepligter blev opfyldt.'
        ),
        (
            'whole_share',
            'release_counts',
            'Andel hele løsladelser',
            'cast(sum(whole_releases) as double precision) / nullif(sum(with_core_due), 0)',
            'Hele løsladelser af dem med mindst én forfalden kernepligt; tom, når der ingen var.'
        )
    ) as known (measure, counts_table, name_da, formula, description_da)

)

select * from final
