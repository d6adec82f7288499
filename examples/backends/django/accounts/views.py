"""The routes of an account: sign in, refresh, make one, who am I, and sign out everywhere."""
from django.db.models import F
from rest_framework import status
from rest_framework.generics import CreateAPIView, RetrieveUpdateAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from accounts.models import User
from accounts.serializers import RegistrationSerializer, UserSerializer
from accounts.tokens import LoginSerializer, RefreshSerializer


class Login(TokenObtainPairView):
    serializer_class = LoginSerializer


class Refresh(TokenRefreshView):
    serializer_class = RefreshSerializer


class Register(CreateAPIView):
    serializer_class = RegistrationSerializer
    permission_classes = [AllowAny]
    authentication_classes = []


class Me(RetrieveUpdateAPIView):
    serializer_class = UserSerializer

    def get_object(self) -> User:
        return self.request.user


class LogoutEverywhere(APIView):
    """Ends every refresh token of the account. Access tokens stay good for their few minutes."""

    def post(self, request: Request) -> Response:
        User.objects.filter(pk=request.user.pk).update(token_epoch=F("token_epoch") + 1)
        return Response(status=status.HTTP_204_NO_CONTENT)
