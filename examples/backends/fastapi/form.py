"""Login by FastAPI's own form, OAuth2PasswordRequestForm; the rest as in cookie.py. The profile is `fastapiForm()`."""
from fastapi import Cookie, Depends, HTTPException, Request, Response
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

from accounts import Account, Accounts, Registration
from refresh_cookie import clear_refresh_cookie, set_refresh_cookie
from settings import new_app
from tokens import RefreshTokens, read_access, sign_access

app = new_app("Login by form")
accounts = Accounts()
refresh_tokens = RefreshTokens()
bearer = OAuth2PasswordBearer(tokenUrl="auth/token")


def current_account(token: str = Depends(bearer)) -> Account:
    account = accounts.find(read_access(token)["sub"])
    if account is None:
        raise HTTPException(401, "Account is gone")
    return account


def told(account: Account) -> dict:
    return {"id": account.id, "email": account.email, "full_name": account.name}


def grant(request: Request, response: Response, account: Account) -> dict:
    set_refresh_cookie(request, response, refresh_tokens.issue(account.email))
    return {"access_token": sign_access(sub=account.email), "token_type": "bearer"}


@app.post("/auth/register", status_code=201)
def register(wanted: Registration) -> dict:
    return told(accounts.register(wanted))


@app.post("/auth/token")
def login(request: Request, response: Response, form: OAuth2PasswordRequestForm = Depends()) -> dict:
    return grant(request, response, accounts.verify(request, form.username, form.password))


@app.post("/auth/refresh")
def refresh(request: Request, response: Response, refresh_token: str | None = Cookie(None)) -> dict:
    account = accounts.find(refresh_tokens.spend(refresh_token))
    if account is None:
        raise HTTPException(401, "Invalid refresh token")
    return grant(request, response, account)


@app.post("/auth/logout")
def logout(request: Request, response: Response, refresh_token: str | None = Cookie(None)) -> dict:
    refresh_tokens.revoke(refresh_token)
    clear_refresh_cookie(request, response)
    return {"detail": "Logged out"}


@app.get("/users/me")
def me(account: Account = Depends(current_account)) -> dict:
    return told(account)
