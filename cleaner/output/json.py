"""`{"version": 1, "findings": […]}`: the same objects as in `findings.jsonl`."""

from typing import IO, Any

import msgspec

__all__ = ["render"]


def render(result: Any, stream: IO[str]) -> None:
    """Write one JSON object, a finding a line."""
    stream.write('{"version": 1, "findings": [')
    for number, one in enumerate(result.findings):
        stream.write((",\n " if number else "\n ") + msgspec.json.encode(one).decode())
    stream.write("\n]}\n" if result.findings else "]}\n")
