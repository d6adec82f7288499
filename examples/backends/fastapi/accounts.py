"""Who has an account. In memory: a restart forgets everybody. Passwords are kept as scrypt digests."""
import hashlib
import hmac
import itertools
import secrets
from dataclasses import dataclass

from fastapi import HTTPException, Request
from pydantic import BaseModel, EmailStr, Field

from guesses import Guesses


class Credentials(BaseModel):
    email: EmailStr
    password: str = Field(min_length=8, max_length=128)


class Registration(Credentials):
    display_name: str | None = None
    full_name: str | None = None


@dataclass(frozen=True)
class Account:
    id: int
    email: str
    name: str | None
    role: str
    salt: bytes
    digest: bytes


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


class Accounts:
    def __init__(self) -> None:
        self._by_email: dict[str, Account] = {}
        self._ids = itertools.count(1)
        self._guesses = Guesses()

    def register(self, wanted: Registration) -> Account:
        salt = secrets.token_bytes(16)
        name = wanted.display_name or wanted.full_name
        account = Account(next(self._ids), wanted.email.lower(), name, "user", salt, _digest(wanted.password, salt))
        if self._by_email.setdefault(account.email, account) is not account:
            raise HTTPException(409, "Email already registered")
        return account

    def verify(self, request: Request, email: str, password: str) -> Account:
        self._guesses.admit(request, email)
        account = self._by_email.get(email.lower())
        # A digest is made for unknown addresses too, so that the time taken tells nothing.
        digest = _digest(password, account.salt if account else b"nobody")
        if account is None or not hmac.compare_digest(digest, account.digest):
            self._guesses.count(request, email)
            raise HTTPException(401, "Incorrect email or password", {"WWW-Authenticate": "Bearer"})
        return account

    def find(self, email: str) -> Account | None:
        return self._by_email.get(email)

    def close(self, account: Account) -> None:
        self._by_email.pop(account.email, None)
