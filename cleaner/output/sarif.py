"""SARIF 2.1.0, for code scanning: one run, one result a finding, fingerprints without lines.

GitHub takes 25,000 results of a run, shows 5,000, and refuses files above 10 MB (gzip). The worst
5,000 are written; a notification says how many were left out.
"""

from typing import IO, Any
from urllib.parse import quote

import msgspec

from cleaner.output.severity import level, worst_first
from cleaner.output.terminal import safe
from cleaner.rules import Rule

__all__ = ["render"]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LIMIT = 5000
"""Results that GitHub shows."""
MESSAGE = 1000
"""Characters of a message; GitHub shows no more in its list."""
_LEVELS = {"safe": "error", "unsafe": "warning", "display": "note"}
_PRECISION = {"safe": "very-high", "unsafe": "high", "display": "medium"}


def render(result: Any, stream: IO[str]) -> None:
    """Write the log, indented: it is read by people too when an upload fails."""
    chosen = sorted(worst_first(result.findings)[:LIMIT])
    names = sorted({result.findings[at]["rule"] for at in chosen})
    numbers = {name: number for number, name in enumerate(names)}
    driver = {
        "name": "cleaner",
        "semanticVersion": result.version,
        "rules": [_rule(result.rules[name]) for name in names],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            "%SRCROOT%": {"description": {"text": "The folder in which cleaner was run."}}
        },
        "invocations": [_invocation(result, len(chosen))],
        "results": [
            _result(result.findings[at], result.details[at], numbers[result.findings[at]["rule"]])
            for at in chosen
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    stream.write(msgspec.json.format(msgspec.json.encode(log), indent=1).decode() + "\n")


def _rule(rule: Rule) -> dict[str, Any]:
    effect = {
        "safe": "Fixed by --fix.",
        "unsafe": "Fixed by --unsafe-fixes.",
        "display": "Reported only.",
    }[rule.applicability]
    return {
        "id": rule.name,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.summary}\n\n{rule.why}\n\n{effect}",
            "markdown": f"**{rule.summary}**\n\n{rule.why}\n\n{effect}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.applicability]},
        "properties": {
            "tags": [rule.name.partition(".")[0]],
            "precision": _PRECISION[rule.applicability],
        },
    }


def _result(one: dict[str, Any], detail: Any, number: int) -> dict[str, Any]:
    return {
        "ruleId": one["rule"],
        "ruleIndex": number,
        "level": level(one),
        "message": {"text": safe(one["message"])[:MESSAGE]},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(detail.file),
                    "region": _region(one, detail),
                },
                "logicalLocations": [{"name": safe(one["document"]), "kind": "document"}],
            }
        ],
        "partialFingerprints": {"cleanerFinding/v1": detail.fingerprint},
    }


def _region(one: dict[str, Any], detail: Any) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": one["line"], "startColumn": one["column"]}
    if detail.excerpt is not None:
        region["endLine"], region["endColumn"] = detail.end
    return region


def _artifact(file: str) -> dict[str, Any]:
    if file.startswith("/"):
        return {"uri": "file://" + quote(file)}
    return {"uri": quote(file), "uriBaseId": "%SRCROOT%"}


def _invocation(result: Any, written: int) -> dict[str, Any]:
    notes = []
    total = len(result.findings)
    if total > written:
        notes.append(
            {
                "level": "warning",
                "message": {"text": f"{written} of {total} results are written, the worst first."},
            }
        )
    for one in result.rejected[:LIMIT]:
        text = f"{one['path']}: {one['error']}; {one['hint']}"
        notes.append({"level": "error", "message": {"text": safe(text)[:MESSAGE]}})
    return {
        "executionSuccessful": not result.rejected,
        "toolExecutionNotifications": notes,
    }
