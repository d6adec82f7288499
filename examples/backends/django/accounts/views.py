"""The routes of an account: sign in, refresh, make one, who am I, and sign out everywhere."""
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.generics import CreateAPIView, RetrieveUpdateAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from accounts.models import Family, User
from accounts.serializers import RegistrationSerializer, UserSerializer
from accounts.throttles import WrongPasswords
from accounts.tokens import LoginSerializer, RefreshSerializer


class Login(TokenObtainPairView):
    serializer_class = LoginSerializer

    def get_throttles(self) -> list:
        self.wrong_passwords = WrongPasswords()
        return [self.wrong_passwords]

    def post(self, request: Request, *args: object, **kwargs: object) -> Response:
        try:
            return super().post(request, *args, **kwargs)
        except AuthenticationFailed:
            self.wrong_passwords.count()
            raise


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
        Family.objects.filter(user=request.user).update(ended=True)
        return Response(status=status.HTTP_204_NO_CONTENT)
