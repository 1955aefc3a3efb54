"""Plain HTTP beside the live pages: signing in and out, health, and security headers."""
