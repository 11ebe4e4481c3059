"""Where accounts differ from what allauth does by itself."""

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.utils.translation import gettext as _

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Refuses an address that would have to be cut to be stored."""

    def clean_email(self, email: str) -> str:
        """Return the address; raise a ValidationError if it is longer than a user's may be."""
        longest = User.email.field.max_length
        if len(email) > longest:
            message = _("An address has at most %(longest)d characters.")
            raise forms.ValidationError(message, params={"longest": longest})
        return super().clean_email(email)
