"""JUnit XML: a failed test case for each finding, one that passed for each clean run.

GitLab, Jenkins and Azure keep one failure of a test case, so every finding is its own.
"""

from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from cleaner.output.severity import level
from cleaner.output.terminal import safe

__all__ = ["render"]


def render(result: Any, stream: IO[str]) -> None:
    """Write one test suite; documents that cannot be read are errors."""
    failures, errors = len(result.findings), len(result.rejected)
    counts = f'tests="{max(1, failures + errors)}" failures="{failures}" errors="{errors}"'
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(f'<testsuites name="cleaner" {counts}>\n  <testsuite name="cleaner" {counts}>\n')
    for one, detail in zip(result.findings, result.details, strict=True):
        place = f"{one['line']}:{one['column']}"
        name = f"{one['rule']}:{place}"
        stream.write(
            f"    <testcase classname={_quoted(detail.file)} name={_quoted(name)}"
            f" file={_quoted(detail.file)} line={_quoted(str(one['line']))}>\n"
            f"      <failure type={_quoted(level(one))} message={_quoted(one['message'])}>"
            f"{_text(_body(one, detail, place))}</failure>\n    </testcase>\n"
        )
    for one in result.rejected:
        record = f":{one['record']}" if one["record"] else ""
        message = f"{one['error']}; {one['hint']}"
        stream.write(
            f"    <testcase classname={_quoted(one['path'])} name={_quoted('readable' + record)}>\n"
            f'      <error type="unreadable" message={_quoted(message)}/>\n    </testcase>\n'
        )
    if not failures and not errors:
        stream.write(f'    <testcase classname="cleaner" name="{result.documents} documents"/>\n')
    stream.write("  </testsuite>\n</testsuites>\n")


def _body(one: dict[str, Any], detail: Any, place: str) -> str:
    text = f"{detail.file}:{place}: {one['rule']} {one['message']}"
    return f"{text}\n{safe(detail.excerpt.text)}" if detail.excerpt else text


def _quoted(text: str) -> str:
    return quoteattr(_valid(safe(text)))


def _text(text: str) -> str:
    return escape("\n".join(_valid(safe(line)) for line in text.split("\n")))


def _valid(text: str) -> str:
    """Without the two characters that XML refuses although they are no controls."""
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
