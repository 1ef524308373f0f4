"""`python -m service.local.node npm ...`: runs npm, or a script, with a Node that is new enough."""

from __future__ import annotations

import os
import subprocess
import sys

from service.local import binaries


def main(arguments: list[str]) -> int:
    """Run `npm ARGUMENTS` or `SCRIPT ARGUMENTS` with the Node that binaries.py finds."""
    node = binaries.node()
    script = str(binaries.npm_script()) if arguments[:1] == ["npm"] else arguments[0]
    # Tools that npm runs find the same Node.
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run([str(node), script, *arguments[1:]], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
