"""Digital Post: messages that the public schema takes, each laid down whole, for its recipient, once."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from unittest import mock

import pytest
from lxml import etree

from pipelines import configuration
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.channels import memo
from pipelines.mailing.channels.interface import Parcel
from pipelines.mailing.channels.memo import MemoChannel
from pipelines.mailing.message.identity import UnreadableMessage
from pipelines.mailing.parcels import addressees, lock, passwords
from pipelines.mailing.transport import ForbiddenRecipient, Outcome, Unavailable
from tests.mailing import parcel_stage
from tests.mailing.parcel_stage import CVR, OWN_CVR, PUBLICATION
from tests.mailing.stage import MUNICIPALITIES, NOW

ROUND = matters.NamedRound(PUBLICATION, f"udgivelsen {PUBLICATION}")
MEMO = f"{{{memo.NAMESPACE}}}"


def a_parcel(code: str = "101", text: str = "Til 101 København\n") -> Parcel:
    return Parcel(matters.PACKS, ROUND, code, MUNICIPALITIES[code], NOW, "pakke.zip", b"PK\x05\x06", text)


def a_channel(folder: Path) -> MemoChannel:
    return MemoChannel(folder, OWN_CVR, "Kriminalforsorgen", CVR.values())


def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(memo.__file__).with_name("memo_schema") / "MeMo_core.xsd"))


def test_the_public_schema_takes_the_message_and_the_dummy(tmp_path: Path) -> None:
    channel = a_channel(tmp_path)
    written = channel.compose(a_parcel(), CVR["101"])
    dummy = channel.test_message(matters.PACKS, ROUND, channel.test_message_id(matters.PACKS, ROUND, "d", 1), NOW)
    for content in (written, dummy):
        schema().assertValid(etree.fromstring(content))
    root = etree.fromstring(written)
    assert root.get("memoVersion") == "1.1" and root.findtext(f".//{MEMO}recipientID") == CVR["101"]
    assert root.findtext(f".//{MEMO}createdDateTime") == "2026-10-05T07:00:00Z", "in UTC, as the schema wants"
    [_, file] = root.findall(f".//{MEMO}File")
    assert base64.b64decode(file.findtext(f"{MEMO}content") or "") == b"PK\x05\x06"
    assert MUNICIPALITIES["101"] not in dummy.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<memo:mandatory>false</memo:mandatory>", ""),
        ("<memo:messageType>DIGITALPOST<", "<memo:messageType>BREV<"),
        ("-4", "-5"),
        ("Z</memo:createdDateTime>", "</memo:createdDateTime>"),
        ('memoVersion="1.1"', 'memoVersion="et"'),
    ],
)
def test_a_message_that_departs_from_the_schema_is_not_read(tmp_path: Path, before: str, after: str) -> None:
    channel = a_channel(tmp_path)
    written = channel.compose(a_parcel(), CVR["101"]).decode()
    root = etree.fromstring(written.encode())
    identifier = root.findtext(f".//{MEMO}messageUUID") or ""
    spoilt = written.replace(identifier, identifier.replace(before, after, 1)) if before == "-4" else written
    spoilt = spoilt.replace(before, after) if before != "-4" else spoilt
    assert spoilt != written
    channel.read(written.encode())
    with pytest.raises(UnreadableMessage, match="følger ikke MeMo"):
        channel.read(spoilt.encode())


def test_an_entity_of_the_message_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "hemmelig.txt"
    secret.write_text("hemmelig", encoding="utf-8")
    hostile = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'
    with pytest.raises(UnreadableMessage):
        a_channel(tmp_path).read(hostile.encode())


def test_a_file_is_laid_down_whole_once_and_never_over_another(tmp_path: Path) -> None:
    channel = a_channel(tmp_path)
    content = channel.compose(a_parcel(), CVR["101"])
    first = channel.connect().deliver(CVR["101"], content)
    [file] = tmp_path.iterdir()
    assert first.outcome is Outcome.ACCEPTED and file.read_bytes() == content
    again = channel.connect().deliver(CVR["101"], content)
    assert again.outcome is Outcome.ACCEPTED and [file] == list(tmp_path.iterdir())
    file.write_bytes(b"<other/>")
    other = channel.connect().deliver(CVR["101"], content)
    assert other.outcome is Outcome.STOP and file.read_bytes() == b"<other/>"


def test_a_message_goes_to_the_one_it_names_and_to_nobody_unknown(tmp_path: Path) -> None:
    content = a_channel(tmp_path).compose(a_parcel(), CVR["101"])
    for channel, address in (
        (a_channel(tmp_path), CVR["147"]),
        (MemoChannel(tmp_path, OWN_CVR, "K", [CVR["147"]]), CVR["101"]),
    ):
        with pytest.raises(ForbiddenRecipient):
            channel.connect().deliver(address, content)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("has_links", [True, False])
def test_what_fails_while_it_is_laid_down_leaves_no_message_that_looks_whole(tmp_path: Path, has_links: bool) -> None:
    channel = a_channel(tmp_path)
    content = channel.compose(a_parcel(), CVR["101"])
    full = OSError(28, "full")
    with mock.patch.object(os, "fsync", side_effect=full):
        assert channel.connect().deliver(CVR["101"], content).outcome is Outcome.TEMPORARY
    assert not list(tmp_path.glob("*.xml"))
    with mock.patch.object(os, "link", side_effect=OSError(5, "lost")):
        assert channel.connect().deliver(CVR["101"], content).outcome is Outcome.UNCERTAIN
    replaced = {} if has_links else {"side_effect": OSError(1, "no links")}
    with mock.patch.object(os, "link", wraps=os.link, **replaced):
        assert channel.connect().deliver(CVR["101"], content).outcome is Outcome.ACCEPTED
    [file] = tmp_path.iterdir()
    assert file.read_bytes() == content
    with pytest.raises(Unavailable):
        a_channel(tmp_path / "missing").connect()


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("kode,cvr\n101,64942212\n", "skal begynde med"),
        ("kode;cvr\n101;64942213\n", "linje 2"),
        ("kode;cvr\n101;64942212\n101;11259979\n", "linje 3"),
        ("kode;cvr\n101;64942212\n147;64942212\n", "også en anden kommunes"),
        ("kode;cvr\n101;6494221\n", "linje 2"),
    ],
)
def test_a_file_of_company_numbers_that_could_mislead_is_refused(tmp_path: Path, lines: str, why: str) -> None:
    file = tmp_path / "cvr.csv"
    file.write_text(lines, encoding="utf-8")
    chosen = configuration.settings().parcels.model_copy(update={"memo_recipients": str(file)})
    with pytest.raises(UserError, match=why):
        addressees.cvr_numbers(chosen)


def a_sender_system(root: Path) -> tuple[Output, Path, str]:
    """Return an output folder with packs, the sender system's folder, and the settings that send them there."""
    folder, numbers = root / "afsender", root / "cvr.csv"
    folder.mkdir()
    numbers.write_text("kode;cvr\n" + "".join(f"{code};{cvr}\n" for code, cvr in CVR.items()), encoding="utf-8")
    return (
        parcel_stage.an_output(root / "output"),
        folder,
        parcel_stage.by_digital_post(folder, numbers, root / "koder"),
    )


