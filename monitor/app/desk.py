"""Where workers report: addresses are made and read here, and receipts are durable before they are judged."""

from monitor.app.wiring import utc_now
from monitor.core.model import Check, CheckKey, Receipt, ReceiptPlan
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
        return read_receipt(self._keyring, token, utc_now())

    def find(self, key: str, event_id: str) -> Claim | None:
        """Return what is known of an event, for who holds the key of its monitor (``id.secret``)."""
        monitor, _, secret = key.rpartition(".")
        plan = self._plan(monitor)
        if plan is None or not plan.by_id or not opens_by_id(self._keyring, monitor, secret):
            return None
        return self.receipts.claim(monitor, event_id)

    def by_get(self, monitor: str) -> bool:
        """Return whether this monitor's receipts may be fetched instead of posted."""
        plan = self._plan(monitor)
        return plan is not None and plan.by_get

    async def receive(self, receipt: Receipt) -> None:
        """Take a receipt; return once it is durable. Raises StoreError."""
        try:
            await self._store.receive(receipt)
        except StoreError:
            self.receipts.deaf()
            raise
        self.receipts.heard(receipt)

    def _plan(self, monitor: str) -> ReceiptPlan | None:
        found = self._watch.monitor(CheckKey(monitor, Check.RECEIPT))
        return found.receipt if found else None
