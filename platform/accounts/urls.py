from django.urls import path

from accounts.views import deletion, profile, sessions

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("data/", profile.data, name="data"),
    path("delete/", deletion.delete, name="delete"),
    path("sessions/<int:pk>/end/", sessions.end, name="end_session"),
]
