from django import template

from egzaminator.mail.domain.render import public_url

register = template.Library()
# `{{ page.url|public_url }}` prepends PUBLIC_BASE_URL, because a client can put any host into a request.
register.filter("public_url", public_url)
