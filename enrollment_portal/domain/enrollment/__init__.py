"""The rules of an enrollment: pure functions without database, framework or clock.

`fields` defines the values of an enrollment, `commands` what can be done to it; `lifecycle` decides
every change of it, `merge` merges two edits, and `undo` undoes a recorded change.
`domain.enrolling` decides who may be enrolled, and creates enrollments.
"""
