from django.core.management import call_command
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="pages.publish_scheduled")
def publish_scheduled(timestamp: int) -> None:
    """Publish and withdraw, every minute, the pages whose time has come; public pages turn over by it as ever."""
    call_command("publish_scheduled")
