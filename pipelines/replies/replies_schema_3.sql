-- Third form of the database: an agreed action has an id of its own, so that its wording can change.
-- Applied by pipelines/replies/store.py after replies_schema_2.sql. Actions from before have none.

alter table action add column action_id text;
