"""Somebody with an account, who signs in with an email address instead of a user name, and what each login started."""
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **more: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **more: object) -> "User":
        return self.create_user(email, password, is_superuser=True, **more)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    objects = UserManager()


class Family(models.Model):
    """All refresh tokens that descend from one login: they name it, and end with it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="families")
    refreshes = models.PositiveIntegerField(default=0)
    ended = models.BooleanField(default=False)
