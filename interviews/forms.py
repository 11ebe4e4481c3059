"""What browsers may send."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.actions import Sent, clean_text
from interviews.appeals import MAX_REASON
from interviews.models.interviews import MAX_TEXT, Mode

MAX_VERSION = 2**31 - 1
MAX_SEQUENCE = 2**53


class StartForm(forms.Form):
    """How the learner wants to be interviewed."""

    mode = forms.ChoiceField(choices=Mode, initial=Mode.PRACTICE)


class AnswerField(forms.CharField):
    """Text as it is stored: every line end counts as one character, whatever the browser sent."""

    def to_python(self, value: str | None) -> str:
        return clean_text(super().to_python(value) or "")


class AnswerForm(forms.Form):
    """A text, with the version its writer started from.

    `editor` and `sequence` come from the page's script only; `key` names a submission.
    """

    text = AnswerField(
        strip=False,
        required=False,
        max_length=MAX_TEXT,
        error_messages={
            "max_length": _(
                "The answer has %(show_value)d characters; at most %(limit_value)d can be stored. "
                "Shorten it: nothing you typed is lost."
            )
        },
    )
    version = forms.IntegerField(min_value=0, max_value=MAX_VERSION)
    editor = forms.RegexField(r"\A[A-Za-z0-9-]{0,64}\Z", required=False)
    sequence = forms.IntegerField(min_value=0, max_value=MAX_SEQUENCE, required=False)
    key = forms.RegexField(r"\A[A-Za-z0-9-]{0,64}\Z", required=False)

    def sent(self) -> Sent:
        """Return the valid form as the actions want it."""
        data = self.cleaned_data
        return Sent(data["text"], data["version"], data["editor"], data["sequence"] or 0)

    def key_or_new(self) -> str:
        """Return the submission's key; a form without one is a submission of its own."""
        return self.cleaned_data["key"] or str(uuid.uuid4())


class AppealForm(forms.Form):
    """Why a learner thinks that a verdict is wrong; the reason may stay empty."""

    grade = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    text = AnswerField(
        label=_("Why do you think so? (optional)"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
