"""Parts that more than one pack has: a group of duties, definitions, the memory of actions, replies, meetings.

Belongs here: a section made from figures given. Does not belong here: choosing which figures a recipient may see (each
pack) and sentences (``wording``).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence

from pipelines import quarters as periods
from pipelines import vocabulary
from pipelines.danish import number, short_date
from pipelines.replies.actions import Action
from pipelines.replies.form_contract import agreed
from pipelines.replies.replies import Recorded
from pipelines.units import Key
from reports.figures.data import Rule
from reports.figures.judged import own_party
from reports.figures.statistics import SMALLEST_COMPARED
from reports.meetings import meeting_words
from reports.meetings.calendar_file import NextMeeting
from reports.meetings.content import (
    BARS,
    COUNT,
    DATE,
    LINES,
    RATIO,
    SHARE,
    Cell,
    PackChart,
    PackColumn,
    PackTable,
    Ratio,
    Section,
    Series,
    on_one_line,
)
from reports.meetings.control_chart import ControlChart, control_chart
from reports.words.hidden import HIDDEN_IN_WORDS

# The duties that patterns across units are shown for: one of each kind of cooperation.
CORE = ("contact_sentence", "municipal_response", "housing_registered", "aid_decided", "release_meeting_held")


def party(rule: Rule) -> str:
    """Return in Danish whose duty a rule is."""
    return vocabulary.word(vocabulary.PARTIES, own_party(rule))


def definition(rule: Rule) -> str:
    """Return what a rule means and where it stands."""
    return f"{rule.title} ({vocabulary.NORMS[rule.norm]}, {rule.source}): {rule.text}"


def definitions(rules: Iterable[Rule]) -> tuple[tuple[str, str], ...]:
    """Return the list of definitions that ends each pack."""
    listed = [
        (rule.title, f"{vocabulary.word(vocabulary.NORMS, rule.norm)}; {party(rule)}. {rule.text} Kilde: {rule.source}")
        for rule in rules
    ]
    return (
        *listed,
        ("Forfalden", "En pligt, hvis frist ligger i perioden og før opgørelsesdagen."),
        ("Til tiden", "Pligten er opfyldt senest på fristens dag."),
        (vocabulary.HIDDEN, HIDDEN_IN_WORDS.capitalize() + "."),
        (vocabulary.NOTHING, vocabulary.NOTHING_IN_WORDS.capitalize() + "."),
    )


def rates_section(
    key: str,
    title: str,
    rules: Sequence[Rule],
    shown: Sequence[tuple[str, Callable[[Rule], Ratio]]],
    sentences: Iterable[str],
    source: str,
) -> Section:
    """Return a group of duties: the share in time in each period, as bars and as a table with its counts.

    ``shown`` are the periods: a name, and what gives a rule's counts.
    """
    series = tuple(Series(name, tuple(_drawn(counts(rule)) for rule in rules)) for name, counts in shown)
    columns = (
        PackColumn("Pligt", wide=True),
        PackColumn("Norm"),
        PackColumn("Pligten er hos"),
        *(PackColumn(f"{name[:1].upper()}{name[1:]}", RATIO) for name, _ in shown),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (rule.title, vocabulary.word(vocabulary.NORMS, rule.norm), party(rule), *(counts(rule) for _, counts in shown))
        for rule in rules
    )
    names = " og ".join(name for name, _ in shown)
    caption = f"Andel af de forfaldne pligter, der er opfyldt til tiden{f', {names}' if len(shown) == 1 else ''}."
    words = f"{title}: andel til tiden for hver pligt, {names}. Tallene står i tabellen."
    chart = PackChart(BARS, SHARE, tuple(rule.title for rule in rules), series, words) if shown else None
    return Section(
        key,
        title,
        (*sentences, caption),
        chart,
        PackTable(columns, rows),
        (source,),
        tuple(definition(rule) for rule in rules),
        tuple(range(3, len(columns)))[-2:],
    )


def _drawn(counts: Ratio) -> float | None:
    """Return a share as a bar; none on so few cases that its length would mean nothing: the table has the counts."""
    return counts.rate if isinstance(counts.due, int) and counts.due >= SMALLEST_COMPARED else None


def line_section(
    key: str,
    title: str,
    rules: Sequence[Rule],
    quarters: Sequence[str],
    counts: Callable[[Rule, str], Ratio],
    sentences: Iterable[str],
    source: str,
    period_name: str,
) -> Section:
    """Return the course of some duties over time, as lines and as a table; a single point in time as bars."""
    if len(quarters) == 1:
        (only,) = quarters
        name = f"{period_name.lower()} {periods.short_name(only)}"
        return rates_section(key, title, rules, [(name, lambda rule: counts(rule, only))], sentences, source)
    series = tuple(Series(rule.title, tuple(counts(rule, quarter).rate for quarter in quarters)) for rule in rules)
    columns = (PackColumn(period_name, wide=True), *(PackColumn(rule.title, RATIO) for rule in rules))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (periods.short_name(quarter), *(counts(rule, quarter) for rule in rules)) for quarter in quarters
    )
    subjects = " og ".join(rule.title.lower() for rule in rules)
    words = f"{title}: andel til tiden over tid for {subjects}. Tallene står i tabellen."
    categories = tuple(periods.short_name(quarter) for quarter in quarters)
    chart = PackChart(LINES, SHARE, categories, series, words) if len(quarters) > 1 else None
    return Section(
        key,
        title,
        tuple(sentences),
        chart,
        PackTable(columns, rows),
        (source,),
        tuple(definition(rule) for rule in rules),
    )


def pattern_section(
    key: str,
    title: str,
    heading: str,
    units: Sequence[tuple[str, Key]],
    rules: Sequence[Rule],
    counts: Callable[[Key, Rule], Ratio],
    period_name: str,
    source: str,
) -> Section:
    """Return units beside one another in the order given (alphabetical): no ranking, and few cases are not drawn."""
    columns = (PackColumn(heading, wide=True), *(PackColumn(rule.title, RATIO) for rule in rules))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (on_one_line(name), *(counts(unit, rule) for rule in rules)) for name, unit in units
    )
    drawn = []
    for name, unit in units:
        first = counts(unit, rules[0])
        if isinstance(first.due, int) and isinstance(first.met, int) and first.due >= SMALLEST_COMPARED:
            drawn.append((f"{on_one_line(name)} ({number(first.met)} af {number(first.due)})", first.met / first.due))
    order = "Rækkefølgen er alfabetisk og ingen rangorden; små forskelle kan være tilfældige."
    text = f"Til tiden af forfaldne, {period_name}. {order}"
    chart = None
    if len(drawn) > 1:
        text = (
            f"{rules[0].title}, {period_name}, i de {number(len(drawn))} af {number(len(units))} med mindst "
            f"{SMALLEST_COMPARED} forfaldne. {order}"
        )
        words = f"{rules[0].title}: andel til tiden pr. enhed. Tallene står i tabellen."
        shares = tuple(share for _, share in drawn)
        chart = PackChart(BARS, SHARE, tuple(name for name, _ in drawn), (Series("Andel til tiden", shares),), words)
    return Section(
        key, title, (text,), chart, PackTable(columns, rows), (source,), tuple(definition(rule) for rule in rules)
    )


def task(action: Action, as_of: datetime.date) -> str:
    """Return who has an action, by when, and how far it is; what has passed its day is marked."""
    who, state = agreed().words("hvem")[action.who], agreed().words("status")[action.status]
    passed = " (fristen er passeret)" if action.has_passed(as_of) else ""
    return f"{who}, senest {short_date(action.by_when)}: {state.lower()}{passed}"


def memory_sections(
    actions: Sequence[Action],
    quarters: Callable[[Key, str], list[tuple[str, int, int]]],
    rules: Mapping[str, Rule],
    known: Mapping[Key, str],
    source: str,
    nothing: str,
    as_of: datetime.date,
    most_charts: int = 6,
) -> list[Section]:
    """Return what was agreed before and whether each figure moved after it; charts only where points are enough.

    ``nothing`` is what is said when nothing was agreed.
    """
    rows: list[tuple[Cell, ...]] = []
    charts: list[Section] = []
    for number_, one in enumerate(actions, start=1):
        meeting_quarter = periods.quarter_of(one.meeting_date)
        chart = control_chart(quarters(one.unit, one.rule_id), meeting_quarter)
        sentence = meeting_words.movement_sentence(chart)
        title = rules[one.rule_id].title if one.rule_id in rules else one.rule_id
        subject = f"{title}, {known.get(one.unit, one.unit[1])}"
        rows.append((one.meeting_date, subject, on_one_line(one.what), task(one, as_of), sentence))
        if any(point.centre is not None for point in chart.points) and len(charts) < most_charts:
            charts.append(_movement(f"tiltag-{number_}", f"Tiltag: {subject}", one, chart, source))
    if not rows:
        return [Section("tiltag", "Hvad aftalte vi sidst?", (nothing,))]
    columns = (
        PackColumn("Møde", DATE),
        PackColumn("Pligt", wide=True),
        PackColumn("Aftalt", wide=True),
        PackColumn("Hvem, frist og status"),
        PackColumn("Har tallet flyttet sig?", wide=True),
    )
    first = Section(
        "tiltag",
        "Hvad aftalte vi sidst?",
        (meeting_words.CAVEAT,),
        None,
        PackTable(columns, tuple(rows)),
        (source, _METHOD),
    )
    return [first, *charts]


# What stands on a chart's axis where the meeting was.
MEETING = "Mødet"
_METHOD = (
    "Midterlinje og grænser (Laneys p′-kort: binomialgrænser, udvidet når kvartalerne svinger mere end tilfældigt) af "
    "mindst otte kvartaler før mødet; mødets eget kvartal tæller ikke. En flytning er en forskel mellem tiden efter og "
    "tiden før, som er større, end kvartalernes egen spredning forklarer, også når en jævn udvikling regnes med. Fra "
    "otte kvartaler efter mødet får tiden efter egen midterlinje og egne grænser."
)


def _movement(key: str, title: str, action: Action, chart: ControlChart, source: str) -> Section:
    """Return the control chart of one action; the meeting's own quarter is a gap in every line."""
    before = sum(not point.is_after for point in chart.points)
    points = [*chart.points[:before], None, *chart.points[before:]]
    names = tuple(periods.short_name(point.quarter) if point else MEETING for point in points)
    values = {
        "Andel til tiden": tuple(point.met / point.due if point else None for point in points),
        "Midterlinje": tuple(point.centre if point else None for point in points),
        "Nedre grænse": tuple(point.low if point else None for point in points),
        "Øvre grænse": tuple(point.high if point else None for point in points),
    }
    words = (
        f"{title}: andel til tiden pr. kvartal med midterlinje og grænser før og efter mødet "
        f"{short_date(action.meeting_date)}."
    )
    series = tuple(Series(name, shares) for name, shares in values.items())
    limits = list(values)[1:]
    columns = (
        PackColumn("Kvartal", wide=True),
        PackColumn("Til tiden", RATIO),
        *(PackColumn(name, SHARE) for name in limits),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, Ratio(point.due, point.met) if point else None, *(values[limit][place] for limit in limits))
        for place, (name, point) in enumerate(zip(names, points))
    )
    sentences = (
        f"Aftalt {short_date(action.meeting_date)}: {on_one_line(action.what)}",
        meeting_words.movement_sentence(chart),
    )
    return Section(
        key,
        title,
        sentences,
        PackChart(LINES, SHARE, names, series, words),
        PackTable(columns, rows),
        (source, _METHOD),
    )


