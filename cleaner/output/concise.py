"""One line a finding: `path:line:column: rule message`."""

from typing import IO, Any

from cleaner.output.terminal import safe

__all__ = ["render"]


def render(result: Any, stream: IO[str]) -> None:
    """Write one line for each finding, and nothing else."""
    for one, detail in zip(result.findings, result.details, strict=True):
        place = f"{safe(detail.file)}:{one['line']}:{one['column']}"
        stream.write(f"{place}: {one['rule']} {safe(one['message'])}\n")
