"""Locking a zip file with a password, in the form that 7-Zip, WinZip and macOS open: WinZip's AES-256.

Belongs here: the lock. Does not belong here: passwords (``passwords``).

The names of the files inside would be readable in such a zip file, and some are case numbers: so the file lies,
whole, as the only entry of a zip file that is locked.
"""

from __future__ import annotations

import io
import zipfile

import pyzipper

INSIDE = "aaben-mig.zip"


class NotUnlocked(ValueError):
    """The password does not open the file, or the file is not what was locked."""


def locked(content: bytes, password: str) -> bytes:
    """Return the content, locked."""
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as file:
        file.setencryption(pyzipper.WZ_AES, nbits=256)
        file.setpassword(password.encode())
        file.writestr(INSIDE, content)
    return buffer.getvalue()


def unlocked(content: bytes, password: str) -> bytes:
    """Return what was locked; raises NotUnlocked."""
    try:
        with pyzipper.AESZipFile(io.BytesIO(content)) as file:
            entries = file.infolist()
            if [one.filename for one in entries] != [INSIDE] or not entries[0].flag_bits & 0x1:
                raise NotUnlocked
            file.setpassword(password.encode())
            return bytes(file.read(INSIDE))
    except (RuntimeError, zipfile.BadZipFile, pyzipper.BadZipFile, KeyError, EOFError, NotImplementedError):
        raise NotUnlocked from None


def owner(content: bytes) -> str:
    """Return the code in the comment of an unlocked zip file, ``name (code)``; raises NotUnlocked without one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            told = file.comment.decode()
    except (zipfile.BadZipFile, UnicodeDecodeError):
        raise NotUnlocked from None
    name, _, code = told.rpartition(" (")
    if not name or not code.endswith(")"):
        raise NotUnlocked
    return code[:-1]
