"""The certificate is renewed."""

from tests.installation.https import ask
from tests.installation.step_install import put_certificate
from tests.installation.steps import World, step, wait_until


@step("a renewed certificate is served after a reload of nginx")
def renew(world: World) -> str:
    before = ask(world).serial
    put_certificate(world.machine, world)  # by another authority, which alone is trusted from now on
    world.machine.run("systemctl", "reload", "nginx")

    def is_new() -> bool:
        try:
            return ask(world).serial != before
        except OSError:
            return False

    wait_until(is_new, "the new certificate")
    told = world.machine.run("egzaminator", "status", codes=(0, 1))
    return next(line for line in told.splitlines() if " certificate " in line)
