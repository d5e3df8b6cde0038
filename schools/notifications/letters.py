"""What letters say: numbers and a link, never a name. Whoever reads over a shoulder learns nothing of a child."""

from __future__ import annotations

from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from schools.notifications.domain import KIND_OF, News
from schools.notifications.links import Site, confirm_token, stop_token
from schools.notifications.models import NEWS_TITLES, Letter, Preference
from schools.worklist.domain import Matter
from schools.worklist.models import MATTER_TITLES

# Beside the sorts of the work list, a digest counts these.
UNREAD, CONCERNS = "unread", "concerns"


def message_of(letter: Letter, preference: Preference, site: Site) -> EmailMessage:
    """Return a letter ready to be sent; the school's own address stands in it, its link to stop such letters too."""
    sort = Letter.Sort(letter.sort)
    write = {Letter.Sort.NEWS: _news, Letter.Sort.DIGEST: _digest, Letter.Sort.CONFIRM: _confirm}[sort]
    subject, body = write(letter, preference, site)
    to = preference.wanted if sort is Letter.Sort.CONFIRM else preference.email
    stop = site.url("notifications:stop", stop_token(letter.user_id, what_stops(letter)))
    ending = _("Вы получили это письмо, потому что указали адрес на сайте %(host)s.\nБольше не присылать: %(url)s")
    sender = formataddr((settings.MFA_TOTP_ISSUER, settings.MAIL_FROM))
    return EmailMessage(
        subject,
        f"{site.title}\n\n{body}\n\n-- \n{ending % {'host': site.host, 'url': stop}}\n",
        sender,
        [to],
        headers={
            # The same for every attempt at one letter: a mailbox shows it once.
            "Message-ID": f"<{letter.pk}@{site.host.partition(':')[0]}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def what_stops(letter: Letter) -> str:
    """Return the sort that the link in a letter stops: a kind of news, the digest, or the address as a whole."""
    if letter.sort == Letter.Sort.NEWS:
        return KIND_OF[News(letter.data["news"])].value
    return str(letter.sort)


def _news(letter: Letter, preference: Preference, site: Site) -> tuple[str, str]:
    title = str(NEWS_TITLES[News(letter.data["news"])])
    words = _("%(title)s.\n\nПодробности на сайте школы: %(url)s")
    return title, words % {"title": title, "url": site.url("notifications:list")}


def _digest(letter: Letter, preference: Preference, site: Site) -> tuple[str, str]:
    counts: dict[str, int] = letter.data["counts"]
    rows = [f"{title_of(word)}: {number}" for word, number in counts.items()]
    subject = _("Сегодня ждёт вашего внимания: %(number)s") % {"number": sum(counts.values())}
    words = _("На сегодня:\n%(rows)s\n\nРабочий список: %(url)s")
    return subject, words % {"rows": "\n".join(rows), "url": site.url("worklist:list")}


def title_of(word: str) -> str:
    """Return what a number of a digest counts."""
    own = {UNREAD: _("Непрочитанные уведомления"), CONCERNS: _("Обращения «мне некомфортно» ждут ответа")}
    return own[word] if word in own else str(MATTER_TITLES[Matter(word)])


def _confirm(letter: Letter, preference: Preference, site: Site) -> tuple[str, str]:
    url = site.url("notifications:confirm", confirm_token(letter.user_id, preference.wanted))
    words = _(
        "Этот адрес указали для писем с сайта школы. Если это вы, откройте ссылку в течение трёх дней и войдите:\n"
        "%(url)s\n\nЕсли не вы, ничего не делайте: писем больше не будет."
    )
    return _("Подтвердите адрес почты"), words % {"url": url}
