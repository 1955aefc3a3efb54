"""Plain HTTP beside the live pages: signing in and out, exports, health, security headers."""
