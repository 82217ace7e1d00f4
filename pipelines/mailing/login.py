"""Logging in to the mail server with any user name and password, whatever letters they have.

Belongs here: SMTP AUTH (RFC 4954) with PLAIN (RFC 4616), LOGIN and CRAM-MD5 (RFC 2195) in UTF-8; ``smtplib`` allows
ASCII only. Does not belong here: the connection and its protection (``transport.py``).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import smtplib
import stringprep
import unicodedata
from collections.abc import Callable

Answer = Callable[[bytes], bytes]


def log_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    """Log in by the first way that the server offers and accepts.

    Raises SMTPNotSupportedError when it offers none that we know, and SMTPAuthenticationError with its last answer.
    """
    connection.ehlo_or_helo_if_needed()
    offered = connection.esmtp_features.get("auth", "").upper().split()
    ways = [way for way in ("PLAIN", "LOGIN", "CRAM-MD5") if way in offered]
    if not ways:
        raise smtplib.SMTPNotSupportedError("AUTH")
    name, secret = prepared(user), prepared(password)
    refusal = smtplib.SMTPAuthenticationError(535, b"")
    for way in ways:
        code, text = _tried(connection, way, name, secret)
        if code in (235, 503):  # 503: logged in already
            return
        refusal = smtplib.SMTPAuthenticationError(code, text)
    raise refusal


def prepared(text: str) -> bytes:
    """Return name or password as it is sent: composed letters, plain spaces, UTF-8 (SASLprep, RFC 4013, its mapping).

    The same letter can be typed as one code point or as two; the server keeps one of the two forms.
    """
    mapped = "".join(
        " " if stringprep.in_table_c12(letter) else letter for letter in text if not stringprep.in_table_b1(letter)
    )
    return unicodedata.normalize("NFKC", mapped).encode()


def _tried(connection: smtplib.SMTP, way: str, name: bytes, secret: bytes) -> tuple[int, bytes]:
    if way == "PLAIN":
        return connection.docmd("AUTH", "PLAIN " + _encoded(b"\0" + name + b"\0" + secret))
    answers: list[Answer] = [lambda challenge: name, lambda challenge: secret]
    if way == "CRAM-MD5":
        answers = [lambda challenge: name + b" " + hmac.new(secret, challenge, "md5").hexdigest().encode()]
    code, text = connection.docmd("AUTH", way)
    for answer in answers:
        if code != 334:
            break
        code, text = connection.docmd(_encoded(answer(_decoded(text))))
    return code, text


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""
