"""The explorer: a graph to see, search, check and take away in the browser, served from a build folder.

Each page is a module with data functions, which know nothing of HTTP, and thin handlers in `routes`.
"""

from kg.serve.app import app
from kg.serve.judging import Judging
from kg.serve.site import Site, open_site

__all__ = ["Judging", "Site", "app", "open_site"]
