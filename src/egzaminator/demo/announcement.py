from egzaminator.demo.domain.choose_logins import DemoLogin, DemoLogins

_USED = "used up or changed; a new DATA_DIR has a fresh one"


def announcement(*, port: int, logins: DemoLogins, has_mailbox: bool) -> str:
    """Return the text that the terminal shows once the site answers."""
    site = f"http://localhost:{port}"
    mail = f"{site}/demo/poczta/" if has_mailbox else "goes to the server of EMAIL_URL"
    rows = [
        ("Administrator", logins.staff, "e-mail", "password"),
        ("A second person", logins.second_staff, "e-mail", "password"),
        ("First login", logins.one_number, "PESEL", "number"),
        ("Several numbers", logins.several_numbers, "PESEL", "any of"),
        ("Active account", logins.account, "PESEL", "password"),
    ]
    lines = ["", f"  The site is at {site}, the panel at {site}/panel/", ""]
    lines += [f"  {title:<20}{_typed(login, name, secret)}" for title, login, name, secret in rows]
    lines += ["", f"  {'Sent e-mail':<20}{mail}", f"  {'To stop':<20}Ctrl-C", ""]
    return "\n".join(lines)


def _typed(login: DemoLogin | None, name: str, secret: str) -> str:
    if login is None:
        return _USED
    return f"{name} {login.name}   {secret} {', '.join(login.secrets)}"