def replies_section(recorded: Sequence[Recorded], rules: Mapping[str, Rule], title: str) -> Section:
    """Return the municipalities' replies, counted beside the outcomes and never in them."""
    reasons = agreed().words("aarsag")
    counted: dict[tuple[str, str], list[set[str]]] = {}
    for one in _newest(recorded):
        row = counted.setdefault((one.reply.rule_id, one.reply.reason), [set(), set(), set(), set()])
        row[0].add(one.reply.case_id)
        if one.reply.disputed:
            row[{None: 1, "accepted": 2, "rejected": 3}[one.verdict]].add(one.reply.case_id)
    if not counted:
        return Section(
            "svar", title, ("Der er ikke registreret svar på sager, der er gjort for sent eller ikke gjort.",)
        )
    columns = (
        PackColumn("Pligt", wide=True),
        PackColumn("Kommunens årsag", wide=True),
        PackColumn("Sager", COUNT),
        PackColumn("Bestridt, afventer", COUNT),
        PackColumn("Bestridt, godkendt", COUNT),
        PackColumn("Bestridt, afvist", COUNT),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (rules[rule_id].title if rule_id in rules else rule_id, reasons[reason], *(len(cases) for cases in counts))
        for (rule_id, reason), counts in sorted(counted.items())
    )
    cases = len({one.reply.case_id for one in recorded})
    text = (
        f"Der er svar på {number(cases)} {'sag' if cases == 1 else 'sager'}; en sag tælles én gang på hver linje, den "
        "hører til, med det nyeste svar. En forklaring ændrer ikke et udfald; den tælles her ved siden af. En bestridt "
        "dato rettes kun, når en anden person har godkendt den; virkningen kan ses i udgivelsens tabel over ændringer."
    )
    return Section("svar", title, (text,), None, PackTable(columns, rows), ("Kilde: registrerede svar.",))


