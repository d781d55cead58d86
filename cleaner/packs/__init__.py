"""Rule packs: boilerplate rules as data."""
