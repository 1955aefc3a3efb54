"""The values that the ledger's filters can have, within a scope.

`weights` counts the enrollments of each course or learner; `listed` groups them by the values of a
filter, `enumerated` by status and origin; `named` reads the names of the values that are set.
"""
