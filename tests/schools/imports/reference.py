"""The reference data of the import tests: the forms and kinds that the samples use."""

from schools.imports.domain.reference import ConsentKind, Form, Reference

PUPIL, TEACHER = frozenset({"pupil"}), frozenset({"teacher"})

REFERENCE = Reference(
    forms=(
        Form("pupil_pupil", "ученик – ученик", PUPIL, PUPIL),
        Form("teacher_pupil", "учитель – ученик", TEACHER, PUPIL),
        Form("teacher_teacher", "учитель – учитель", TEACHER, TEACHER),
        Form("student_pupil", "студент – ученик", frozenset({"student"}), PUPIL, "student"),
        Form("employer_student", "работодатель – студент", frozenset({"enterprise"}), PUPIL, "enterprise"),
        Form("employer_pupil", "работодатель – ученик", frozenset({"enterprise"}), PUPIL, "enterprise"),
    ),
    consent_kinds=(
        ConsentKind("personal_data", "обработка персональных данных"),
        ConsentKind("bank", "передача в региональный банк наставников"),
    ),
    main_consent_kind="personal_data",
)
