from django.urls import path

from labs.views import calculator, index, lab

app_name = "labs"
urlpatterns = [
    path("labs/", index.index, name="index"),
    path("labs/<slug:slug>/", lab.lab, name="lab"),
    path("labs/<slug:slug>/check/<slug:challenge>/", lab.check, name="check"),
    path("calculators/", index.calculators, name="calculators"),
    path("calculators/<slug:slug>/", calculator.calculator, name="calculator"),
]
