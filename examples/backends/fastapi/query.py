"""The refresh token travels in the query, and so lands in logs: prefer another shape. The profile is `fastapiQuery()`."""
from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer

from accounts import Account, Accounts, Credentials, Registration
from settings import new_app
from tokens import RefreshTokens, read_access, sign_access

app = new_app("Refresh token in the query")
accounts = Accounts()
refresh_tokens = RefreshTokens()
bearer = OAuth2PasswordBearer(tokenUrl="auth/login")


def grant(email: str) -> dict:
    return {
        "access_token": sign_access(sub=email),
        "refresh_token": refresh_tokens.issue(email),
        "token_type": "bearer",
    }


def current_account(token: str = Depends(bearer)) -> Account:
    account = accounts.find(read_access(token)["sub"])
    if account is None:
        raise HTTPException(401, "Account is gone")
    return account


@app.post("/auth/register")
def register(wanted: Registration) -> dict:
    account = accounts.register(wanted)
    return {"id": account.id, "email": account.email}


@app.post("/auth/login")
def login(credentials: Credentials, request: Request) -> dict:
    return grant(accounts.verify(request, credentials.email, credentials.password).email)


@app.post("/auth/refresh")
def refresh(token: str) -> dict:
    return grant(refresh_tokens.spend(token))


@app.get("/notes")
def notes(account: Account = Depends(current_account)) -> list[str]:
    return [f"A note of {account.email}"]
