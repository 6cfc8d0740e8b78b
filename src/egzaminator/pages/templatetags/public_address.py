from django import template

from egzaminator.post.domain.public_url import public_url

register = template.Library()
# `{{ page.url|public_address }}`: with PUBLIC_BASE_URL in front, since the host of a request is the visitor's word.
register.filter("public_address", public_url)
