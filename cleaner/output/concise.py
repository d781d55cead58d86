"""One line a finding: `path:line:column: rule message`."""

from typing import IO, Any

from cleaner.output.severity import level
from cleaner.output.terminal import painter, safe

__all__ = ["render"]


def render(result: Any, stream: IO[str], *, color: bool = False) -> None:
    """Write one line for each finding, and nothing else."""
    paint = painter(color)
    for one, detail in zip(result.findings, result.details, strict=True):
        place = paint(f"{safe(detail.file)}:{one['line']}:{one['column']}", "strong")
        stream.write(f"{place}: {paint(one['rule'], level(one))} {safe(one['message'])}\n")
