"""Change many enrollments: preview, one job that any process can carry on, register, and undo."""
