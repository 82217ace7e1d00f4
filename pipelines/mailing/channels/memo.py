"""Parcels as messages of Digital Post: MeMo files, laid where the authority's own sender system takes them.

Belongs here: writing, validating and reading back a MeMo message, and laying its file down once. Does not belong here:
sending it on: only a sender system with the authority's certificate can, and what became of it stands there.

A file appears whole or not at all, and never over another: its name is the message's own id. The sender system must
pass over names that begin with a dot.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import errno
import hashlib
import os
import uuid
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lxml import etree

from pipelines.durable_files import sync_folder
from pipelines.errors import UserError
from pipelines.mailing.channels.interface import Parcel, ReadParcel
from pipelines.mailing.matters import Matter, Round
from pipelines.mailing.message.identity import UnreadableMessage
from pipelines.mailing.transport import Answer, FaultSource, ForbiddenRecipient, Outcome, Session, Unavailable

NAMESPACE = "https://DigitalPost.dk/MeMo-1"
VERSION, SCHEMA_VERSION = "1.1", "1.1.0"
_SCHEMA = Path(__file__).with_name("memo_schema") / "MeMo_core.xsd"
_MEMO = f"{{{NAMESPACE}}}"
_LONGEST_TEXT = 256
# No filesystem without hard links can be trusted to keep two names apart; there a file is renamed under the lock.
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class MemoChannel:
    """A ``Channel``: the folder from which the sender system takes messages, for the given CVR numbers alone."""

    name = "memo"

    def __init__(self, folder: Path, sender_cvr: str, sender_name: str, permitted: Iterable[str] = ()) -> None:
        self._folder = folder
        self._sender_name = sender_name[:_LONGEST_TEXT]
        self._permitted = frozenset(permitted) | {sender_cvr}
        self.sender = sender_cvr
        #: A dummy goes to the authority's own mailbox.
        self.test_address = sender_cvr

    def message_id(self, matter: Matter, of_round: Round, code: str, address: str) -> str:
        """Return the message's UUID, which follows from what it is: laid down again it is the same message."""
        return _uuid(matter.kind, of_round.code, code, address, self.sender)

    def compose(self, parcel: Parcel, address: str) -> bytes:
        """Return the message as XML; raises UserError when the schema does not take it."""
        files = [
            ("MainDocument", "besked.txt", "text/plain", parcel.text.encode()),
            ("AdditionalDocument", parcel.file_name, "application/zip", parcel.locked),
        ]
        identifier = self.message_id(parcel.matter, parcel.of_round, parcel.code, address)
        shown = parcel.subject[:_LONGEST_TEXT]
        named = f"{parcel.matter.kind} {parcel.of_round.code} {parcel.code}"
        return self._message(identifier, named, shown, address, parcel.name, parcel.written_at, files)

    def read(self, content: bytes) -> ReadParcel:
        """Return what the message says of itself; raises UnreadableMessage unless the schema takes it."""
        root = _parsed(content)
        problem = schema_problem(root)
        if problem:
            raise UnreadableMessage(f"meddelelsen følger ikke MeMo {SCHEMA_VERSION}: {problem}")
        named = _text(root, "MessageHeader/messageID").split(" ")
        files = root.findall(f".//{_MEMO}File")
        if len(named) != 3 or len(files) != 2:
            raise UnreadableMessage("meddelelsen har ikke netop en tekst og en zip-fil")
        text, locked = (base64.b64decode(_text(one, "content")) for one in files)
        return ReadParcel(
            codes={"messageID": named[2]},
            rounds={"messageID": named[1]},
            to=_text(root, "MessageHeader/Recipient/recipientID"),
            sender=_text(root, "MessageHeader/Sender/senderID"),
            message_id=_text(root, "MessageHeader/messageUUID"),
            file_name=_text(files[1], "filename"),
            locked=locked,
            text=text.decode(),
        )

    def test_message(self, matter: Matter, of_round: Round, identifier: str, now: datetime.datetime) -> bytes:
        """Return the dummy that goes to the authority itself."""
        told = "Dette er en prøve uden indhold. Den viser, at afsendersystemet tager imod.\n"
        shown = f"Prøve før udsendelse: {matter.title.lower()} for {of_round.label}"
        files = [("MainDocument", "besked.txt", "text/plain", told.encode())]
        return self._message(identifier, f"test {of_round.code}", shown, self.sender, self._sender_name, now, files)

    def test_message_id(self, matter: Matter, of_round: Round, digest: str, number: int) -> str:
        """Return the dummy's UUID."""
        return _uuid(matter.kind, of_round.code, "test", digest, str(number))

    def connect(self) -> Session:
        """Return the folder, ready for one message."""
        if not self._folder.is_dir():
            raise Unavailable(f"mappen {self._folder} (memo_folder) findes ikke")
        return _Folder(self._folder, self._permitted)

    def _message(
        self,
        identifier: str,
        named: str,
        shown: str,
        to: str,
        to_name: str,
        at: datetime.datetime,
        files: list[tuple[str, str, str, bytes]],
    ) -> bytes:
        root = etree.Element(
            f"{_MEMO}Message", nsmap={"memo": NAMESPACE}, memoVersion=VERSION, memoSchVersion=SCHEMA_VERSION
        )
        header = _child(root, "MessageHeader")
        _child(header, "messageType", "DIGITALPOST")
        _child(header, "messageUUID", identifier)
        _child(header, "messageID", named)
        _child(header, "label", shown)
        # Digital Post has rules of its own for what must be received and what sets a legal term; this does neither.
        _child(header, "mandatory", "false")
        _child(header, "legalNotification", "false")
        _child(header, "postType", "MYNDIGHEDSPOST")
        for role, number, name in (("Sender", self.sender, self._sender_name), ("Recipient", to, to_name)):
            party = _child(header, role)
            _child(party, "senderID" if role == "Sender" else "recipientID", number)
            _child(party, "idType", "CVR")
            _child(party, "label", name[:_LONGEST_TEXT])
        body = _child(root, "MessageBody")
        _child(body, "createdDateTime", f"{at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}")
        for document, name, kind, content in files:
            file = _child(_child(body, document), "File")
            _child(file, "encodingFormat", kind)
            _child(file, "filename", name)
            _child(file, "language", "da")
            _child(file, "content", base64.b64encode(content).decode())
        problem = schema_problem(root)
        if problem:
            raise UserError(f"Meddelelsen {named} følger ikke MeMo {SCHEMA_VERSION}: {problem}. Intet er forberedt.")
        written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        return written


