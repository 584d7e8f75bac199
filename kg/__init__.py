"""Reads pages of Chinese regional newspapers into a knowledge graph with proof."""

__version__ = "0.1.0"
