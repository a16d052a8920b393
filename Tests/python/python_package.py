"""Makes `import tessera` find the Python package as `make wheel` puts it together."""

import sys

import tool

FOLDER = tool.ROOT / ".build/python"
if not FOLDER.exists():
    raise RuntimeError(f"{FOLDER} does not exist; build it: make wheel")
sys.path.insert(0, str(FOLDER))