def _newest(recorded: Sequence[Recorded]) -> list[Recorded]:
    """Return the replies of each case and duty that came with the newest form; an earlier answer is replaced by it."""
    newest = {(one.reply.case_id, one.reply.rule_id): one.recorded_at for one in recorded}
    return [one for one in recorded if one.recorded_at == newest[one.reply.case_id, one.reply.rule_id]]


def meetings_section(meetings: Sequence[NextMeeting], *, name_them: bool) -> Section:
    """Return who has not had a meeting within two years, and when the next is due."""
    overdue = [row for row in meetings if row.is_overdue]
    text = (
        f"{number(len(meetings) - len(overdue))} af {number(len(meetings))} kommuner har deltaget i et "
        "samarbejdsmøde inden for to "
        f"år; {number(len(overdue))} har ikke."
    )
    table = None
    if name_them:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (row.name, row.last_meeting, row.due, "Overskredet" if row.is_overdue else "Inden for to år")
            for row in sorted(meetings, key=lambda row: (row.due is not None, row.due or row.as_of))
        )
        table = PackTable(
            (
                PackColumn("Kommune", wide=True),
                PackColumn("Seneste møde", DATE),
                PackColumn("Næste senest", DATE),
                PackColumn("Status"),
            ),
            rows,
        )
    source = "Kilde: samarbejdsmoeder.csv; deltaget er kommune_deltog = J. Anbefaling, vejledningen 2.3."
    return Section("moeder", "Samarbejdsmøder hvert andet år", (text,), None, table, (source,))
