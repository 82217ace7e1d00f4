"""The machine: system, Python, the packages' versions, memory, disk, time zone, where the account may write.

Belongs here: what can be examined without looking into any result. Does not belong here: results (``results``), key and
backups (``safekeeping``).
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
import time
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipelines import accounts
from pipelines.configuration import settings
from pipelines.danish import number
from pipelines.layout import LOCK_FILE, Output
from pipelines.upkeep.findings import DoctorFinding, fault, note, sound, warning

ZONE = "Europe/Copenhagen"
_PYTHONS = ((3, 11), (3, 14))
_LEAST_MEMORY_GB = 3.5


def examine(output: Output, landing: Path | None) -> Iterator[DoctorFinding]:
    """Yield what is found about the machine."""
    yield from _system()
    yield _python()
    yield _versions()
    yield _memory()
    yield _disk(output)
    yield _time_zone()
    yield _own_places()
    if landing is not None:
        yield _landing(landing)


def _system() -> Iterator[DoctorFinding]:
    name = f"{platform.system()} {platform.machine()}, konto {accounts.current()}"
    if os.name != "posix":
        yield fault(
            "Maskine",
            f"{name}. Under Windows har filer ingen adgangsrettigheder, og to kørsler holdes ikke adskilt.",
            "Kør programmet i WSL eller i containeren; se docs/installation.md.",
        )
        return
    yield sound("Maskine", name)
    if os.geteuid() == 0:
        yield warning(
            "Konto",
            "Programmet kører som root, så ingen adgangsrettigheder gælder.",
            "Kør det fra en konto, der kun har dette arbejde; se docs/installation.md.",
        )


def _python() -> DoctorFinding:
    found = platform.python_version()
    if _PYTHONS[0] <= sys.version_info[:2] < _PYTHONS[1]:
        return sound("Python", found)
    return fault(
        "Python", f"{found} er ikke blandt dem, programmet er prøvet med.", "Brug Python 3.11, 3.12 eller 3.13."
    )


def locked_versions(text: str) -> dict[str, str]:
    """Return name and version of each package of a lock file that this machine needs."""
    from packaging.markers import Marker

    found = {}
    for line in text.splitlines():
        match = re.match(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)\s*(?:;\s*([^\\]+))?", line)
        if match and (match[3] is None or Marker(match[3].strip()).evaluate()):
            found[match[1]] = match[2]
    return found


def _versions() -> DoctorFinding:
    try:
        wanted = locked_versions(LOCK_FILE.read_text(encoding="utf-8"))
    except OSError:
        return fault("Pakker", "Listen over pakkernes versioner mangler.", "Installér programmet igen.")
    differ = []
    for name, pinned in wanted.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "mangler"
        if found != pinned:
            differ.append(f"{name} {found} (prøvet med {pinned})")
    if not differ:
        return sound("Pakker", f"{len(wanted)} pakker, alle i de versioner, programmet er prøvet med")
    more = f" og {len(differ) - 5} til" if len(differ) > 5 else ""
    return warning(
        "Pakker",
        f"{len(differ)} er i andre versioner: {', '.join(differ[:5])}{more}.",
        "Installér efter requirements.lock (python3 run.py gør det).",
    )


def memory_gigabytes() -> float | None:
    """Return the machine's memory, None when it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, OSError, ValueError):  # pragma: no cover - Windows
        return None


def _memory() -> DoctorFinding:
    cores, gigabytes = os.cpu_count() or 1, memory_gigabytes()
    if gigabytes is None:
        return note("Kræfter", f"{cores} kerner; hukommelsen kan ikke aflæses")
    text = f"{cores} kerner, {number(gigabytes, 1)} GB hukommelse"
    if gigabytes < _LEAST_MEMORY_GB:
        return warning("Kræfter", f"{text}.", "En hel leverance fra landet bruger omkring 3 GB; giv maskinen 4 GB.")
    return sound("Kræfter", text)


def _disk(output: Output) -> DoctorFinding:
    place = output.root
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    free = usage.free / 1e9
    text = f"{number(free, 1)} GB ledige af {number(usage.total / 1e9, 1)} ved {place}"
    least = settings().upkeep.free_gigabytes
    # A build lies beside the old one until it takes its place.
    needed = 3 * output.warehouse.stat().st_size / 1e9 if output.warehouse.exists() else 0.0
    if free < needed:
        return fault("Disk", f"{text}; en kørsel skal bruge {number(needed, 1)} GB.", "Gør plads, før der køres igen.")
    if free < least:
        return warning(
            "Disk", f"{text}.", f"Gør plads; der skal være {number(least, 1)} GB (free_gigabytes i [upkeep])."
        )
    return sound("Disk", text)


def _time_zone() -> DoctorFinding:
    try:
        here = datetime.now(UTC).astimezone(zoneinfo.ZoneInfo(ZONE)).utcoffset()
    except zoneinfo.ZoneInfoNotFoundError:
        return fault(
            "Tid", f"Maskinen kender ikke tidszonen {ZONE}.", "Installér maskinens pakke med tidszoner (tzdata)."
        )
    machines = datetime.now(UTC).astimezone().utcoffset()
    if here != machines:
        return warning(
            "Tid",
            f"Maskinens tidszone er {time.tzname[0]} og ikke dansk tid: dagens dato kan være en anden omkring midnat.",
            f"Sæt tidszonen til {ZONE} (timedatectl set-timezone {ZONE}, eller TZ={ZONE}).",
        )
    return sound("Tid", f"dansk tid ({time.tzname[0]}), klokken er {datetime.now().astimezone():%H.%M}")


def _own_places() -> DoctorFinding:
    from pipelines.warehouse.parsed_project import cache_folder

    for folder in (cache_folder(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except (OSError, RuntimeError):
            return warning(
                "Kontoens egne mapper",
                f"{folder} kan ikke skrives, så reglerne læses forfra i hver kørsel.",
                "Giv kontoen mappen, eller vis til en anden med XDG_CACHE_HOME.",
            )
    return sound("Kontoens egne mapper", f"{cache_folder()} kan skrives")


def _landing(landing: Path) -> DoctorFinding:
    if not landing.is_dir():
        return fault("Leverancer", f"Mappen {landing} findes ikke.", "Angiv mappen med leverancer efter --landing.")
    try:
        many = sum(1 for path in landing.iterdir() if path.is_dir())
    except OSError:
        return fault("Leverancer", f"Mappen {landing} kan ikke læses.", "Giv kontoen adgang til den.")
    if os.name == "posix" and landing.stat().st_mode & 0o007:
        return warning(
            "Leverancer",
            f"Mappen {landing} kan læses af alle på maskinen; her ligger CPR-numre.",
            f"Kør: chmod o-rwx {landing}",
        )
    return sound("Leverancer", f"{landing}, {many} leverancer")
