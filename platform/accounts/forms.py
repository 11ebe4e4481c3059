"""Forms of accounts."""

from django import forms

from accounts.models import User


class ProfileForm(forms.ModelForm[User]):
    """What others may call this person."""

    class Meta:
        model = User
        fields = ["name"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
