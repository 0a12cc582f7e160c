"""Which library is asked about which scheme; read by both sides, so it imports nothing.

Ten schemes have no library to ask: calendly, convoy-advanced, docusign, dropbox, gitlab-token, lemonsqueezy,
okta, typeform, woocommerce, zendesk.
"""

PYTHON = {
    "standard": ("standardwebhooks", "svix"),
    "standard-v1a": ("pynacl",),  # the specification's libraries skip asymmetric signatures
    "svix": ("svix",),
    "clerk": ("svix",),
    "resend": ("resend", "svix"),
    "openai": ("openai",),
    "gitlab-signing-token": ("standardwebhooks",),
    "stripe": ("stripe",),
    "github": ("gidgethub",),
    "github-sha1": ("gidgethub",),
    "bitbucket": ("gidgethub",),  # no library of its own, and the same bytes on the wire
    "intercom": ("gidgethub",),  # likewise
    "meta": ("pywa",),
    "razorpay": ("razorpay",),
    "easypost": ("easypost",),
    "line": ("line-bot-sdk",),
    "adyen-payload": ("adyen",),
    "adyen": ("adyen",),
    "square": ("squareup",),
    "slack": ("slack-sdk",),
    "paddle": ("paddle-python-sdk",),
    "hubspot-v3": ("hubspot-api-client",),
    "twitch": ("twitchapi",),
    "box": ("boxsdk",),
    "workos": ("workos",),
    "hook0-v0": ("hook0-client",),
    "hook0-v1": ("hook0-client",),
    "twilio-form": ("twilio",),
    "twilio-json": ("twilio",),
    "twilio-form-sha256": ("twilio",),
    "mailgun": ("mailgun",),
    "discord": ("discord-interactions",),
    "telnyx": ("telnyx",),
    "sendgrid": ("sendgrid",),
    "paypal": ("paypalrestsdk",),
    "rfc9421": ("http-message-signatures",),
    "rfc9421-b25": ("http-message-signatures",),
}

NODE = {
    "github": ("@octokit/webhooks-methods",),
    "shopify": ("@shopify/shopify-api",),
    "zoom": ("@zoom/rivet",),
    "linear": ("@linear/sdk",),
    "line": ("@line/bot-sdk",),
    "clerk": ("@clerk/backend",),
    "twitch": ("@twurple/eventsub-http",),
    "sns": ("sns-validator",),
}
