"""What an account looks like on the wire, and what it takes to make one."""
from django.contrib.auth.password_validation import validate_password
from rest_framework import serializers

from accounts.models import User


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "email", "display_name"]


class RegistrationSerializer(serializers.ModelSerializer):
    password = serializers.CharField(write_only=True, validators=[validate_password])

    class Meta:
        model = User
        fields = ["id", "email", "display_name", "password"]

    def validate_email(self, email: str) -> str:
        """The lower-case address, which is how it is kept: Ada@ and ada@ are one account."""
        if User.objects.filter(email=email.lower()).exists():
            raise serializers.ValidationError("user with this email already exists.", code="unique")
        return email.lower()

    def create(self, validated: dict) -> User:
        return User.objects.create_user(**validated)
