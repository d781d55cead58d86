r"""Annotations for GitHub Actions, within its limits: ten a level, then a line that sums up.

GitHub shows ten annotations of a level and step, and drops the rest without a word. What is
annotated is therefore the worst; the Markdown table (`table`) for `$GITHUB_STEP_SUMMARY` counts
everything. Documents are hostile: a text must not end its command and begin another.
"""

import html
from collections import Counter
from typing import IO, Any

from cleaner.output.full import plural, summary
from cleaner.output.severity import LEVELS, level, worst_first
from cleaner.output.terminal import safe

__all__ = ["render", "table"]

LIMIT = 10
"""Annotations of one level that GitHub shows for a step."""
ROWS = 100
"""Findings that the table quotes; a summary may have 1 MiB."""
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_MARKDOWN = r"\`*_{}[]()#+-!|@~:"


def render(result: Any, stream: IO[str]) -> None:
    """Write at most ten annotations a level, and a line about all findings."""
    shown = dict.fromkeys(LEVELS, 0)
    for at in worst_first(result.findings):
        one, detail = result.findings[at], result.details[at]
        kind = level(one)
        shown[kind] += 1
        if shown[kind] > LIMIT:
            continue
        line, column = detail.end
        where = {"file": detail.file, "line": one["line"]}
        if detail.excerpt is not None:
            where |= {"endLine": line}
            if line == one["line"]:
                where |= {"col": one["column"], "endColumn": max(column, one["column"])}
        where["title"] = f"cleaner: {one['rule']}"
        given = ",".join(f"{name}={_property(str(value))}" for name, value in where.items())
        stream.write(f"::{_COMMANDS[kind]} {given}::{_data(safe(one['message']))}\n")
    stream.write(f"{summary(result)}\n")
    left = sum(max(0, count - LIMIT) for count in shown.values())
    if left:
        stream.write(f"{plural(left, 'finding')} not annotated: GitHub shows {LIMIT} a level.\n")


def _data(text: str) -> str:
    """Text of a command: GitHub undoes these three there, and no others."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")


def table(result: Any) -> str:
    """A Markdown summary: findings by rule, then the worst of them with their places."""
    lines = ["### cleaner", "", _plain(summary(result)), ""]
    if result.findings:
        lines += ["| rule | findings | fixable | documents |", "|---|---:|---:|---:|"]
        counts = Counter(one["rule"] for one in result.findings)
        for rule, count in sorted(counts.items(), key=lambda row: (-row[1], row[0])):
            mine = [one for one in result.findings if one["rule"] == rule]
            fixable = sum(one["applied"] for one in mine)
            documents = len({one["document"] for one in mine})
            lines.append(f"| {_plain(rule)} | {count:,} | {fixable:,} | {documents:,} |")
        lines += ["", "| place | rule | what |", "|---|---|---|"]
        for at in worst_first(result.findings)[:ROWS]:
            one = result.findings[at]
            place = f"{result.details[at].file}:{one['line']}:{one['column']}"
            lines.append(f"| {_plain(place)} | {_plain(one['rule'])} | {_plain(one['message'])} |")
        if len(result.findings) > ROWS:
            lines += ["", f"{ROWS} of {len(result.findings):,} findings are shown."]
    for one in result.rejected[:ROWS]:
        lines += ["", f"Not readable: {_plain(one['path'])}: {_plain(one['error'])}"]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: no links, mentions, cells or tags of its own."""
    escaped = html.escape(safe(text), quote=False)
    return "".join(f"&#{ord(c)};" if c in _MARKDOWN else c for c in escaped)
