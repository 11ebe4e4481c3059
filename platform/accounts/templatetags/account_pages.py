"""What the account pages need beside their context."""

from django import template

from accounts.browsers import describe_browser

register = template.Library()
register.filter("browser", describe_browser)
