"""The rows, by family. Facts come from each provider's own documentation and the behaviour of its verifier.

What a row says of no other source than memory or third parties says so: ``sure=False``, "secondary",
"assumed". Adding a provider is adding a row here, and a known answer to tests/data/vectors.json.
"""

from monitor.core.providers.rows import (
    chat,
    cloud,
    code,
    commerce,
    gateways,
    mail,
    office,
    payments,
    phone,
    standard,
)

ROWS = (
    *standard.ROWS,
    *payments.ROWS,
    *commerce.ROWS,
    *code.ROWS,
    *chat.ROWS,
    *phone.ROWS,
    *mail.ROWS,
    *office.ROWS,
    *cloud.ROWS,
    *gateways.ROWS,
)
