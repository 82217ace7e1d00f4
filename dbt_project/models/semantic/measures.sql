{{ config(materialized='view') }}

with

final as (

    select
        known.measure,
        known.name_da,
        known.formula,
        known.description_da
    from (
        values
        (
            'due',
            'Forfaldne',
            'sum(due)',
            'Antal frister, der er udløbet, så pligten kan tælles.'
        ),
        (
            'met',
            'Til tiden',
            'sum(met)',
            'Antal frister, der blev holdt.'
        ),
        (
            'rate',
            'Andel til tiden',
            'cast(sum(met) as double precision) / nullif(sum(due), 0)',
            'Til tiden af forfaldne; tom, når intet var forfaldent.'
        ),
        (
            'own_due',
            'Forfaldne, parten kunne holde',
            'sum(own_due)',
            'Antal frister, som den part, pligten påhviler, kunne have holdt.'
        ),
        (
            'own_rate',
            'Partens egen andel',
            'cast(sum(own_met) as double precision) / nullif(sum(own_due), 0)',
            'Holdt af dem, parten kunne holde; tom, når der ingen var. Det er den, parten dømmes på.'
        )
    ) as known (measure, name_da, formula, description_da)

)

select * from final
