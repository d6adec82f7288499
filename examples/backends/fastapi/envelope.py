"""Answers in {statusCode, body}, with both tokens in the body; the refresh token stays. The profile is `fastapiEnvelope()`."""
import time

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

from accounts import Account, Accounts, Credentials, Registration
from settings import ACCESS_SECONDS, new_app
from tokens import RefreshTokens, read_access, sign_access

app = new_app("Tokens in an envelope")
accounts = Accounts()
refresh_tokens = RefreshTokens()
bearer = OAuth2PasswordBearer(tokenUrl="auth/login")


class Spent(BaseModel):
    refresh_token: str


def current_account(token: str = Depends(bearer)) -> Account:
    account = accounts.find(read_access(token)["email"])
    if account is None:
        raise HTTPException(401, "Account is gone")
    return account


def told(account: Account) -> dict:
    return {
        "user_id": account.id,
        "email": account.email,
        "display_name": account.name,
        "role": account.role,
    }


def grant(account: Account, refresh_token: str) -> dict:
    access = sign_access(**told(account), token_type="access", iat=int(time.time()))
    tokens = {"access_token": access, "refresh_token": refresh_token, "token_type": "bearer"}
    return {"statusCode": 200, "body": {**told(account), **tokens, "expires_in": ACCESS_SECONDS}}


@app.post("/auth/register")
def register(wanted: Registration) -> dict:
    account = accounts.register(wanted)
    return grant(account, refresh_tokens.issue(account.email))


@app.post("/auth/login")
def login(credentials: Credentials, request: Request) -> dict:
    account = accounts.verify(request, credentials.email, credentials.password)
    return grant(account, refresh_tokens.issue(account.email))


@app.post("/auth/refresh")
def refresh(spent: Spent) -> dict:
    account = accounts.find(refresh_tokens.read(spent.refresh_token))
    if account is None:
        raise HTTPException(401, "Invalid refresh token")
    return grant(account, spent.refresh_token)


@app.get("/auth/me")
def me(account: Account = Depends(current_account)) -> dict:
    return {"statusCode": 200, "body": told(account)}


@app.delete("/auth/me", status_code=204)
def close(account: Account = Depends(current_account)) -> None:
    refresh_tokens.revoke_all(account.email)
    accounts.close(account)
