"""What the matcher refuses, each with a plain sentence that says what was wrong and what to do."""


class MatcherError(Exception):
    """Base of everything the matcher refuses."""


class BadInput(MatcherError, ValueError):
    """A document, query, setting or file that cannot be used as it is."""


class UnknownDocument(MatcherError, KeyError):
    """The index holds no document with this id."""

    def __init__(self, document_id: str) -> None:
        super().__init__(document_id)
        self.document_id = document_id

    def __str__(self) -> str:
        return f"the index holds no document with the id {self.document_id!r}"


class ForeignIndex(MatcherError):
    """The files are no index of this format, or of another analyser or settings: build it again."""


class CorruptIndex(MatcherError):
    """The files of an index do not hold what their manifest says: build it again."""


class StorageError(MatcherError):
    """The disk refused: full, read-only, not permitted. The index stays as it was before."""


class MissingExtra(MatcherError):
    """An optional library is asked for that is not installed; the sentence says how to install it."""
