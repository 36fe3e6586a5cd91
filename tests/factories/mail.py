"""Mail that left the house in a test, as its readers get it."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from matchmaker.foundation import outbox


def send(world) -> dict[str, EmailMessage]:
    """Send everything that waits; the mails by the address they went to (the latest wins)."""
    folder = world.app.extensions["settings"].mail_dir
    for leftover in folder.glob("*.eml"):
        leftover.unlink()
    outbox.send_all(world.now)
    mails = [
        BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        for path in sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    ]
    return {mail["To"]: mail for mail in mails}


def text(mail: EmailMessage) -> str:
    """The words of a mail."""
    return mail.get_body(("plain",)).get_content()


def link(mail: EmailMessage) -> str:
    """The path of the one link of a mail."""
    address = next(word for word in text(mail).split() if word.startswith("http://localhost/"))
    return address.removeprefix("http://localhost")
