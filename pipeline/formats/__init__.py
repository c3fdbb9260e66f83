"""Formats read articles and write documents. One file a format, both directions in the same file."""
