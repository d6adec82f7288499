"""What SimpleJWT does not do by itself: a spent refresh token that comes back ends all that descend from the same login."""
from django.db import transaction
from django.db.models import F
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer, TokenRefreshSerializer
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
from rest_framework_simplejwt.tokens import RefreshToken, UntypedToken

from accounts.models import Family, User


class LoginSerializer(TokenObtainPairSerializer):
    @classmethod
    def get_token(cls, user: User) -> RefreshToken:
        token = super().get_token(user)
        token["family"] = Family.objects.create(user=user).pk
        return token


class RefreshSerializer(TokenRefreshSerializer):
    def validate(self, attrs: dict) -> dict:
        # Its signature and its time are judged here; whether it is a refresh token at all, below.
        claims = UntypedToken(attrs["refresh"])
        with transaction.atomic():
            families = Family.objects.filter(pk=claims.get("family"), ended=False, user__is_active=True)
            # Counting locks the row: of two refreshes at once, the second sees what the first has spent.
            if not families.update(refreshes=F("refreshes") + 1):
                raise TokenError("Token is revoked")
            if not BlacklistedToken.objects.filter(token__jti=claims["jti"]).exists():
                # Rotation keeps the claims, `family` among them.
                return super().validate(attrs)
            families.update(ended=True)
        # Not inside: a refusal there would take the end of the family back.
        raise TokenError("Token is blacklisted, and its family is revoked")
