-- Replies of the municipalities and actions agreed at meetings. Opened by pipelines/replies/store.py.
-- Rows are only ever added: the triggers below make the database itself refuse anything else.

create table reply_file (
    number integer primary key,
    sha256 text not null unique,
    municipality_code text not null,
    name text not null,
    account text not null,
    at text not null
) strict;

create table reply (
    reply_id text primary key,
    file_number integer not null references reply_file (number),
    municipality_code text not null,
    case_id text not null,
    rule_id text not null,
    reason text not null,
    disputed text,
    table_name text,
    row_key text,
    column_name text,
    held text,
    claimed text,
    check ((disputed is null) = (claimed is null)),
    check ((disputed is null) = (table_name is null))
) strict;

-- The deadlines of the outcomes that a disputed date can change, as they were when the reply was recorded.
create table reply_deadline (
    reply_id text not null references reply (reply_id),
    rule_id text not null,
    deadline text,
    primary key (reply_id, rule_id)
) strict;

create table decision (
    number integer primary key,
    reply_id text not null unique references reply (reply_id),
    verdict text not null check (verdict in ('accepted', 'rejected')),
    name text not null,
    account text not null,
    decided_on text not null,
    at text not null
) strict;

create table action_file (
    number integer primary key,
    sha256 text not null unique,
    name text not null,
    account text not null,
    at text not null
) strict;

create table action (
    number integer primary key,
    file_number integer not null references action_file (number),
    meeting_id text not null,
    meeting_date text not null,
    level text not null check (level in ('area', 'municipality')),
    unit_code text not null,
    rule_id text not null,
    what text not null,
    who text not null,
    by_when text not null,
    status text not null
) strict;

create trigger reply_file_kept before update on reply_file begin select raise(abort, 'only added to'); end;
create trigger reply_file_stays before delete on reply_file begin select raise(abort, 'only added to'); end;
create trigger reply_kept before update on reply begin select raise(abort, 'only added to'); end;
create trigger reply_stays before delete on reply begin select raise(abort, 'only added to'); end;
create trigger reply_deadline_kept before update on reply_deadline begin select raise(abort, 'only added to'); end;
create trigger reply_deadline_stays before delete on reply_deadline begin select raise(abort, 'only added to'); end;
create trigger decision_kept before update on decision begin select raise(abort, 'only added to'); end;
create trigger decision_stays before delete on decision begin select raise(abort, 'only added to'); end;
create trigger action_file_kept before update on action_file begin select raise(abort, 'only added to'); end;
create trigger action_file_stays before delete on action_file begin select raise(abort, 'only added to'); end;
create trigger action_kept before update on action begin select raise(abort, 'only added to'); end;
create trigger action_stays before delete on action begin select raise(abort, 'only added to'); end;
