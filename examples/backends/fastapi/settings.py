"""What differs between machines: lifetimes, the signing key, and the page's origin."""
import os
import secrets

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware.base import RequestResponseEndpoint

ACCESS_SECONDS = int(os.environ.get("ACCESS_SECONDS", "900"))
REFRESH_SECONDS = int(os.environ.get("REFRESH_SECONDS", str(7 * 24 * 3600)))
SIGNING_KEY = os.environ.get("SIGNING_KEY") or secrets.token_hex(32)
GUESSES_PER_MINUTE = int(os.environ.get("GUESSES_PER_MINUTE", "10"))
ORIGINS = os.environ.get("ORIGINS", "http://localhost:5173").split(",")
# False for http://localhost only: without it a browser drops the cookie there.
COOKIE_SECURE = os.environ.get("COOKIE_SECURE", "false") == "true"


def new_app(title: str) -> FastAPI:
    """An app whose API the page's origin may call with cookies."""
    app = FastAPI(title=title)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=ORIGINS,
        allow_credentials=True,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
    )

    @app.middleware("http")
    async def keep_out_of_caches(request: Request, call_next: RequestResponseEndpoint) -> Response:
        """A cache that keeps an answer with a token gives it to the next who asks (RFC 6749, section 5.1)."""
        response = await call_next(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    return app
