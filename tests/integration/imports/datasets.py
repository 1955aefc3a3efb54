"""Small datasets in the format of the Open University."""

from __future__ import annotations

from pathlib import Path

COURSES = "code_module,code_presentation,module_presentation_length\nAAA,2013J,268\nBBB,2013B,240\n"


STUDENTS = "code_module,code_presentation,id_student,gender,final_result\n"


REGISTRATIONS = "code_module,code_presentation,id_student,date_registration,date_unregistration\n"


def make_dataset(directory: Path, *, students: str, registrations: str, courses: str = "") -> Path:
    """Write the three files of a dataset: rows of students, registrations and more courses."""
    (directory / "courses.csv").write_text(COURSES + courses)
    (directory / "studentInfo.csv").write_text(STUDENTS + students)
    (directory / "studentRegistration.csv").write_text(REGISTRATIONS + registrations)
    return directory
