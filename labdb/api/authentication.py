"""Who asks: a person's session, or one of their tokens as `Authorization: Bearer labdb_…`."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from labdb.accounts.models import ApiToken, User, digest
from labdb.api.compiled import rows_with

FAILURES_A_MINUTE = 20
USED_EVERY = timedelta(minutes=1)


class BearerToken(BaseAuthentication):
    """A token stands for its owner, limited as the token is."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = _token_of(digest(secret.strip()))
        if token is None:
            self._refuse(request, "This token is unknown; copy it again, or make a new one on your tokens page.")
        if token.state == "revoked":
            self._refuse(request, f"The token {token} was revoked; make a new one on your tokens page.")
        if token.state == "expired":
            self._refuse(
                request,
                f"The token {token} expired on {token.expires_at:%Y-%m-%d}; make a new one on your tokens page.",
            )
        if not token.user.is_active:
            self._refuse(request, f"The account of the token {token} is closed.")
        _note_use(token)
        token.user.only_project_id = token.project_id
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="labdb"'

    def _refuse(self, request: Request, sentence: str) -> NoReturn:
        """A wrong token is counted by address; a right one is never held up by its neighbours' wrong ones."""
        key = f"wrong-tokens:{request.META.get('REMOTE_ADDR', '')}"
        cache.add(key, 0, timeout=60)
        try:
            failures = cache.incr(key)
        except ValueError:  # it ran out between the two calls
            failures = 1
        if failures > FAILURES_A_MINUTE:
            raise Throttled(wait=60, detail="Too many wrong tokens from this address.")
        raise AuthenticationFailed(sentence)


def _token_of(wanted: str) -> ApiToken | None:
    """The token of a digest, with its user."""
    names = [field.attname for field in ApiToken._meta.concrete_fields]
    of_user = [field.attname for field in User._meta.concrete_fields]
    paths = (*names, *(f"user__{name}" for name in of_user))
    rows = rows_with("token", lambda of: ApiToken.objects.filter(digest=of).values_list(*paths), "no digest", wanted)
    if not rows:
        return None
    (row,) = rows
    token = ApiToken.from_db(connection.alias, names, row[: len(names)])
    token.user = User.from_db(connection.alias, of_user, row[len(names) :])
    return token


def _note_use(token: ApiToken) -> None:
    """Remember that a token is in use, by one write a minute at most."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