class _Folder:
    def __init__(self, folder: Path, permitted: frozenset[str]) -> None:
        self._folder = folder
        self._permitted = permitted

    def deliver(self, address: str, content: bytes) -> Answer:
        """Lay the message down under its own id, whole and once."""
        root = _parsed(content)
        told = _text(root, "MessageHeader/Recipient/recipientID")
        if address not in self._permitted or told != address:
            raise ForbiddenRecipient
        file = self._folder / f"{_text(root, 'MessageHeader/messageUUID')}.xml"
        beside = self._folder / f".{file.name}.ny"
        try:
            if file.exists():
                return _found_there(file, content)
            with beside.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as problem:
            detail = f"filen kunne ikke skrives i {self._folder} ({type(problem).__name__})"
            return Answer(Outcome.TEMPORARY, detail, FaultSource.SERVER)
        try:
            _named(beside, file)
        except FileExistsError:
            return _found_there(file, content)
        except OSError as problem:
            detail = f"det vides ikke, om filen nåede {self._folder} ({type(problem).__name__})"
            return Answer(Outcome.UNCERTAIN, detail, FaultSource.SERVER)
        with contextlib.suppress(OSError):
            sync_folder(self._folder)
        return Answer(Outcome.ACCEPTED, f"lagt til afsendersystemet som {file.name}")

    def close(self) -> None:
        """Nothing to end."""


def _named(beside: Path, file: Path) -> None:
    """Give the finished file its name, unless something has it already."""
    try:
        os.link(beside, file)
    except OSError as problem:
        if problem.errno not in _NO_LINKS:
            raise
        if file.exists():
            raise FileExistsError from None
        beside.rename(file)
        return
    beside.unlink()


def _found_there(file: Path, content: bytes) -> Answer:
    with contextlib.suppress(OSError):
        if file.read_bytes() == content:
            return Answer(Outcome.ACCEPTED, f"lå allerede hos afsendersystemet som {file.name}")
    return Answer(Outcome.STOP, f"en anden fil har navnet {file.name}", FaultSource.SERVER)


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_SCHEMA))


def schema_problem(message: etree._Element) -> str:
    """Return where and how a message departs from the schema, empty when it does not; no value of it is repeated."""
    schema = _schema()
    if schema.validate(message):
        return ""
    first = schema.error_log[0]
    return f"{first.type_name} ({first.path or 'linje ' + str(first.line)})"


def _parsed(content: bytes) -> etree._Element:
    try:
        safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        return etree.fromstring(content, safe)
    except etree.XMLSyntaxError:
        raise UnreadableMessage("meddelelsen kan ikke læses som XML") from None


def _child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(parent, f"{_MEMO}{name}")
    made.text = text
    return made


def _text(element: etree._Element, path: str) -> str:
    found = element.findall("/".join(f"{_MEMO}{name}" for name in path.split("/")))
    if len(found) != 1 or not found[0].text:
        raise UnreadableMessage(f"meddelelsen skal have {path} netop én gang")
    return str(found[0].text)


def _uuid(*facts: str) -> str:
    digest = hashlib.sha256("\n".join(facts).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
