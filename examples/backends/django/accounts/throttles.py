"""Wrong passwords are limited by address and account together, so that no stranger can lock an account out."""
import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class WrongPasswords(SimpleRateThrottle):
    scope = "wrong-passwords"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        told = request.data.get("email") if isinstance(request.data, dict) else None
        name = f"{self.get_ident(request)} {str(told).lower()}"
        return self.cache_format % {"scope": self.scope, "ident": hashlib.sha256(name.encode()).hexdigest()}

    def throttle_success(self) -> bool:
        """A request that may try is not counted yet: only a wrong password is."""
        return True

    def count(self) -> None:
        self.cache.set(self.key, [self.now, *self.history], self.duration)
