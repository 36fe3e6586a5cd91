"""What the matcher reads: a document is an id, texts by field, and tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from matchmaker.matcher.errors import BadInput


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found: a startup's profile, a challenge, a catalog item.

    ``fields`` maps a field name (title, summary, body, evidence ...) to its text; ``tags`` are short labels
    that count as the field ``tags``. A document without any text is allowed: it is never found.
    """

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id:
            raise BadInput("a document needs an id that is a text and not empty")
        for name, text in self.fields.items():
            if not isinstance(text, str):
                raise BadInput(f"document {self.id!r}: the field {name!r} must be a text")
        if isinstance(self.tags, str):
            raise BadInput(f"document {self.id!r}: tags must be a tuple of texts, not one text")
        object.__setattr__(self, "tags", tuple(self.tags))
        if not all(isinstance(tag, str) for tag in self.tags):
            raise BadInput(f"document {self.id!r}: every tag must be a text")

    def texts(self) -> list[tuple[str, str]]:
        """The document's texts as (field, text), the tags joined by commas as the field ``tags``."""
        found = [(name, text) for name, text in self.fields.items() if text]
        if self.tags:
            found.append(("tags", "、".join(self.tags)))
        return found


def unique(documents: Iterable[Document]) -> list[Document]:
    """The documents as a list; BadInput when two have the same id."""
    seen: set[str] = set()
    kept: list[Document] = []
    for document in documents:
        if document.id in seen:
            raise BadInput(f"two documents have the id {document.id!r}")
        seen.add(document.id)
        kept.append(document)
    return kept
