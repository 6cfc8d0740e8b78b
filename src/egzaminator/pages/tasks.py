from django.core.management import call_command
from procrastinate.contrib.django import app

from egzaminator.pages.domain.hold_scheduled import hold_scheduled


@app.periodic(cron="* * * * *")
@app.task(name="pages.publish_scheduled")
def publish_scheduled(timestamp: int) -> None:
    """Publish and withdraw, every minute, the pages whose time has come; public pages turn over by it as ever.

    What was set by somebody whose account is blocked is held before, whenever its time comes.
    """
    hold_scheduled()
    call_command("publish_scheduled")
