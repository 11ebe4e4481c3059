"""What browsers may send."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interviews.actions import Sent
from interviews.appeals import MAX_REASON
from interviews.models.interviews import MAX_TEXT, Mode
from interviews.work import MAX_DIAGRAM, MAX_ESTIMATE, clean_text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_VERSION = 2**31 - 1
MAX_SEQUENCE = 2**53


class StartForm(forms.Form):
    """How the learner wants to be interviewed."""

    mode = forms.ChoiceField(choices=Mode, initial=Mode.PRACTICE)


class AnswerField(forms.CharField):
    """Text as it is stored: every line end counts as one character, whatever the browser sent."""

    def to_python(self, value: str | None) -> str:
        return clean_text(super().to_python(value) or "")


_TOO_LONG = _(
    "The answer has %(show_value)d characters; at most %(limit_value)d can be stored. "
    "Shorten it: nothing you typed is lost."
)
ESTIMATE = "estimate-"
"""Begins the name of an estimate's field; its id follows."""


def _part(most: int, too_long: "StrOrPromise") -> AnswerField:
    return AnswerField(
        strip=False, required=False, max_length=most, error_messages={"max_length": too_long}
    )


class AnswerForm(forms.Form):
    """What was typed for a stage, with the version its writer started from.

    There is a field for each estimate the stage asks for. What a page did not send (it was made
    before the stage had it) is not taken for emptied. `editor` and `sequence` come from the page's
    script only; `key` names a submission.
    """

    text = _part(MAX_TEXT, _TOO_LONG)
    diagram = _part(
        MAX_DIAGRAM,
        _(
            "The diagram has %(show_value)d characters; at most %(limit_value)d can be stored. "
            "Shorten it: nothing you typed is lost."
        ),
    )
    version = forms.IntegerField(min_value=0, max_value=MAX_VERSION)
    editor = forms.RegexField(r"\A[A-Za-z0-9-]{0,64}\Z", required=False)
    sequence = forms.IntegerField(min_value=0, max_value=MAX_SEQUENCE, required=False)
    key = forms.RegexField(r"\A[A-Za-z0-9-]{0,64}\Z", required=False)

    def __init__(self, data: Any, *, stage: Mapping[str, Any]) -> None:
        super().__init__(data)
        too_long = _(
            "An estimate has %(show_value)d characters; at most %(limit_value)d can be stored. "
            "Write only a number and its unit."
        )
        for estimate in stage.get("estimates") or ():
            self.fields[ESTIMATE + estimate["id"]] = _part(MAX_ESTIMATE, too_long)

    def sent(self) -> Sent:
        """Return the valid form as the actions want it."""
        data = self.cleaned_data
        return Sent(
            text=data["text"],
            base=data["version"],
            editor=data["editor"],
            sequence=data["sequence"] or 0,
            estimates=self._estimates(data),
            diagram=data["diagram"] if "diagram" in self.data else None,
        )

    def typed_estimates(self) -> dict[str, str]:
        """Return what stands in the estimate fields, whether it can be stored or not."""
        return self._estimates({name: str(self.data.get(name, "")) for name in self.fields})

    def _estimates(self, values: Mapping[str, str]) -> dict[str, str]:
        return {
            name.removeprefix(ESTIMATE): values[name]
            for name in self.fields
            if name.startswith(ESTIMATE) and name in self.data
        }

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


class FollowUpForm(forms.Form):
    """The answer to a follow-up question; the pressed button says whether it is a draft."""

    text = _part(MAX_TEXT, _TOO_LONG)
    version = forms.IntegerField(min_value=0, max_value=MAX_VERSION)
    editor = forms.RegexField(r"\A[A-Za-z0-9-]{0,64}\Z", required=False)
    sequence = forms.IntegerField(min_value=0, max_value=MAX_SEQUENCE, required=False)
    step = forms.ChoiceField(choices=[("save", ""), ("submit", "")], required=False)

    def clean(self) -> dict[str, Any]:
        """An empty answer is nothing to grade; a draft may be empty."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("step") == "submit" and not cleaned.get("text", "-").strip():
            self.add_error("text", _("Write an answer first."))
        return cleaned

    @property
    def is_draft(self) -> bool:
        """Whether the answer is only to be kept; so it is when no button is named."""
        return bool(self.cleaned_data["step"] != "submit")


def problems_of(form: forms.Form) -> list[str]:
    """What is wrong with a form, each a sentence."""
    return [str(error) for field in form.errors.values() for error in field]
