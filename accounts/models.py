"""A login, and the attempts to use it."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Logins(BaseUserManager["User"]):
    """Makes logins; `login` is an e-mail address or a mobile number, already normalised."""

    def create_user(self, login: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(login=login, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(login, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A login of one person, perhaps in several companies. Never deleted, only switched off."""

    login = models.CharField(_("login"), max_length=254, unique=True)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    mobile = models.CharField(_("mobile"), max_length=11, unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = Logins()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("login")
        verbose_name_plural = _("logins")

    def __str__(self) -> str:
        return self.name or self.login

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must know: it changes with the password and with each raised epoch."""
        said = f"{self.password}:{self.epoch}"
        return salted_hmac("accounts.session", said, secret=secret, algorithm="sha256").hexdigest()


class LoginAttempt(models.Model):
    """One try to log in, counted in the database so that the limit holds without Redis."""

    bucket = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["bucket", "-at"], name="accounts_attempt_recent")]

    def __str__(self) -> str:
        return self.bucket


class Letter(models.Model):
    """An e-mail to a login, waiting for the worker; what it opens is made when it goes out."""

    class Kind(models.TextChoices):
        RESET = "reset", _("New password")
        PASSWORD = "password", _("Password changed")
        FACTORS = "factors", _("Second factor changed")

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=10)
    base = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(sent_at=None), name="accounts_letter_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"
