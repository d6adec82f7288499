"""What SimpleJWT does not do by itself: a refresh looks whether the account is still there, and not signed out everywhere."""
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer, TokenRefreshSerializer
from rest_framework_simplejwt.tokens import RefreshToken

from accounts.models import User


class LoginSerializer(TokenObtainPairSerializer):
    @classmethod
    def get_token(cls, user: User) -> RefreshToken:
        token = super().get_token(user)
        token["epoch"] = user.token_epoch
        return token


class RefreshSerializer(TokenRefreshSerializer):
    def validate(self, attrs: dict) -> dict:
        token = RefreshToken(attrs["refresh"])
        accounts = User.objects.filter(pk=token["user_id"], is_active=True, token_epoch=token.get("epoch"))
        if not accounts.exists():
            raise TokenError("Token is revoked")
        # Rotation keeps the claims, `epoch` among them.
        return super().validate(attrs)
