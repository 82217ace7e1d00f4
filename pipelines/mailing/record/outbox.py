"""The outbox of a quarter: one ``.eml`` per municipality, and a manifest that says which is whose.

Belongs here: writing, reading and checking those files, and the lock of the mailing. Does not belong here: what a
message says (``messages.py``) and what has become of it (``ledger.py``).

Each file is written beside and renamed, the manifest last: after a crash the digests do not agree, approve and send
refuse, and preparing again puts it right.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.durable_files import make_file, make_folder, protect
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.matters import Round

MANIFEST = "manifest.json"
EARLIER = "tidligere"


@dataclass(frozen=True)
class OutboxEntry:
    """One message of the outbox; its file is named by the municipality's code and by nothing else."""

    municipality_code: str
    recipient: str
    message_id: str
    sha256: str

    @property
    def file(self) -> str:
        """The name of the message's file: a mail, or a message of Digital Post, whose id is no mail's."""
        return f"{self.municipality_code}{'.eml' if self.message_id.startswith('<') else '.xml'}"


@dataclass(frozen=True)
class Outbox:
    """What the manifest says: the messages, and who could not be reached and why."""

    quarter: str
    batch_id: str
    entries: tuple[OutboxEntry, ...]
    unreachable: dict[str, str]
    #: Whom a standing matter goes to and how, the same week after week; empty for one whose bytes are approved.
    order: str = ""

    @property
    def digest(self) -> str:
        """The digest over every message: what an approval signs, unless the matter is a standing one."""
        return hashlib.sha256(json.dumps(self.facts, ensure_ascii=False, sort_keys=True, indent=1).encode()).hexdigest()

    @property
    def facts(self) -> dict[str, object]:
        """What the manifest says, without its digest."""
        return {name: value for name, value in asdict(self).items() if name != "order" or value}


def folder(output: Output, quarter: Round) -> Path:
    """Return where a quarter's outbox lies."""
    return output.mailing / quarter.code


def stop_file(output: Output) -> Path:
    """Return the file whose existence stops a sending run at once."""
    return output.root / "mailing" / "STOP"


def write(output: Output, quarter: Round, outbox: Outbox, contents: dict[str, bytes]) -> None:
    """Write the outbox: exactly these messages, and the manifest last."""
    place = folder(output, quarter)
    make_folder(place)
    wanted = {entry.file for entry in outbox.entries}
    for file in _messages_in(place):
        if file.name not in wanted:
            file.unlink()
    for entry in outbox.entries:
        write_file(place / entry.file, contents[entry.municipality_code])
    text = json.dumps({"digest": outbox.digest, **outbox.facts}, ensure_ascii=False, sort_keys=True, indent=1)
    write_file(place / MANIFEST, (text + "\n").encode())


def _messages_in(place: Path) -> list[Path]:
    return sorted(file for file in place.glob("*") if file.suffix in (".eml", ".xml"))


def set_aside(output: Output, quarter: Round, handed_over: list[tuple[str, str]]) -> None:
    """Keep the files of messages (code and digest) that were handed over: they are the evidence of what was sent."""
    aside = folder(output, quarter) / EARLIER
    for code, digest in sorted(handed_over):
        for source in (folder(output, quarter) / f"{code}{suffix}" for suffix in (".eml", ".xml")):
            if source.is_file() and hashlib.sha256(source.read_bytes()).hexdigest() == digest:
                make_folder(aside)
                write_file(aside / f"{code}-{digest[:16]}{source.suffix}", source.read_bytes())


def write_file(file: Path, content: bytes) -> None:
    """Write the file whole, protected and synchronised to disk; the same content is left alone."""
    if file.is_file() and not file.is_symlink() and file.read_bytes() == content:
        return
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    protect(beside)
    beside.replace(file)


def read(output: Output, quarter: Round) -> Outbox | None:
    """Return what the manifest says, None when there is no outbox; raises UserError when it cannot be trusted."""
    file = folder(output, quarter) / MANIFEST
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise _damaged(output, quarter) from None
    try:
        stated = found.pop("digest")
        outbox = Outbox(
            str(found["quarter"]),
            str(found["batch_id"]),
            tuple(OutboxEntry(**entry) for entry in found["entries"]),
            dict(found["unreachable"]),
            str(found.get("order", "")),
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _damaged(output, quarter) from None
    codes = [entry.municipality_code for entry in outbox.entries]
    if stated != outbox.digest or outbox.quarter != quarter.code or len(set(codes)) != len(codes):
        raise _damaged(output, quarter)
    return outbox


def required(output: Output, quarter: Round) -> Outbox:
    """Return the outbox; raises UserError when nothing is prepared."""
    outbox = read(output, quarter)
    if outbox is None:
        raise UserError(
            f"Der er intet forberedt for {quarter.label}. "
            f"Kør først: god-loesladelse mail prepare{matters.of(output).option}"
        )
    return outbox


def content(output: Output, quarter: Round, entry: OutboxEntry) -> bytes:
    """Return the bytes of one message, which must be those of the manifest; raises UserError otherwise."""
    file = folder(output, quarter) / entry.file
    try:
        if file.is_symlink():
            raise _damaged(output, quarter)
        found = file.read_bytes()
    except OSError:
        raise _damaged(output, quarter) from None
    if hashlib.sha256(found).hexdigest() != entry.sha256:
        raise _damaged(output, quarter)
    return found


def verify(output: Output, quarter: Round, outbox: Outbox) -> None:
    """Raise UserError unless the folder holds exactly the messages of the manifest, byte for byte."""
    for entry in outbox.entries:
        content(output, quarter, entry)
    found = {file.name for file in _messages_in(folder(output, quarter))}
    if found != {entry.file for entry in outbox.entries}:
        raise _damaged(output, quarter)


def _damaged(output: Output, quarter: Round) -> UserError:
    return UserError(
        f"Udbakken for {quarter.label} er ændret eller beskadiget, efter at den blev forberedt. Godkendelserne gælder "
        f"ikke længere, og intet sendes. Forbered igen: god-loesladelse mail prepare{matters.of(output).option}"
    )


@contextlib.contextmanager
def exclusive(output: Output) -> Iterator[None]:
    """Hold the mailing's lock for the block: one preparation or sending at a time; raises UserError when it is held."""
    make_folder(output.mailing)
    make_file(output.mailing / "mailing.lock")
    with (output.mailing / "mailing.lock").open("a") as file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # pragma: no cover - Windows: the ledger alone guards against two at a time
            pass
        except OSError:
            raise UserError("En anden forberedelse eller udsendelse er i gang. Vent, til den er færdig.") from None
        yield
