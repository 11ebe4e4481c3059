"""The lists of labs and calculators."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from estimation.calculators import all_calculators
from labs.models import ChallengeCheck
from labs.registry import all_labs


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every lab by group, with the challenges this learner has passed."""
    learner = request.learner  # type: ignore[attr-defined]
    passed: dict[str, set[str]] = {}
    if learner:
        checks = ChallengeCheck.objects.of(learner).filter(passed=True)
        for lab, challenge in checks.values_list("lab", "challenge").distinct():
            passed.setdefault(lab, set()).add(challenge)
    labs = sorted(all_labs(), key=lambda lab: (str(lab.group), str(lab.title)))
    groups = [
        (name, [(lab, len(passed.get(lab.slug, ()))) for lab in members])
        for name, members in groupby(labs, key=lambda lab: str(lab.group))
    ]
    context = {
        "groups": groups,
        "calculators": all_calculators(),
        "passed": sum(done for _name, members in groups for _lab, done in members),
        "challenges": sum(len(lab.challenges) for lab in labs),
    }
    return render(request, "labs/index.html", context)


@require_safe
def calculators(request: HttpRequest) -> HttpResponse:
    """Show every calculator."""
    return render(request, "labs/calculators.html", {"calculators": all_calculators()})
