"""Connections on which half a request stands: closed after a while, or strangers could take all there are."""

from __future__ import annotations

from asyncio import BaseTransport, TimerHandle, Transport
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol


class Patient(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, save that a request must be whole `SECONDS` after it began."""

    SECONDS = 30.0
    _clock: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast(Transport, transport))
        self._look()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop()

    def _look(self) -> None:
        """Starts the clock where the client owes the rest of a request; more of it does not set it back."""
        owed = self.cycle is None or self.cycle.response_complete or self.cycle.more_body
        if not owed:
            self._stop()
        elif self._clock is None:
            self._clock = self.loop.call_later(self.SECONDS, self.transport.close)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
