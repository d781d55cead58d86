"""Blocks, lists and menus in the layout of lines."""
