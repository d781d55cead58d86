"""The functions of `import cleaner`."""

from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.edits import apply
from cleaner.model import Edit

TEXTS = st.text(
    st.characters(codec=None) | st.sampled_from("\ud83d\ude00\x00\n\r<&;#39â€™"), max_size=60
)


@given(TEXTS)
def test_any_text_is_cleaned_once_and_for_all(text: str) -> None:
    once = cleaner.clean(text)
    assert cleaner.clean(once.text).text == once.text
    for finding in once.findings:
        assert finding.span is None or 0 <= finding.span.start <= finding.span.end <= len(text)


@given(TEXTS)
def test_what_is_not_selected_does_not_happen(text: str) -> None:
    assert cleaner.clean(text, select=["quality"]).text == text


def test_check_finds_what_clean_would_mend() -> None:
    text = "After it had collapsed in 201\n\n4, a ferry took the children."
    (finding,) = cleaner.check(text, select=["structure.split-number"])
    assert finding.fix is not None
    edits: tuple[Edit, ...] = finding.fix.edits
    assert apply(text, edits) == cleaner.clean(text, select=["structure.split-number"]).text


def test_languages_signatures_and_duplicates() -> None:
    words = " ".join(f"word{number}" for number in range(60))
    (language,) = cleaner.detect_language(["Das Wetter war gut, als wir den Hafen verließen."])
    assert (language.code, language.reliable) == ("de", True)
    assert cleaner.signatures([words, words]).shape == (2, 128)
    (found,) = cleaner.near_duplicates([words, words + " more"], 0.8)
    assert (found.document, found.kept, found.containment) == (0, 1, 1.0)
