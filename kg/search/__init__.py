"""The index of a graph: names in all their forms, texts of articles, and who is connected with whom.

`search.sqlite` stands in the folder of a store, and is made with it.
"""

from kg.search.finding import Found, Hit, Text, articles, named, suggest, things, titled
from kg.search.index import Index
from kg.search.making import make
from kg.search.opening import FILE, open_index
from kg.search.texts import running, texts
from kg.search.ways import Choice, Edge, Kind

__all__ = [
    "FILE",
    "Choice",
    "Edge",
    "Found",
    "Hit",
    "Index",
    "Kind",
    "Text",
    "articles",
    "make",
    "named",
    "open_index",
    "running",
    "suggest",
    "texts",
    "things",
    "titled",
]
