"""Five years of quarters in one output folder, through the real program, and whether everything lasts.

Belongs here: what happens in which quarter, and the table. Does not belong here: running a command and measuring it
(``installation``), and what is asked of the folder at the end (``what_lasts``).

Run: ``python -m benchmarks.five_years --work EMPTY_FOLDER [--sentences-a-year 1500] [--quarters 20]``. The history
holds the region reform of 2027. Played: each quarter a delivery, a publication and a mailing; now and then a meeting's
packs and a municipality's replies, of which two dates are accepted; a delivery from a system that was behind, put right
by a redelivery; a delivery withdrawn and delivered anew; in the middle another version of the program, which brings an
amended law and a municipality that changes area; and later a new machine that takes over a backup and the key.
``--former COMMIT`` plays the first half with the program of that commit of this repository; ``--questions`` asks the
end's questions once more of a folder that was played before.
"""

from __future__ import annotations

import argparse
import datetime
import io
import re
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from benchmarks import what_lasts
from benchmarks.disclosure import share_shown
from benchmarks.installation import Disk, Installation, Measured, amend_law, copy_program
from pipelines import publications
from pipelines.demo.delivery import Extracts
from pipelines.demo.history import area_reference, draw_history, quarter_ends
from pipelines.demo.municipalities import AreaChange
from pipelines.disclosure import guard
from pipelines.disclosure.model import Printed
from pipelines.layout import Output
from pipelines.publishing.grounds import GROUNDS
from tests.mailing.mail_server import MailServer

REFORM = datetime.date(2027, 1, 1)
ZONE = datetime.timezone(datetime.timedelta(hours=1))
MOVER = "101"
AMENDED = "contact_supervision"
MEETING = {"oest": ("147", "155"), "vest": ("751", "851")}
#: Which date of a late case a municipality disputes.
DISPUTES = {"aid_decided": "afgoerelse", "contact_supervision": "henvendelse", "contact_sentence": "henvendelse"}
SETTINGS = """[publication]
editions = [{editions}]
formats = [{formats}]
[mailing]
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
test_address = "proeve@krfo.example.dk"
per_minute = 6000
highest_changed_share = 1.0
lowest_reachable_share = 0.5
[watching]
log_format = "json"
"""


@dataclass
class Quarter:
    """What one quarter took."""

    name: str
    run: Measured = field(default_factory=Measured)
    further: list[str] = field(default_factory=list)
    others: dict[str, float] = field(default_factory=dict)
    published: float = 0.0
    beside: float = 0.0
    share: str = ""


