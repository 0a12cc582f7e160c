"""Where workers report: addresses are made and read here, and receipts are durable before they are judged."""

from dataclasses import replace

from monitor.app.wiring import utc_now
from monitor.core.model import Check, CheckKey, Receipt, ReceiptPlan
from monitor.core.redact import Redactor
from monitor.core.tokens import Claim, Keyring, opens_by_id, read_receipt, receipt_token
from monitor.errors import StoreError
from monitor.receipts import Receipts
from monitor.store import Store
from monitor.watch import Watch


class Desk:
    """The web's and the pipeline's side of receipts. ``receipts`` is set once the pipeline stands."""

    receipts: Receipts

    def __init__(self, *, keyring: Keyring, store: Store, watch: Watch) -> None:
        self._keyring = keyring
        self._store = store
        self._watch = watch

    def address(self, claim: Claim) -> str:
        """Return where the worker is to report this event; empty where we have no address."""
        base = self._watch.config.receipts_url
        return f"{base}/r/{receipt_token(self._keyring, claim)}" if base else ""

    def read(self, token: str) -> Claim | None:
        """Return what a receipt's token is about; None for one that is not ours."""
        claim = read_receipt(self._keyring, token, utc_now())
        heir = self._watch.heir(claim.monitor) if claim else ""
        return claim if claim is None or claim.monitor == heir else replace(claim, monitor=heir)

    def find(self, key: str, event_id: str) -> Claim | None:
        """Return what is known of an event, for who holds the key of its monitor (``id.secret``)."""
        name, _, secret = key.rpartition(".")
        if not opens_by_id(self._keyring, name, secret):
            return None
        monitor = self._watch.heir(name)
        plan = self._plan(monitor)
        return self.receipts.claim(monitor, event_id)[0] if plan is not None and plan.by_id else None

    def by_get(self, monitor: str) -> bool:
        """Return whether this monitor's receipts may be fetched instead of posted."""
        plan = self._plan(monitor)
        return plan is not None and plan.by_get

    async def receive(self, receipt: Receipt) -> None:
        """Take a receipt; return once it is durable. Raises StoreError.

        A worker that reports ids may report those of real events as well: they are not ours, and not kept.
        """
        if receipt.note:  # mostly there is none, and thousands come in a second
            receipt = replace(receipt, note=self._fit_to_show(receipt))
        plan = self._plan(receipt.monitor)
        unknown = plan is not None and plan.by_id and not self._knows(receipt)
        if not unknown:
            await self._keep(receipt)
        self.receipts.heard(receipt)

    async def _keep(self, receipt: Receipt) -> None:
        try:
            await self._store.receive(receipt)
        except StoreError:
            self.receipts.deaf()
            raise

    def _knows(self, receipt: Receipt) -> bool:
        return self.receipts.claim(receipt.monitor, receipt.event_id)[1]

    def _fit_to_show(self, receipt: Receipt) -> str:
        """Return the note on one line, without secrets of its monitor, and safe to render."""
        found = self._watch.monitor(CheckKey(receipt.monitor, Check.RECEIPT))
        hidden = (*found.secrets, *found.hidden) if found else ()
        text = Redactor(secret.reveal() for secret in hidden).text(receipt.note)
        return " ".join("".join(one if one.isprintable() else " " for one in text).split())

    def _plan(self, monitor: str) -> ReceiptPlan | None:
        found = self._watch.monitor(CheckKey(monitor, Check.RECEIPT))
        return found.receipt if found else None
