"""What a person who grades does."""

from accounts.models import User
from interviews.models import Grade, Grading
from interviews.review import CriterionForm, grade_by_person


def grade_as_person(grading: Grading, judge: User, **verdicts: tuple[str, str, str]) -> Grade:
    """Grade by verdict, quote and reason for each criterion, in the rubric's order."""
    stage = grading.edition.stage(grading.answer.stage_id)
    forms = []
    for criterion in stage["criteria"]:
        own = criterion["id"]
        verdict, quote, reason = verdicts[own]
        sent = {f"{own}-verdict": verdict, f"{own}-quote": quote, f"{own}-reason": reason}
        forms.append(CriterionForm(sent, criterion=criterion, answer=grading.text))
    assert all(form.is_valid() for form in forms), [form.errors for form in forms]
    return grade_by_person(grading=grading, judge=judge, forms=forms)
