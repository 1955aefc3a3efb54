"""Test the command line of the benchmarks."""

from __future__ import annotations

import pytest

from tests.benchmarks.__main__ import command_line, parts

_MODULES = parts()
_OPTIONS = {"--rows", "--engine", "--runs", "--days", "--file", "--only", "--watchers"}


@pytest.mark.parametrize("name", _MODULES)
def test_help_of_a_part_shows_its_own_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        command_line(_MODULES).parse_args([name, "--help"])
    shown = capsys.readouterr().out
    options = vars(command_line(_MODULES).parse_args([name]))
    own = {f"--{option}" for option in options} - {"--part"}
    assert left.value.code == 0
    assert "--rows" in own <= _OPTIONS
    assert {option for option in _OPTIONS if f" {option} " in shown} >= own
    assert not [option for option in _OPTIONS - own if option in shown]


@pytest.mark.parametrize("given", ["0", "-5", "many"])
def test_number_of_rows_must_be_at_least_one(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command_line(_MODULES).parse_args(["storage", "--rows", given])
    assert "--rows" in capsys.readouterr().err
