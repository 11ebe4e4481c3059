"""What the events process serves, and the web server does not: a waiting reader holds a thread."""

from django.urls import path

from interviews.views.events import follow

urlpatterns = [path("events/interviews/<int:pk>/<slug:stage_id>/", follow, name="events")]
