"""Both tokens in HttpOnly cookies; no answer holds one. The profile is `fastapiCookieOnly()`."""
from fastapi import Cookie, Depends, HTTPException, Request, Response

from accounts import Account, Accounts, Credentials, Registration
from refresh_cookie import clear_refresh_cookie, set_refresh_cookie
from settings import ACCESS_SECONDS, COOKIE_SECURE, new_app
from tokens import RefreshTokens, read_access, sign_access

app = new_app("Both tokens in cookies")
accounts = Accounts()
refresh_tokens = RefreshTokens()


def current_account(access_token: str | None = Cookie(None)) -> Account:
    account = accounts.find(read_access(access_token or "")["sub"])
    if account is None:
        raise HTTPException(401, "Account is gone")
    return account


def told(account: Account) -> dict:
    return {"id": account.id, "email": account.email, "full_name": account.name}


def grant(request: Request, response: Response, email: str) -> None:
    set_refresh_cookie(request, response, refresh_tokens.issue(email))
    response.set_cookie(
        "access_token",
        sign_access(sub=email),
        max_age=ACCESS_SECONDS,
        httponly=True,
        samesite="lax",
        secure=COOKIE_SECURE,
    )


def forget(request: Request, response: Response) -> dict:
    clear_refresh_cookie(request, response)
    response.delete_cookie("access_token")
    return {"message": "Logged out"}


@app.post("/auth/register", status_code=201)
def register(wanted: Registration) -> dict:
    return told(accounts.register(wanted))


@app.post("/auth/login")
def login(credentials: Credentials, request: Request, response: Response) -> dict:
    grant(request, response, accounts.verify(request, credentials.email, credentials.password).email)
    return {"message": "Logged in"}


# A required cookie: without it FastAPI answers 422 by itself, and the profile reads that as "nobody is signed in".
@app.post("/auth/refresh")
def refresh(request: Request, response: Response, refresh_token: str = Cookie()) -> dict:
    grant(request, response, refresh_tokens.spend(refresh_token))
    return {"message": "Token refreshed"}


@app.post("/auth/logout")
def logout(request: Request, response: Response, refresh_token: str | None = Cookie(None)) -> dict:
    refresh_tokens.revoke(refresh_token)
    return forget(request, response)


@app.post("/auth/logout-all")
def logout_all(request: Request, response: Response, refresh_token: str = Cookie()) -> dict:
    refresh_tokens.revoke_all(refresh_tokens.read(refresh_token))
    return forget(request, response)


@app.get("/users/me")
def me(account: Account = Depends(current_account)) -> dict:
    return told(account)
