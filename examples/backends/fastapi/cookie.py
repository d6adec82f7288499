"""JSON login; the access token in the body, the refresh token in an HttpOnly cookie. The profile is `fastapiCookie()`."""
from fastapi import Cookie, Depends, HTTPException, Request, Response
from fastapi.security import OAuth2PasswordBearer

from accounts import Account, Accounts, Credentials, Registration
from refresh_cookie import clear_refresh_cookie, set_refresh_cookie
from settings import new_app
from tokens import RefreshTokens, read_access, sign_access

app = new_app("Refresh token in a cookie")
accounts = Accounts()
refresh_tokens = RefreshTokens()
bearer = OAuth2PasswordBearer(tokenUrl="auth/login")


def current_account(token: str = Depends(bearer)) -> Account:
    account = accounts.find(read_access(token)["sub"])
    if account is None:
        raise HTTPException(401, "Account is gone")
    return account


def told(account: Account) -> dict:
    return {"id": account.id, "email": account.email, "role": account.role}


def grant(request: Request, response: Response, account: Account) -> dict:
    set_refresh_cookie(request, response, refresh_tokens.issue(account.email))
    access = sign_access(sub=account.email, role=account.role, type="access")
    return {"access_token": access, "token_type": "bearer"}


@app.post("/auth/register")
def register(wanted: Registration) -> dict:
    return told(accounts.register(wanted))


@app.post("/auth/login")
def login(credentials: Credentials, request: Request, response: Response) -> dict:
    return grant(request, response, accounts.verify(request, credentials.email, credentials.password))


@app.post("/auth/refresh")
def refresh(request: Request, response: Response, refresh_token: str | None = Cookie(None)) -> dict:
    account = accounts.find(refresh_tokens.spend(refresh_token))
    if account is None:
        raise HTTPException(401, "Invalid refresh token")
    return grant(request, response, account)


@app.post("/auth/logout", status_code=204)
def logout(request: Request, response: Response, refresh_token: str | None = Cookie(None)) -> None:
    refresh_tokens.revoke(refresh_token)
    clear_refresh_cookie(request, response)


@app.get("/auth/me")
def me(account: Account = Depends(current_account)) -> dict:
    return told(account)
