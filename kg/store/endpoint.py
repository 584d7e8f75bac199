"""A SPARQL 1.1 server as a store: asked and written over HTTP, through SPARQLWrapper."""

from __future__ import annotations

import time
from contextlib import closing
from urllib.error import URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    build_opener,
    install_opener,
)

import pyoxigraph as ox
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from kg.harmless import one_line
from kg.store.sparql import (
    BadQuery,
    Bindings,
    Result,
    Store,
    StoreError,
    Table,
    as_result,
    bad_query,
    prepared,
)

_LOGINS = HTTPPasswordMgrWithDefaultRealm()
PAUSES = (0.5, 2.0, 8.0)  # seconds before an update is tried again


class Endpoint(Store):
    """A SPARQL 1.1 endpoint over HTTP; an address `http://name:password@host/…` has it log in."""

    def __init__(self, url: str, timeout: int = 60) -> None:
        parts = urlsplit(url)
        self.url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self.timeout = timeout
        if parts.username:
            _log_in(self.url, unquote(parts.username), unquote(parts.password or ""))

    def query(self, text: str, bindings: Bindings | None = None) -> Result:
        query = prepared(text, bindings)
        wrapper = self._wrapper(query)
        triples = wrapper.queryType in ("CONSTRUCT", "DESCRIBE")
        if not triples and wrapper.queryType not in ("SELECT", "ASK"):
            raise BadQuery("not a query: an endpoint is asked with SELECT, ASK, CONSTRUCT or DESCRIBE")
        wrapper.setReturnFormat(TURTLE if triples else JSON)
        try:
            body = self._answer(wrapper)
            if triples:
                return as_result(ox.parse(body, format=ox.RdfFormat.TURTLE))
            found = as_result(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))
            if wrapper.queryType == "ASK" and isinstance(found, Table):  # of one row or none: Virtuoso
                return bool(found.rows)
            return found
        except SPARQLWrapperException as error:
            raise bad_query(query, _refusal(query) or _said(error)) from error
        except SyntaxError as error:  # a query that is cut off half-way was already answered with status 200
            raise StoreError(f"{self.url}: the answer is cut off or not RDF; ask for less") from error

    def update(self, text: str) -> None:
        """Run SPARQL updates, which may be run again: a server that is down or busy is tried four times."""
        for pause in (*PAUSES, None):
            try:
                self._answer(self._wrapper(text))
                return
            except SPARQLWrapperException as error:
                raise StoreError(f"{self.url}: refuses to be written: {_said(error)}") from error
            except StoreError:
                if pause is None:
                    raise
                time.sleep(pause)

    def _wrapper(self, query: str) -> SPARQLWrapper:
        wrapper = SPARQLWrapper(self.url)
        wrapper.setMethod(POST)  # the default, GET, breaks on long queries
        wrapper.setTimeout(self.timeout)
        wrapper.setOnlyConneg(True)
        wrapper.setQuery(query)
        return wrapper

    def _answer(self, wrapper: SPARQLWrapper) -> bytes:
        try:
            with closing(wrapper.query().response) as response:
                return bytes(response.read())
        except OSError as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, TimeoutError):
                remedy = f"no answer in {self.timeout} s; ask for less or wait longer"
            else:
                remedy = f"{one_line(reason)}; check the address and that it is running"
            raise StoreError(f"{self.url}: {remedy}") from error


def _said(error: SPARQLWrapperException) -> str:
    """What a server says of an error, without the query, which Virtuoso repeats."""
    said = str(error).partition("Response:")[2].strip("\nb'\" ") or error.msg
    return one_line(said.partition("SPARQL query:")[0].replace("\\n", " ").strip())


def _refusal(query: str) -> str:
    """What our own engine finds wrong with a query: unlike some servers it tells the place."""
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        return str(error)
    return ""


def _log_in(url: str, name: str, password: str) -> None:
    """Have urllib, which SPARQLWrapper asks through, answer whichever way a server asks for the password.

    The handlers are new each time: those that a server has once refused do not try again.
    """
    _LOGINS.add_password(None, url, name, password)
    install_opener(build_opener(HTTPBasicAuthHandler(_LOGINS), HTTPDigestAuthHandler(_LOGINS)))
