from django.urls import path

from interviews.views import answers, appeals, catalogue, followups, pad, practice, session

app_name = "interviews"

_SESSION = "sessions/<int:pk>/"
_STAGE = f"{_SESSION}stages/<slug:stage_id>/"
_FOLLOW_UP = f"{_STAGE}follow-up/<slug:criterion_id>/"

urlpatterns = [
    path("", catalogue.index, name="index"),
    path(_SESSION, session.show_session, name="session"),
    path(f"{_SESSION}debrief/", session.show_debrief, name="debrief"),
    path(f"{_SESSION}finish/", session.finish, name="finish"),
    path(_STAGE, session.show_stage, name="stage"),
    path(f"{_STAGE}open/", session.open_next, name="open"),
    path(f"{_STAGE}grading/", session.show_grading, name="grading"),
    path(f"{_STAGE}answer/", answers.show_answer, name="answer"),
    path(f"{_STAGE}save/", answers.save, name="save"),
    path(f"{_STAGE}submit/", answers.submit, name="submit"),
    path(f"{_STAGE}retry/", answers.retry, name="retry"),
    path(f"{_STAGE}ask/", answers.ask, name="ask"),
    path(f"{_STAGE}appeal/<slug:criterion_id>/", appeals.appeal, name="appeal"),
    path(f"{_STAGE}hint/", practice.take_hint, name="hint"),
    path(f"{_STAGE}again/", practice.begin_again, name="again"),
    path(f"{_STAGE}preview/", pad.preview, name="preview"),
    path(f"{_STAGE}diagram/", pad.diagram, name="diagram"),
    path(f"{_STAGE}kept/<int:kept_id>/", answers.choose_kept, name="kept"),
    path(_FOLLOW_UP, followups.answer, name="follow-up"),
    path(f"{_FOLLOW_UP}answer/", followups.stored, name="follow-up-answer"),
    path(f"{_FOLLOW_UP}appeal/", appeals.appeal_follow_up, name="follow-up-appeal"),
    path(f"{_FOLLOW_UP}grading/", followups.grading, name="follow-up-grading"),
    path(f"{_FOLLOW_UP}again/", followups.again, name="follow-up-again"),
    path("<slug:slug>/", catalogue.show_scenario, name="scenario"),
    path("<slug:slug>/start/", catalogue.start, name="start"),
]
