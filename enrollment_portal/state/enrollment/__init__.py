"""The states of one enrollment's pages: the page, the parts it shows, and what is done there.

`Details` is the page. It reads the enrollment and has its parts show it: `EnrollmentFacts`,
`LedgerPlace`, `ManageForm`, `History`, `ExtensionRequest` and `Reopening`, which know nothing of
each other.

`Editing`, `Saving`, `Retaking`, `Undoing` and `RequestDecision` hold the handlers that need the
page and several of its parts.
"""
