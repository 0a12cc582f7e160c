"""A monitor that is still being judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.config.files import Files
from monitor.config.findings import Scope
from monitor.config.scheme import provider_of
from monitor.config.shapes import MonitorShape
from monitor.config.tree import Table
from monitor.core.model import BadTemplate, Notifier, Provider, Site

JudgeNotifier = Callable[[Notifier], tuple[Notifier, ...] | str]
JudgeKey = Callable[[str, str], str | None]
JudgeTemplates = Callable[[Mapping[str, str], Site], Sequence[BadTemplate]]
JudgeCron = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """What only others know.

    ``notifier``  says in words what is wrong with a notifier's URL, or gives one notifier per target:
                  the door to Apprise
    ``key``       says what is wrong with a private key for an algorithm, or None: the door to cryptography
    ``cron``      says what is wrong with a cron expression, or None: the door to cronsim
    ``templates`` says what is wrong with templates of alerts, given by name: the door to Jinja2
    ``now``       what is past; None: nothing is said of it
    """

    notifier: JudgeNotifier = lambda notifier: (notifier,)
    key: JudgeKey = lambda _algorithm, _secret: None
    templates: JudgeTemplates = lambda _templates, _site: ()
    cron: JudgeCron = lambda _expression: None
    now: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A monitor that may have faults: ``bad`` are the keys already told, ``own`` is without defaults."""

    scope: Scope
    shape: MonitorShape
    bad: frozenset[str]
    own: Table
    files: Files
    notifiers: frozenset[str]
    judges: Judges
    receipts_url: str | None  # where workers reach us, as far as the file says

    @property
    def table(self) -> Table:
        """All that is written of it, defaults included."""
        return self.scope.node if isinstance(self.scope.node, Table) else Table()

    @property
    def provider(self) -> Provider | None:
        """The provider; None where what is written of it is wrong."""
        both = self.shape.provider is not None and self.shape.signature is not None
        return None if both or self.bad & {"provider", "signature"} else provider_of(self.shape)
