from django.urls import path

from progress.views import dashboard, reading

app_name = "progress"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("lessons/<uuid:lesson>/read/", reading.mark_read, name="mark_read"),
]
