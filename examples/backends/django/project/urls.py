"""The routes. The slashes at the end are Django's habit; `simpleJwt()` knows them."""
from django.urls import path
from rest_framework_simplejwt.views import TokenBlacklistView

from accounts.views import Login, LogoutEverywhere, Me, Refresh, Register

urlpatterns = [
    path("api/token/", Login.as_view()),
    path("api/token/refresh/", Refresh.as_view()),
    path("api/token/blacklist/", TokenBlacklistView.as_view()),
    path("api/token/blacklist-all/", LogoutEverywhere.as_view()),
    path("api/register/", Register.as_view()),
    path("api/me/", Me.as_view()),
]
