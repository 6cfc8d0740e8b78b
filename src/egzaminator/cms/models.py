"""Page types of the public site, and the board's settings."""

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from egzaminator.cms.blocks import INLINE, ArticleBlock
from egzaminator.cms.board_colours import ACTION, BAND
from egzaminator.cms.board_fields import POSTAL_CODE, ColourField, OfficePhoneField, VoivodeshipsField
from egzaminator.cms.editor_forms import BoardSettingsForm, NeededPageForm, PlainCopyForm
from egzaminator.cms.search_words import page_text
from egzaminator.core.board import Board
from egzaminator.core.text import fold

_DECLARATION_TEXT: Final = ["h3", "ol", "ul", *INLINE]


class ContentPage(Page):
    """The base of all public pages with a lead and a body."""

    lead = models.CharField(
        _("lead"), max_length=300, blank=True, help_text=_("One or two sentences: what the reader finds on the page.")
    )
    body = StreamField(ArticleBlock(), verbose_name=_("body"), blank=True)
    english_title = models.CharField(
        _("name in English menus"),
        max_length=80,
        blank=True,
        help_text=_("The page stays in Polish, and the menu says so. Without a name its Polish title is shown."),
    )

    base_form_class = NeededPageForm
    copy_form_class = PlainCopyForm
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    promote_panels = [*Page.promote_panels, FieldPanel("english_title")]
    search_fields = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
        index.AutocompleteField("folded_text"),
    ]
    private_page_options: list[str] = []  # public pages are for everybody, so the editor offers no privacy options

    class Meta:
        abstract = True

    @property
    def folded_text(self) -> str:
        """The text of the page in the folded form that the search compares."""
        return fold(page_text(self))

    @property
    def updated_at(self) -> Any:
        """The time of the latest publication, or None before the first."""
        return self.last_published_at


class HomePage(ContentPage):
    """The home page. The site has only one."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the three latest news items, and the list of all."""
        news = NewsPage.objects.live().descendant_of(self).order_by("-date", "-pk")[:3]
        news_index = NewsIndexPage.objects.live().child_of(self).first()
        return {**super().get_context(request, *args, **kwargs), "news": news, "news_index": news_index}


class SectionPage(ContentPage):
    """A page that lists its subpages, such as the help."""

    page_description = _("Lists the pages below it, as the help does.")
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types = ["cms.SectionPage", "cms.ArticlePage"]
    template = "cms/section_page.html"

    class Meta:
        verbose_name = _("section")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the published subpages, in the order that staff gave them."""
        below = self.get_children().live().specific()
        return {**super().get_context(request, *args, **kwargs), "below": below}


class ArticlePage(ContentPage):
    """An article or an instruction."""

    page_description = _("Text, steps, images, tables and documents: an instruction, for example.")
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types: list[str] = []
    template = "cms/article_page.html"

    class Meta:
        verbose_name = _("article")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the section of the page, and the published pages of the section, in the order that staff gave them."""
        section = self.get_parent()
        beside = section.get_children().live() if section.specific_class is SectionPage else Page.objects.none()
        return {**super().get_context(request, *args, **kwargs), "section": section, "beside": beside}


class NewsIndexPage(ContentPage):
    """The list of news, newest first."""

    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage"]
    max_count = 1
    template = "cms/news_index_page.html"

    class Meta:
        verbose_name = _("news list")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the news items, newest first."""
        news = NewsPage.objects.live().child_of(self).order_by("-date", "-pk")
        return {**super().get_context(request, *args, **kwargs), "news": news}


class NewsPage(ContentPage):
    """A news item."""

    date = models.DateField(_("date"), default=timezone.localdate)

    parent_page_types = ["cms.NewsIndexPage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("date"), FieldPanel("lead"), FieldPanel("body")]
    template = "cms/news_page.html"

    class Meta:
        verbose_name = _("news item")


class DeclarationPage(Page):
    """The accessibility declaration, with the sections and in the order that the law requires.

    The source is the ministry's technical conditions for declarations, version 2.0 of 31 July 2024. The wording that
    the law fixes is in the template. The board's data come from `BoardSettings`. Staff edit the rest here.
    """

    class Status(models.TextChoices):
        FULL = "full", _("conforms")
        PARTIAL = "partial", _("conforms in part")
        NONE = "none", _("does not conform")

    site_published_on = models.DateField(_("the site was opened on"), default=timezone.localdate)
    site_updated_on = models.DateField(_("last important change of the site"), default=timezone.localdate)
    status = models.CharField(_("conformity"), max_length=7, choices=Status, default=Status.PARTIAL)
    inaccessible = RichTextField(_("what is not accessible, and why"), features=_DECLARATION_TEXT, blank=True)
    prepared_on = models.DateField(_("the declaration was prepared on"), default=timezone.localdate)
    reviewed_on = models.DateField(_("last review of the declaration"), null=True, blank=True)
    evaluation_url = models.URLField(_("address of an evaluation by others"), blank=True)
    method = RichTextField(_("how it was evaluated"), features=_DECLARATION_TEXT, blank=True)
    conveniences = RichTextField(_("conveniences"), features=_DECLARATION_TEXT, blank=True)
    shortcuts = RichTextField(_("keyboard shortcuts"), features=_DECLARATION_TEXT, blank=True)
    contact_person = models.CharField(_("who answers questions about accessibility"), max_length=120, blank=True)
    procedure = RichTextField(_("requests and complaints"), features=_DECLARATION_TEXT, blank=True)
    architecture = RichTextField(_("accessibility of the building"), features=_DECLARATION_TEXT, blank=True)
    architecture_url = models.URLField(_("address of a page about the building"), blank=True)
    communication = RichTextField(_("accessibility of communication"), features=_DECLARATION_TEXT, blank=True)

    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    private_page_options: list[str] = []
    base_form_class = NeededPageForm
    template = "cms/declaration_page.html"
    content_panels = [
        *Page.content_panels,
        *(FieldPanel(name) for name in ("site_published_on", "site_updated_on", "status", "inaccessible")),
        *(FieldPanel(name) for name in ("prepared_on", "reviewed_on", "method", "evaluation_url", "conveniences")),
        *(FieldPanel(name) for name in ("shortcuts", "contact_person", "procedure", "architecture")),
        *(FieldPanel(name) for name in ("architecture_url", "communication")),
    ]

    class Meta:
        verbose_name = _("accessibility declaration")

    updated_at = ContentPage.updated_at

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the URL of the site."""
        return {**super().get_context(request, *args, **kwargs), "site_url": f"{settings.PUBLIC_BASE_URL}/"}