def test_packs_reach_the_sender_system_by_the_same_approved_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output, folder, settings = a_sender_system(tmp_path)
    run = parcel_stage.commands(output, "packs", tmp_path, monkeypatch, capsys, settings)
    code, out, err = run("prepare", "--by", "Anna")
    assert code == 0 and "3 er forberedt" in out and "390 Vordingborg: kan ikke nås, intet CVR-nummer" in out
    assert run("send", "--send")[0] == 1 and list(folder.iterdir()) == []
    assert run("approve", "--by", "Bo")[0] == run("approve", "--by", "Carla")[0] == 0
    code, out, _ = run("send", "--send")
    assert code == 0 and "sendt: 3" in out
    messages = [etree.parse(file) for file in sorted(folder.glob("*.xml"))]
    assert len(messages) == 4 and all(schema().validate(one) for one in messages)
    to = {one.findtext(f".//{MEMO}recipientID"): one for one in messages}
    assert set(to) == {*CVR.values(), OWN_CVR}, "the dummy goes to the authority itself"
    for municipality, cvr in CVR.items():
        content = to[cvr].findall(f".//{MEMO}content")[1].text or ""
        opened = lock.unlocked(base64.b64decode(content), passwords.of(municipality) or "")
        assert lock.owner(opened) == municipality
    code, out, _ = run("recall", "--municipality", "101", "--reason", "forkert udgivelse", "--by", "Anna")
    notice = (output.root / "mailing" / "pakker" / PUBLICATION / "tilbagekaldelse" / "101.txt").read_text("utf-8")
    assert code == 0 and f"Til CVR-nummer {CVR['101']}" in notice and "kommunens pakke" in notice
    # The sender system takes the files away; nobody gets a second one for that.
    for file in folder.iterdir():
        file.unlink()
    assert run("send", "--send")[0] == 0
    assert all(OWN_CVR in file.read_text(encoding="utf-8") for file in folder.iterdir())
    settings = settings.replace(f'memo_folder = "{folder}"', 'memo_folder = ""')
    run = parcel_stage.commands(output, "packs", tmp_path, monkeypatch, capsys, settings)
    code, _, err = run("prepare", "--by", "Anna")
    assert code == 1 and "Digital Post kræver memo_folder" in err


def test_a_crash_after_a_message_was_laid_down_gives_nobody_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output, folder, settings = a_sender_system(tmp_path)
    run = parcel_stage.commands(output, "packs", tmp_path, monkeypatch, capsys, settings)
    assert run("prepare", "--by", "Anna")[0] == run("approve", "--by", "Bo")[0] == 0
    assert run("approve", "--by", "Carla")[0] == 0
    named, laid = memo._named, []

    def dies(beside: Path, file: Path) -> None:
        named(beside, file)
        laid.append(file)
        if len(laid) == 2:  # the dummy is the first
            raise KeyboardInterrupt

    monkeypatch.setattr(memo, "_named", dies)
    code, out, _ = run("send", "--send")
    assert code == 1 and len(laid) == 2 and "sendt: " not in out, "the run ended where it stood"
    monkeypatch.setattr(memo, "_named", named)
    content = laid[1].read_bytes()
    # The ledger does not know how far it came, so it is not sent again by itself ...
    code, out, _ = run("send", "--send")
    assert code == 1 and "afleveret uden kvittering: 1" in out and "sendt: 2" in out
    # ... and when a person is wrong about it, the sender system finds the same message under the same name.
    assert run("decide", "--municipality", "101", "--outcome", "not-sent", "--reason", "gæt", "--by", "Bo")[0] == 0
    code, out, _ = run("send", "--send")
    assert code == 0 and "sendt: 3" in out and "lå allerede hos afsendersystemet" in out
    assert laid[1].read_bytes() == content
    recipients = [etree.parse(file).findtext(f".//{MEMO}recipientID") for file in folder.glob("*.xml")]
    assert sorted(one for one in recipients if one != OWN_CVR) == sorted(CVR.values())
