"""All five shapes in one process, each under its own path: what the tests run."""
from fastapi import FastAPI

import cookie
import cookie_only
import envelope
import form
import query

app = FastAPI(title="Every shape")
app.mount("/cookie", cookie.app)
app.mount("/cookie-only", cookie_only.app)
app.mount("/envelope", envelope.app)
app.mount("/form", form.app)
app.mount("/query", query.app)
