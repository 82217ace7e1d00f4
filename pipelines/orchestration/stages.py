"""The five stages as groups of assets, in their order.

Belongs here: their names in Dagster. Does not belong here: what a stage does (``runs.main_job``).
"""

RECEIVED = "trin_1_modtaget"
JUDGED = "trin_2_bedoemt"
BUILT = "trin_3_bygget"
PROTECTED = "trin_4_beskyttet"
PUBLISHED = "trin_5_udgivet"

STAGES = (RECEIVED, JUDGED, BUILT, PROTECTED, PUBLISHED)
