"""Quality signals of every document, and hints where one is beyond a published threshold."""

from cleaner.passes.quality.checks import QualityPass

__all__ = ["QualityPass"]
