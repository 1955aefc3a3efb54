"""The tests of the enrollment portal; each folder mirrors the package."""
