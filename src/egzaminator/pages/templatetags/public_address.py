from django import template

from egzaminator.post.domain.public_url import public_url

register = template.Library()
# `{{ page.url|public_address }}` prepends PUBLIC_BASE_URL, because a client can put any host into a request.
register.filter("public_address", public_url)
