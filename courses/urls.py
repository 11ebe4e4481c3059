from django.urls import include, path

from courses.views import catalogue, home, lesson

_courses = [
    path("", catalogue.catalogue, name="catalogue"),
    path("<slug:course_slug>/", catalogue.course, name="course"),
    path("<slug:course_slug>/<slug:lesson_slug>/", lesson.lesson, name="lesson"),
]
urlpatterns = [
    path("", home.home, name="home"),
    path("courses/", include((_courses, "courses"))),
    path("studio/", include("courses.studio_urls")),
]
