"""StreamField blocks of articles. There are only as many kinds as an accessible article needs."""

from typing import Any, Final

from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ChoiceBlock, ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

# Rich-text features within a paragraph. Headings start at h2, because the page's title is its only h1.
INLINE: Final = ["bold", "italic", "link", "document-link"]
_TEXT: Final = ["h2", "h3", "ol", "ul", *INLINE]


class NamedChoiceBlock(ChoiceBlock):
    """A choice that the comparison of two versions shows by its label."""

    def render_basic(self, value: Any, context: Any = None) -> str:
        """Return the label of the value."""
        return str(dict(self.field.choices).get(value, ""))


class YesNoBlock(BooleanBlock):
    """A tick that the comparison of two versions shows as a word."""

    def render_basic(self, value: Any, context: Any = None) -> str:
        """Return the word."""
        return str(_("yes") if value else _("no"))


class PictureBlock(ImageBlock):
    """An image with its alternative text. In Wagtail's own a label and an answer of the comparison are English."""

    def __init__(self, required: bool = True, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 -- Wagtail's signature
        super().__init__(required, **kwargs)
        self.child_blocks["image"].label = _("Image")
        decorative = YesNoBlock(required=False, label=self.child_blocks["decorative"].label)
        decorative.set_name("decorative")
        self.child_blocks["decorative"] = decorative


class CalloutBlock(StructBlock):
    """A highlighted note, warning or piece of advice that a reader must not miss."""

    tone = NamedChoiceBlock(
        choices=[("info", _("Note")), ("warning", _("Warning")), ("success", _("Advice"))],
        default="info",
        label=_("Kind"),
    )
    text = RichTextBlock(features=["ul", *INLINE], label=_("Text"))

    class Meta:
        icon = "warning"
        label = _("Callout")
        template = "cms/blocks/callout.html"


class StepBlock(StructBlock):
    """One step of an instruction, with an optional picture of the screen that it describes."""

    title = CharBlock(max_length=120, label=_("Title"))
    text = RichTextBlock(features=["ol", "ul", *INLINE], required=False, label=_("Text"))
    image = PictureBlock(required=False, label=_("Image"))

    def render_basic(self, value: Any, context: Any = None) -> str:
        """Return the step as the comparison of two versions shows it: each part that is filled in, by its label."""
        parts = [(block.label, block.render(value[name])) for name, block in self.child_blocks.items() if value[name]]
        return format_html_join("\n", "<p>{}: {}</p>", parts)


class DocumentsBlock(StructBlock):
    """A list of files to download. The template shows the format and size of each."""

    heading = CharBlock(max_length=120, label=_("Heading"))
    documents = ListBlock(DocumentChooserBlock(label=_("Document")), label=_("Documents"))

    class Meta:
        icon = "doc-full"
        label = _("Documents")
        template = "cms/blocks/documents.html"


class ArticleBlock(StreamBlock):
    """The body of an article."""

    text = RichTextBlock(features=_TEXT, label=_("Text"), template="cms/blocks/text.html")
    steps = ListBlock(StepBlock(label=_("Step")), label=_("Steps"), icon="list-ol", template="cms/blocks/steps.html")
    callout = CalloutBlock()
    image = PictureBlock(label=_("Image"), template="cms/blocks/image.html")
    table = TypedTableBlock(
        [("text", RichTextBlock(features=INLINE, label=_("Text")))],
        label=_("Table"),
        template="cms/blocks/table.html",
    )
    documents = DocumentsBlock()
    board = NamedChoiceBlock(
        choices=[
            ("contact", _("Contact with the board")),
            ("controller", _("Controller of personal data")),
            ("officer", _("Data protection officer")),
        ],
        label=_("Board's data"),
        icon="home",
        template="cms/blocks/board.html",
    )
