from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "HEAD"])
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page."""
    return render(request, "pages/home.html")


@require_http_methods(["GET", "HEAD"])
def first_login_help(request: HttpRequest) -> HttpResponse:
    """Explain the first login, step by step."""
    return render(request, "pages/first_login_help.html")
