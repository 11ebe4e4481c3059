from django.urls import path

from quizzes import views

app_name = "quizzes"
urlpatterns = [
    path("<slug:slug>/", views.quiz, name="quiz"),
    path("<slug:slug>/answer/<int:number>/", views.answer, name="answer"),
    path("<slug:slug>/restart/", views.restart, name="restart"),
]
