from django.core.management import call_command
from procrastinate.contrib.django import app

from egzaminator.cms.domain.hold_scheduled import hold_scheduled


@app.periodic(cron="* * * * *")
@app.task(name="cms.publish_scheduled")
def publish_scheduled(timestamp: int) -> None:
    """Publish and unpublish the pages that are due, every minute. This invalidates the cached pages as any change does.

    Pages scheduled by staff whose accounts are blocked are held first, including those not due yet.
    """
    hold_scheduled()
    call_command("publish_scheduled")
