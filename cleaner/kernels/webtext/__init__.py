"""What a model of lines sees of each of them."""
