"""The oracle: small listeners that verify with the providers' own libraries, in an environment of their own.

The libraries want other versions of what we use, so they live in ``.venv-sdk`` (``locks/sdk.txt``) and in
``tests/sdk/node_modules`` (``package-lock.json``); ``scripts/test`` makes both. Only ``verifiers.py`` and
``verifiers.mjs`` import them, inside two programs of their own; our tests talk to those over a socket.
``snippets`` are the listeners and workers that ``docs/receipts.md`` shows.
"""
