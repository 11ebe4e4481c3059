"""Forms of accounts."""

import struct
from typing import ClassVar

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from accounts.models import User

# What reading a credential raises when it was not made by a browser.
_MALFORMED = (
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


class ProfileForm(forms.ModelForm):
    """What others may call this person."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["name"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "name": forms.TextInput(attrs={"autocomplete": "name"})
        }


class PasskeyForm(forms.Form):
    """Refuses a malformed credential as it does a wrong one."""

    def full_clean(self) -> None:
        """Read the form; the reader of credentials stumbles over what no browser sends."""
        try:
            super().full_clean()
        except _MALFORMED:
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))


class AddPasskeyForm(PasskeyForm, AddWebAuthnForm):
    """A new passkey."""

    def clean_credential(self) -> object:
        """Refuse what is no credential at all, which allauth takes for one that was not sent."""
        credential = self.cleaned_data["credential"]
        if not credential or not isinstance(credential, dict):
            raise get_adapter().validation_error("incorrect_code")
        return credential


class AuthenticatePasskeyForm(PasskeyForm, AuthenticateWebAuthnForm):
    """A passkey after the password."""


class LoginPasskeyForm(PasskeyForm, LoginWebAuthnForm):
    """A passkey instead of the password."""


class ReauthenticatePasskeyForm(PasskeyForm, ReauthenticateWebAuthnForm):
    """A passkey shown once more."""
