"""What the measuring scripts share: commands that speak JSON lines, and markdown tables."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Sequence

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = Path(__file__).resolve().parent / "reference"
MAQUETTE = "node bin/maquette.js"
TORCH_PYTHON = "/tmp/torchenv/bin/python"
DEBIAN_PYTHON = "/usr/bin/python3"

Result = dict[str, Any]


def run_json(command: Sequence[str | Path]) -> Result:
    """Runs a command from the repository's root; its last line on stdout is the result."""
    words = [str(word) for word in command]
    print("$ " + " ".join(words), file=sys.stderr, flush=True)
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"exit status {done.returncode} from: {' '.join(words)}")
    lines = done.stdout.strip().splitlines()
    if not lines:
        sys.exit(f"no output from: {' '.join(words)}")
    result = json.loads(lines[-1])
    print("  " + json.dumps(result), file=sys.stderr, flush=True)
    return result


def has_torch(python: str) -> bool:
    """Whether this Python is there and imports PyTorch."""
    try:
        return subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0
    except OSError:
        return False


def machine() -> Result:
    """Where and when something was measured."""
    cpu = platform.processor()
    try:
        cpu = next(
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        )
    except (OSError, StopIteration):
        pass
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "loadBefore": round(os.getloadavg()[0], 2),
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A markdown table; None shows as a dash."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join("–" if cell is None else str(cell) for cell in line) + " |" for line in lines)


def publish(out: Path, result: Result, markdown: str) -> None:
    """Writes the markdown, and beside it the JSON with every single measurement."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
    out.with_suffix(".md").write_text(markdown + "\n")
