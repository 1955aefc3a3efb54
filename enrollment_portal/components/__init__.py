"""Parts of pages: functions with keyword-only parameters, without queries."""
