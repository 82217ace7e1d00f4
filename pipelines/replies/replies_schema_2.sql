-- Second form of the database: a reply may claim what was never registered, and a decision may be made anew.
-- Applied by pipelines/replies/store.py after replies_schema.sql.

-- The municipality that a reply says was responsible, and the rows of ours (JSON) when it claims one we do not have.
alter table reply add column claimed_municipality text;
alter table reply add column known_rows text;

-- A request that a standing decision be made anew; `decision_number` is the one it asks to have reconsidered.
create table reopening (
    number integer primary key,
    reply_id text not null references reply (reply_id),
    decision_number integer not null unique,
    reason text not null,
    name text not null,
    account text not null,
    at text not null
) strict;

-- `held` is what the delivery said when it was decided: a date, the known rows (JSON), or nothing.
create table decision_made_anew (
    number integer primary key,
    reply_id text not null references reply (reply_id),
    verdict text not null check (verdict in ('accepted', 'rejected')),
    reason text,
    held text,
    name text not null,
    account text not null,
    decided_on text not null,
    at text not null
) strict;
insert into decision_made_anew
select decision.number, decision.reply_id, verdict, null, held, name, account, decided_on, at
from decision inner join reply on decision.reply_id = reply.reply_id
order by decision.number;
drop table decision;
alter table decision_made_anew rename to decision;

create trigger decision_kept before update on decision begin select raise(abort, 'only added to'); end;
create trigger decision_stays before delete on decision begin select raise(abort, 'only added to'); end;
create trigger reopening_kept before update on reopening begin select raise(abort, 'only added to'); end;
create trigger reopening_stays before delete on reopening begin select raise(abort, 'only added to'); end;
