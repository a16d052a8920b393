"""What only a process of its own shows: memory that repeated work leaves behind."""

import re
import subprocess
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / ".build/release/AttackTool"
LIMIT_BYTES = 1 << 20


def test_runs_and_compilations_leave_no_memory_behind():
    command = [TOOL, "leaks", "20000", "100"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout
    growths = [int(n) for n in re.findall(r"growth (-?\d+)", result.stdout)]
    assert len(growths) == 2
    assert max(growths) < LIMIT_BYTES, result.stdout
