from django.urls import path

from egzaminator.demo import views

urlpatterns = [
    path("poczta/", views.mailbox, name="demo-mailbox"),
    path("poczta/<str:key>/", views.message, name="demo-message"),
    path("poczta/<str:key>/html/", views.letter, name="demo-letter"),
    path("elementy/", views.components, name="demo-components"),
]
