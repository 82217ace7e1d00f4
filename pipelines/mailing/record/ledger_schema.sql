-- The ledger of one matter: the contact list, the packs, the worklists (then the code is a unit's and the quarter a
-- round). Opened by pipelines/mailing/record/ledger.py, which says what each state means.

create table if not exists preparation (
    number integer primary key,
    quarter text not null,
    digest text not null,
    name text not null,
    account text not null,
    at text not null,
    confirmed integer not null default 0
) strict;

create table if not exists approval (
    number integer primary key,
    quarter text not null,
    digest text not null,
    name text not null,
    account text not null,
    at text not null,
    confirmed integer not null default 0
) strict;

create table if not exists sent_list (
    digest text primary key,
    content text not null
) strict;

create table if not exists message (
    message_id text primary key,
    quarter text not null,
    municipality_code text,
    kind text not null check (kind in ('contact_list', 'pack', 'worklist', 'test')),
    recipient text not null,
    sha256 text not null,
    list_digest text references sent_list (digest),
    state text not null check (
        state in ('prepared', 'approved', 'sending', 'sent', 'refused', 'bounced', 'withdrawn')
    ),
    at text not null,
    detail text not null,
    check ((kind = 'test') = (municipality_code is null))
) strict;

-- The database itself refuses that a municipality is sent to twice in a quarter, whatever the program believes.
create unique index if not exists one_message_on_its_way on message (quarter, municipality_code)
where state in ('sending', 'sent') and kind <> 'test';

create table if not exists event (
    number integer primary key,
    message_id text not null references message (message_id),
    state text not null,
    at text not null,
    detail text not null
) strict;

create table if not exists unreachable (
    quarter text not null,
    municipality_code text not null,
    reason text not null,
    primary key (quarter, municipality_code)
) strict;

create table if not exists recall (
    number integer primary key,
    message_id text not null references message (message_id),
    name text not null,
    reason text not null,
    aware_at text not null,
    at text not null
) strict;

-- The last line of the journal, written with the move that it tells; the journal must end with it.
create table if not exists journal_end (
    one integer primary key check (one = 1),
    line text not null
) strict;
