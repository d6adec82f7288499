"""Access tokens are JWTs; refresh tokens are random, kept as hashes, spent once, and their reuse revokes the account's all."""
import hashlib
import secrets
import time
from dataclasses import dataclass
from threading import Lock

from fastapi import HTTPException
from jose import JWTError, jwt

from settings import ACCESS_SECONDS, REFRESH_SECONDS, SIGNING_KEY


def sign_access(**claims: object) -> str:
    return jwt.encode({**claims, "exp": int(time.time()) + ACCESS_SECONDS}, SIGNING_KEY, algorithm="HS256")


def read_access(token: str) -> dict:
    try:
        return jwt.decode(token, SIGNING_KEY, algorithms=["HS256"])
    except JWTError:
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"}) from None


@dataclass
class _Held:
    email: str
    expires_at: float
    spent: bool = False


class RefreshTokens:
    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def issue(self, email: str) -> str:
        token = secrets.token_urlsafe(32)
        self._held[_hash(token)] = _Held(email, time.time() + REFRESH_SECONDS)
        return token

    def read(self, token: str | None) -> str:
        """Whose token it is, unspent; for backends that do not rotate."""
        held = self._held.get(_hash(token or ""))
        if held is None or held.spent or held.expires_at < time.time():
            raise HTTPException(401, "Invalid refresh token")
        return held.email

    def spend(self, token: str | None) -> str:
        """Whose token it was. A token that comes twice was stolen once: everything of that account is revoked."""
        with self._lock:
            held = self._held.get(_hash(token or ""))
            if held is not None and held.spent:
                self._drop(held.email)
            email = self.read(token)
            self._held[_hash(token or "")].spent = True
            return email

    def revoke(self, token: str | None) -> None:
        with self._lock:
            self._held.pop(_hash(token or ""), None)

    def revoke_all(self, email: str) -> None:
        with self._lock:
            self._drop(email)

    def _drop(self, email: str) -> None:
        self._held = {key: held for key, held in self._held.items() if held.email != email}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
