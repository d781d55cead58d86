"""Lines of JSON: where their fields are, without parsing them."""
