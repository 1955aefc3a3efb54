# Short names for the commands in README.md and .github/CONTRIBUTING.md.

bin := ".venv/bin"

# list what there is
default:
    @just --list

# install what runs and what tests need into .venv
install:
    python3 -m venv .venv
    {{ bin }}/pip install -r tests/requirements.txt

# start the portal on http://localhost:3000
run:
    {{ bin }}/reflex run --env prod

# start it in development: the pages follow the code
dev:
    {{ bin }}/reflex run

# run all tests, or the given ones: just test tests/unit
test *args:
    {{ bin }}/pytest {{ args }}

# run the tests that need no browser
quick:
    {{ bin }}/pytest -m "not browser"

# branch coverage of domain and services
coverage:
    .ci/coverage

# format, lint and check types
check:
    {{ bin }}/ruff format .
    {{ bin }}/ruff check .
    {{ bin }}/pyright
    cd tests/javascript && ../../{{ bin }}/bun install --frozen-lockfile
    cd tests/javascript && ../../{{ bin }}/bun --bun run format
    cd tests/javascript && ../../{{ bin }}/bun --bun run check

# run the benchmarks: just benchmark storage --rows 10000
benchmark *args:
    {{ bin }}/python -m tests.benchmarks {{ args }}

# pin all packages again after a change of pyproject.toml; with --upgrade, at their newest versions
pins *args:
    uv run --no-project .ci/pins.py {{ args }}

# what CI runs, in a new environment
ci:
    .ci/run
