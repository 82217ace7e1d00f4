"""Dagster's history in files, kept open: the same files as Dagster's own, written without opening them for each event.

Belongs here: how the event log is reached. Does not belong here: which storage is used and where it lies
(``dagster_instance``).

A run has some seven hundred events. Dagster's own class opens a file, writes one of them and waits for the disk, each
time; that took longer than the run. Here a connection stays open, and the disk is waited for at checkpoints only: a
power failure may cost the last events of the history, never its soundness, and no figure depends on it.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from dagster._core.event_api import EventHandlerFn
from dagster._core.storage.event_log.polling_event_watcher import SqlPollingEventWatcher
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

_SECONDS_FOR_OTHERS = 60
# One file a run and one for all: more than are written to at a time.
_MOST_OPEN = 8


class KeptOpenEventLog(SqliteEventLogStorage):
    """Dagster's event log in SQLite files, with the connections of the files last used kept open.

    ``_connect`` is Dagster's own name for the one way to its files (dagster is pinned; a test runs both classes on the
    same files).
    """

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptOpenEventLog:
        """Make it as ``dagster.yaml`` says."""
        return cls(inst_data=inst_data, **config_value)

    @contextlib.contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        engines: OrderedDict[str, Engine] = self.__dict__.setdefault("_engines", OrderedDict())
        if shard not in engines:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": _SECONDS_FOR_OTHERS, "check_same_thread": False},
            )
            event.listen(engine, "connect", _wait_at_checkpoints_only)
            self._initdb(engine)
            engines[shard] = engine
            while len(engines) > _MOST_OPEN:
                engines.popitem(last=False)[1].dispose()
        engines.move_to_end(shard)
        return engines[shard]

    def watch(self, run_id: str, cursor: str | None, callback: EventHandlerFn) -> None:
        """Look for new events in short intervals: a file that stays open is not seen to change until a checkpoint."""
        watcher = self.__dict__.setdefault("_watcher", SqlPollingEventWatcher(self))
        watcher.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: EventHandlerFn) -> None:
        """Stop looking."""
        if (watcher := self.__dict__.get("_watcher")) is not None:
            watcher.unwatch_run(run_id, handler)

    def dispose(self) -> None:
        """Close every file, and stop looking for events."""
        if (watcher := self.__dict__.pop("_watcher", None)) is not None:
            watcher.close()
        super().dispose()
        for engine in self.__dict__.pop("_engines", {}).values():
            engine.dispose()


def _wait_at_checkpoints_only(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
