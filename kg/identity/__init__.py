"""Which names of many pages are names of one thing: order-free, explained, reversible.

`profiles` says what one page tells of each thing, `resolve` folds profiles in any order and grouping into
an `Identity`, `identified` gives an extraction its canonical keys. Nothing here reads a store.
"""

from __future__ import annotations

from kg.identity.applying import identified
from kg.identity.profiling import profiles
from kg.identity.records import Identity, Known, Profile
from kg.identity.resolving import resolve

__all__ = ["Identity", "Known", "Profile", "identified", "profiles", "resolve"]
