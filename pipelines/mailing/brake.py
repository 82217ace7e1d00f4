"""When a sending run stops by itself: faults of the server or of ours, told from faults of single addresses.

Belongs here: counting. Does not belong here: what an answer means for one message (``transport.py``).

A server that is out of order, or that refuses us, answers everybody alike; going on would leave one municipality after
another with a refusal that is none of theirs. Addresses that are out of date are each a matter of their own, and
several may lie beside each other in the list.
"""

from __future__ import annotations

from pipelines.mailing.transport import Answer, FaultSource, Outcome

#: So many faults of server or sender, with nothing accepted between them, stop the run.
SERVER_FAULTS = 3
#: So many domains that give the same refusal of an address, with nothing accepted between, can only be the server.
SAME_REFUSALS = 10


class Brake:
    """Follows one run; ``after`` is told each message's outcome."""

    def __init__(self) -> None:
        self._server_faults: list[str] = []
        self._refusals: dict[str, set[str]] = {}

    @property
    def behind_a_server_fault(self) -> list[str]:
        """The ids of the messages that met messages met a server's fault since something was last accepted."""
        return list(self._server_faults)

    def after(self, message_id: str, address: str, result: Answer) -> str:
        """Return in Danish why the run must stop after this outcome, or an empty text."""
        if result.outcome is Outcome.ACCEPTED:
            self._server_faults.clear()
            self._refusals.clear()
        elif result.outcome is Outcome.STOP:
            return f"serveren afviser os: {result.detail}"
        elif result.fault is FaultSource.SERVER:
            self._server_faults.append(message_id)
            if len(self._server_faults) == SERVER_FAULTS:
                return f"tre fejl i træk hos mailserveren eller i vores adgang til den, senest: {result.detail}"
        else:
            domains = self._refusals.setdefault(result.kind, set())
            domains.add(address.rpartition("@")[2].casefold())
            if len(domains) == SAME_REFUSALS:
                return (
                    f"mailserveren giver ti kommuner det samme svar ({result.detail}). Er adresserne rigtige, er "
                    "fejlen serverens; brug mail decide --outcome not-sent for hver, når den er rettet"
                )
        return ""
