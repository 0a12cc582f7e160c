"""``python -m monitor.demo [DIRECTORY [PORT [LIFELINE]]]``: run the demo listeners until stopped.

LIFELINE is the number of an open pipe: when its other end closes, so does the demo.
"""

import sys
from pathlib import Path

from monitor.demo import PORT, prepare, serve
from monitor.errors import UsageError


def main(arguments: list[str]) -> int:
    directory = Path(arguments[0]) if arguments else Path(".demo")
    prepare(directory)
    port = int(arguments[1]) if len(arguments) > 1 else PORT
    try:
        serve(directory, port, lifeline=int(arguments[2]) if len(arguments) > 2 else None)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
