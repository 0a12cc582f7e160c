"""The least that Django needs around the view of ``django_app``."""

from django.urls import path
from django_app import receive

SECRET_KEY = "for one test"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = __name__
urlpatterns = [path("webhooks", receive)]
