"""The cookie that carries a refresh token: unreadable for scripts, and sent to the auth routes only."""
from fastapi import Request, Response

from settings import COOKIE_SECURE, REFRESH_SECONDS

NAME = "refresh_token"


def set_refresh_cookie(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        NAME, token, max_age=REFRESH_SECONDS, path=_path(request), httponly=True, samesite="lax", secure=COOKIE_SECURE
    )


def clear_refresh_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(NAME, path=_path(request))


def _path(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/auth"
