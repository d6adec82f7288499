"""Wrong passwords are counted by address and account together, so that no stranger can lock an account out. In memory."""
import time
from threading import Lock

from fastapi import HTTPException, Request

from settings import GUESSES_PER_MINUTE

WINDOW = 60


class Guesses:
    def __init__(self) -> None:
        self._wrong: dict[tuple[str, str], list[float]] = {}
        self._lock = Lock()

    def admit(self, request: Request, email: str) -> None:
        """Before the password is looked at, because that is what costs."""
        with self._lock:
            self._forget()
            wrong = self._wrong.get(_who(request, email), [])
        if len(wrong) >= GUESSES_PER_MINUTE:
            wait = max(1, round(wrong[0] + WINDOW - time.monotonic()))
            raise HTTPException(429, "Too many attempts", {"Retry-After": str(wait)})

    def count(self, request: Request, email: str) -> None:
        with self._lock:
            self._wrong.setdefault(_who(request, email), []).append(time.monotonic())

    def _forget(self) -> None:
        since = time.monotonic() - WINDOW
        recent = {who: [at for at in wrong if at > since] for who, wrong in self._wrong.items()}
        self._wrong = {who: wrong for who, wrong in recent.items() if wrong}


def _who(request: Request, email: str) -> tuple[str, str]:
    # Behind a proxy this is the visitor's address only if uvicorn runs with --proxy-headers.
    return (request.client.host if request.client else "", email.lower())