def public_pages(kind: Any = Page) -> Any:
    """Return the published pages of a type that everybody may read, those restricted to some readers left out."""
    return kind.objects.live().public()


class LoadedPage(models.Model):
    """A record that a default page was loaded. It is not loaded again, even if staff have deleted it since."""

    key = models.CharField(max_length=80, primary_key=True)  # its URL path when it was loaded, without outer slashes
    page = models.ForeignKey(Page, null=True, on_delete=models.SET_NULL, related_name="+")


@register_setting(icon="home", order=1)
class BoardSettings(BaseGenericSetting):
    """The board's data, look, links and notice, which its staff edit."""

    name = models.CharField(_("name"), max_length=120, default=Board().name)
    short_name = models.CharField(_("short name"), max_length=40, default=Board().short_name)
    street = models.CharField(_("street and number"), max_length=120, default=Board().street)
    postal_code = models.CharField(
        _("postal code"), max_length=6, default=Board().postal_code, validators=[POSTAL_CODE]
    )
    locality = models.CharField(_("town or village"), max_length=80, default=Board().locality)
    phone = OfficePhoneField(_("phone"), default=Board().phone)
    fax = OfficePhoneField(_("phone and fax"), default=Board().fax, blank=True)
    email = models.EmailField(_("e-mail"), default=Board().email)
    hours = models.CharField(_("office hours"), max_length=120, default=Board().hours, blank=True)
    bip_url = models.URLField(_("address of the board's BIP"), default=Board().bip_url)
    eu_funds_url = models.URLField(_("address about EU funds"), default=Board().eu_funds_url)
    data_protection_email = models.EmailField(
        _("e-mail of the data protection officer"), default=Board().data_protection_email, blank=True
    )
    security_email = models.EmailField(
        _("e-mail for security notices"),
        default=Board().security_email,
        blank=True,
        help_text=_("What the board must know for its examiners' safety. Left empty: it goes to the board's e-mail."),
    )
    voivodeships = VoivodeshipsField(
        _("the board's voivodeships"),
        default=list,
        blank=True,
        help_text=_("Examiners who live elsewhere are listed in “To be reviewed”. None chosen: nobody is."),
    )
    emblem = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("emblem"),
        help_text=_("Shown before the name, on the colour of the header. Left empty: a neutral emblem."),
    )
    band_colour = ColourField(
        _("colour of the header"), default=BAND, help_text=_("White text stands on it. As delivered: #0b2a52.")
    )
    action_colour = ColourField(
        _("colour of buttons and links"),
        default=ACTION,
        help_text=_("White text stands on buttons, and links stand on white. As delivered: #0a4a94."),
    )
    notice = models.CharField(
        _("notice on every page"), max_length=300, blank=True, help_text=_("For example about a planned break.")
    )
    notice_until = models.DateTimeField(_("shown until"), null=True, blank=True)
    accessibility_page = models.ForeignKey(
        Page,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("accessibility declaration"),
    )
    easy_to_read_page = models.ForeignKey(
        Page, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("easy-to-read text")
    )
    privacy_notice_page = models.ForeignKey(
        Page, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("information clause")
    )

    panels = [
        MultiFieldPanel([FieldPanel("notice"), FieldPanel("notice_until")], heading=_("Notice")),
        MultiFieldPanel(
            [
                *(FieldPanel(name) for name in ("name", "short_name", "street", "postal_code", "locality")),
                FieldPanel("hours"),
                FieldPanel("voivodeships"),  # contact data have a view of their own: panel/contact_views.py
            ],
            heading=_("Board"),
        ),
        MultiFieldPanel([FieldPanel(name) for name in ("emblem", "band_colour", "action_colour")], heading=_("Look")),
        MultiFieldPanel(
            [
                *(FieldPanel(name) for name in ("bip_url", "eu_funds_url")),
                *(FieldPanel(name) for name in ("accessibility_page", "easy_to_read_page", "privacy_notice_page")),
            ],
            heading=_("Links"),
        ),
    ]

    base_form_class = BoardSettingsForm

    class Meta:
        verbose_name = _("the board and its site")
        permissions = [("change_contact", "Can change how examiners reach the board, and where security notices go")]
