"""The language of everything that people read, and the direction in which it is written.

The pages' `lang` and `dir` come from here, also for the browser's own modules, which format
numbers in the language that `data-language` of the document names.
"""

from __future__ import annotations

LANGUAGE = "en"
"""A BCP 47 tag."""
DIRECTION = "ltr"