class History:
    """What is played: the world, and the quarters in which something besides the quarter's own happens."""

    def __init__(self, sentences: int, quarters: int, editions: str, formats: str, port: int) -> None:
        """Draw the world so that the reform falls in the first half of the quarters."""
        before = round(quarters * 0.45)
        last = _quarter_end(REFORM, quarters - before)
        self.ends = quarter_ends(last, quarters)
        self.upgrade = quarters // 2
        self.law_from = self.ends[self.upgrade] + datetime.timedelta(days=1)
        self.move = AreaChange(MOVER, "Vest", self.ends[min(self.upgrade + 1, quarters - 1)] + datetime.timedelta(1))
        self.redelivered, self.withdrawn = quarters // 4, (3 * quarters) // 5
        self.new_machine = (3 * quarters) // 4
        years = -(-quarters // 4) + 2
        self.world: Extracts = draw_history(
            last, years=years, sentences_per_year=sentences, area_changes=[self.move], warnings=True
        )
        listed = [", ".join(f'"{one}"' for one in names.split(",")) for names in (editions, formats)]
        self.settings = SETTINGS.format(editions=listed[0], formats=listed[1], port=port)


def _quarter_end(day: datetime.date, count: int) -> datetime.date:
    """Return the last day of the quarter that is so many quarters on from the one before a quarter's first day."""
    months = day.year * 12 + day.month - 1 + 3 * count
    return datetime.date(months // 12, months % 12 + 1, 1) - datetime.timedelta(days=1)


class Play:
    """The years as they are played in one folder."""

    def __init__(self, work: Path, history: History, former: str | None, mailings_every: int) -> None:
        """Make the two versions of the program and the first machine."""
        self.history, self.work, self.mailings_every = history, work, mailings_every
        first, second = copy_program(work / "first", former), copy_program(work / "second")
        amend_law(second, AMENDED, {"days": 21}, history.law_from)
        seeds = second / "dbt_project" / "seeds"
        (seeds / "municipality_areas.csv").write_text(area_reference([history.move]), encoding="utf-8")
        self.second = second
        self.here = Installation(work / "machine-1", first, work / "output", history.settings)
        self.disk = {"published": Disk(), "beside": Disk()}
        self.landing = work / "landing"

    @property
    def output(self) -> Output:
        """The output folder as it is now."""
        return Output(self.here.output)

    def quarter(self, number: int) -> Quarter:
        """Play one quarter."""
        history, day = self.history, self.history.ends[number]
        done = Quarter(day.isoformat())
        at = datetime.datetime.combine(day + datetime.timedelta(days=5), datetime.time(9), ZONE)
        if number == history.upgrade:
            self.here.program = self.second
            done.further.append("another version of the program")
        if number == history.new_machine:
            done.others["new machine"] = self._take_over(at)
            done.further.append("key and folder on a new machine")
        is_behind = number in (history.redelivered, history.withdrawn)
        done.run = self._deliver(day, at, days_missing=20 if is_behind else 0)
        if number == history.withdrawn:
            words = ("batch", "withdraw", day.isoformat(), "--reason", "Udtrukket af et system, der var bagud")
            done.others["withdrawn"] = self._run(*words, on=at).seconds
            done.further.append("delivery withdrawn and delivered anew")
        if is_behind:
            again = self._deliver(day, at + datetime.timedelta(days=2), batch_id=f"{day}-2")
            done.others["correction"] = again.seconds
            if number == history.redelivered:
                done.further.append("redelivery, correction")
        if number % self.mailings_every == 0:
            done.others["mailing"] = self._mail(at + datetime.timedelta(days=10))
        if number % 4 == 1:
            done.others["replies"] = self._reply(at + datetime.timedelta(days=20), number)
            done.further.append("replies, two dates accepted")
        if number % 4 == 2:
            done.others["meeting"] = self._meet(at + datetime.timedelta(days=30), number)
            done.further.append("meeting")
        root = self.output.root
        done.published = self.disk["published"].grown(self.output.published)
        built = (self.output.warehouse, self.output.marts, self.output.published)
        done.beside = self.disk["beside"].grown(root, lambda path: not any(path.is_relative_to(one) for one in built))
        done.share = self._share()
        return done

    def _run(self, *words: object, on: datetime.datetime, by: str = "drift") -> Measured:
        return self.here.run(*words, "--output", self.output.root, on=on, by=by)

    def _deliver(
        self, day: datetime.date, at: datetime.datetime, batch_id: str | None = None, days_missing: int = 0
    ) -> Measured:
        self.history.world.write(self.landing, day, batch_id=batch_id, days_missing=days_missing)
        before = len(publications.all_publications(self.output))
        done = self._run("run", "--landing", self.landing, "--clear-landing", on=at)
        if len(publications.all_publications(self.output)) != before + 1:
            raise SystemExit(f"{batch_id or day} gave no publication:\n{done.said[-4000:]}")
        return done

    def _mail(self, at: datetime.datetime) -> float:
        steps: list[tuple[tuple[str, ...], str]] = [(("prepare", "--by", "Anna"), "Anna")]
        steps += [(("approve", "--by", name), name) for name in ("Bo", "Carla")] + [(("send", "--send"), "Anna")]
        minutes = datetime.timedelta(minutes=10)
        return sum(
            self._run("mail", *words, on=at + number * minutes, by=by).seconds
            for number, (words, by) in enumerate(steps)
        )

    def _reply(self, at: datetime.datetime, number: int) -> float:
        """Let a municipality dispute two dates, and a second person accept them."""
        form = self.work / f"svar-{number}.xlsx"
        code = MEETING["vest"][number // 4 % 2]
        seconds = self._run("reply", "template", "--municipality", code, "--to", form, on=at).seconds
        seconds += self._import(form, at)
        listed = self._run("reply", "list", on=at)
        seconds += listed.seconds
        waiting = [line.split()[0] for line in listed.said.splitlines() if line.endswith("afventer")]
        assert waiting, listed.said
        later = at + datetime.timedelta(days=1)
        for reply in waiting:
            words = ("reply", "decide", reply, "--accept", "--by", "Niels")
            seconds += self._run(*words, on=later, by="Niels").seconds
        return seconds

    def _import(self, form: Path, at: datetime.datetime) -> float:
        """Send the form in, filled in; where a date cannot have been, dispute another line, as the sender would."""
        empty, impossible = form.read_bytes(), set[int]()
        seconds = 0.0
        while True:
            form.write_bytes(empty)
            fill_in(form, 2, impossible)
            words = ("reply", "import", form, "--by", "Mette", "--output", self.output.root)
            done = self.here.run(*words, on=at, by="Mette", may_fail=True)
            seconds += done.seconds
            row = re.search(r"række (\d+): datoen ligger før", done.said)
            if row is None or int(row[1]) in impossible:
                break
            impossible.add(int(row[1]))
        return seconds

    def _meet(self, at: datetime.datetime, number: int) -> float:
        area = ("oest", "vest")[number // 4 % 2]
        return self._run("meeting", "prepare", "--area", area, "--municipalities", *MEETING[area], on=at).seconds

    def _take_over(self, at: datetime.datetime) -> float:
        """Back up, put back on another machine, and copy the key there by hand."""
        old = self.here
        begun = time.perf_counter()
        self._run("backup", "--to", self.work / "backups", on=at)
        (made,) = (self.work / "backups").iterdir()
        new = Installation(self.work / "machine-2", old.program, self.work / "drift" / "output", self.history.settings)
        new.take_key_from(old)
        self.here = new
        self._run("restore", made, on=at)
        return time.perf_counter() - begun

    def _share(self) -> str:
        """Return what the newest day's publications show of the year that closes: a corrected one does not close it."""
        made = publications.all_publications(self.output)
        for one in (one for one in made if one.as_of == made[-1].as_of):
            printed = guard.find(one.folder / GROUNDS)
            threshold = one.description["disclosure_audit"]["threshold"]
            if isinstance(printed, Printed) and (
                told := share_shown(printed.problem, dict(printed.published), threshold)
            ):
                return told.removeprefix(", rates shown ")
        return ""


def fill_in(form: Path, count: int, impossible: Collection[int] = ()) -> None:
    """Dispute the dates of so many lines of a reply form: what was late or missing happened on the deadline.

    ``impossible``: numbers of rows in which that cannot have been.
    """
    workbook = openpyxl.load_workbook(io.BytesIO(form.read_bytes()))
    sheet = workbook["Svar"]
    column = {cell.value: cell.column for cell in sheet[1]}
    left = count
    for row in range(2, sheet.max_row + 1):
        found = {name: sheet.cell(row, place).value for name, place in column.items()}
        dispute = DISPUTES.get(found["regel"])
        if left and row not in impossible and dispute and (found["raekke"] or dispute == "henvendelse"):
            left -= 1
            values = {"aarsag": "anden_dato", "bestridt_dato": dispute, "kommunens_dato": found["frist"]}
            for name, value in values.items():
                sheet.cell(row, column[name]).value = value
    workbook.save(form)


HEADINGS = ("ready", "received", "judged", "built", "protected", "written", "attacked")


def line_of(one: Quarter) -> str:
    """Return one quarter as a line of the table."""
    seconds = " | ".join(f"{one.run.stages.get(name, 0):.0f}" for name in HEADINGS)
    most = max(one.run.memories, key=lambda name: one.run.memories[name], default="")
    others = ", ".join(f"{name} {took:.0f}" for name, took in one.others.items())
    run = f"{one.run.seconds:.0f} | {one.run.processor:.0f} | {one.run.memory:.2f} ({most})"
    return (
        f"| {one.name} | {seconds} | {run} | {one.share or '–'} | "
        f"{one.published:.1f} | {one.beside:.1f} | {others} | {'; '.join(one.further)} |"
    )


def main() -> None:
    """Play the years, print the table as they go, and what the end asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="an empty folder; 2 GB for 1,500 sentences a year")
    parser.add_argument("--sentences-a-year", type=int, default=1500)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--editions", default="direktorat,delt")
    parser.add_argument("--formats", default="html,csv")
    parser.add_argument("--former", metavar="COMMIT", help="the program of the first half; else the present one")
    parser.add_argument("--mailings-every", type=int, default=1, help="quarters from one mailing to the next")
    parser.add_argument("--recompute", type=int, default=100, help="at most so many old days, evenly spread")
    parser.add_argument("--attack", type=int, default=200, help="hidden figures attacked over all publications jointly")
    parser.add_argument("--questions", action="store_true", help="only ask the end's questions of a played folder")
    options = parser.parse_args()
    if options.quarters < 4:
        parser.error("four quarters or more")
    work = options.work.resolve()
    if not options.questions:
        with MailServer() as server:
            sizes = (options.sentences_a_year, options.quarters)
            history = History(*sizes, options.editions, options.formats, server.port)
            play_all(Play(work, history, options.former, options.mailings_every))
            print(f"messages accepted by the mail server: {len(server.mailbox.accepted)}", flush=True)
    here = Installation(work / "machine-2", work / "second", work / "drift" / "output")
    for text in what_lasts.everything(here, options.recompute, options.attack):
        print(text, flush=True)


def play_all(play: Play) -> None:
    """Play every quarter and print its line when it is over, and at the end what grew."""
    columns = [
        *(f"{name}, s" for name in HEADINGS),
        "run, s",
        "its processor, s",
        "memory, GB",
        "rates shown",
        "published, MB",
    ]
    print(f"| quarter | {' | '.join(columns)} | beside, MB | other work, s | what else |")
    print("|---" * (len(columns) + 4) + "|", flush=True)
    quarters = []
    for number in range(len(play.history.ends)):
        quarters.append(play.quarter(number))
        print(line_of(quarters[-1]), flush=True)
    print(growth(quarters), flush=True)


def growth(quarters: list[Quarter]) -> str:
    """Return how the last year compares with the first, on the clock and of the processor, and the highest memory."""
    memory = max(one.run.memory for one in quarters)
    size = sum(one.published + one.beside for one in quarters) / len(quarters)
    return (
        f"a run: {_from_first_to_last([one.run.seconds for one in quarters])} seconds, "
        f"{_from_first_to_last([one.run.processor for one in quarters])} of the processor; "
        f"highest memory {memory:.2f} GB; {size:.1f} MB on disk a quarter"
    )


def _from_first_to_last(each: Sequence[float]) -> str:
    first, last = sum(each[:4]) / 4, sum(each[-4:]) / 4
    return f"{first:.0f} in the first year, {last:.0f} in the last ({last / first - 1:+.0%})"


if __name__ == "__main__":
    main()
