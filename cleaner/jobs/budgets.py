"""How many findings of a rule a corpus may have: `--fail-over "duplicates.near=2%"`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cleaner.config import Config
from cleaner.model import CleanerError
from cleaner.rules import matches, prefixes, unknown

__all__ = ["Budget", "parse", "spent"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Findings under a prefix are tolerated while no more than `limit` of them are there.

    With `share`, the limit is a share of the documents, from 0 to 1, and documents count.
    """

    rule: str
    limit: float
    share: bool
    text: str


def parse(config: Config, given: Iterable[str]) -> list[Budget]:
    """The budgets of a configuration, and those of the command line, which win.

    Raises:
        CleanerError: a limit that is none.
    """
    texts = {rule: ("budgets", text) for rule, text in config.budgets.items()}
    for one in given:
        rule, sign, text = one.partition("=")
        if not sign:
            raise CleanerError(f'--fail-over: "{one}" has no limit; write RULE=2% or RULE=5')
        texts[rule.strip()] = ("--fail-over", text)
    return [_budget(rule, text.strip(), where) for rule, (where, text) in texts.items()]


def _budget(rule: str, text: str, where: str) -> Budget:
    share = text.endswith("%")
    try:
        limit = float(text.removesuffix("%")) / 100 if share else int(text)
    except ValueError:
        limit = -1
    if not 0 <= limit < float("inf") or (share and limit > 1):
        raise CleanerError(
            f'{where}: {rule}: "{text}" is no limit; write a share such as 2% or a number such as 5'
        )
    return Budget(rule, limit, share, text)


def spent(budget: Budget, result: Any) -> str | None:
    """What to say if a check's result is over a budget, else None.

    Raises:
        CleanerError: the budget's rule does not exist.
    """
    if not any(matches(name, budget.rule) for name in result.rules):
        raise CleanerError(f"budget: {unknown(budget.rule, prefixes(result.rules))}")
    found = [
        (detail.file, one["document"])
        for one, detail in zip(result.findings, result.details, strict=True)
        if matches(one["rule"], budget.rule)
    ]
    if not budget.share:
        if len(found) <= budget.limit:
            return None
        return f"over budget: {budget.rule}: {len(found):,} findings; the limit is {budget.text}"
    count = len(set(found))
    share = count / max(1, result.documents)
    if share <= budget.limit:
        return None
    return (
        f"over budget: {budget.rule}: {share:.1%} of the documents ({count:,} of "
        f"{result.documents:,}); the limit is {budget.text}"
    )
