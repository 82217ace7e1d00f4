"""The five stages as groups of assets, in their order, and what all of their assets share.

Belongs here: their names in Dagster, owner and pool. Does not belong here: what a stage does (``runs.main_job``).
"""

RECEIVED = "trin_1_modtaget"
JUDGED = "trin_2_bedoemt"
BUILT = "trin_3_bygget"
PROTECTED = "trin_4_beskyttet"
PUBLISHED = "trin_5_udgivet"

STAGES = (RECEIVED, JUDGED, BUILT, PROTECTED, PUBLISHED)

#: Who answers for every asset, as Dagster writes a team's name.
OWNERS = ("team:kriminalforsorgen",)
#: Whoever writes in the output folder holds this pool, which has room for one (``dagster_instance``).
POOL = "resultatmappen"
