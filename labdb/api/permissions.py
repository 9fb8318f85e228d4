"""What any request must be: signed in, and by a token only as far as the token goes.

Which rows a person sees, `visible_to` says; who may change them, the services say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from labdb.accounts.models import ApiToken

if TYPE_CHECKING:  # the settings name this file, and views read the settings
    from rest_framework.views import APIView


class TokenMay(BasePermission):
    """A read-only token reads."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        if isinstance(token, ApiToken) and token.read_only and request.method not in SAFE_METHODS:
            raise PermissionDenied(f"The token {token} may only read; make one that may write on your tokens page.")
        return True
