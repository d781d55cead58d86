"""langdetect's profiles over n-grams, for texts and for their lines."""
