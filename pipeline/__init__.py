"""Daeyeok: Korean press articles in, aligned Korean–Chinese–English documents out, on your own machine."""

__version__ = "0.1.0"
