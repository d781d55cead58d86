"""The audit: numbers of a run, charts of the numbers, a page of the charts."""
