"""A hospital and a school."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.discovery import making as m
from benchmarks.discovery.truth import Column, Table, reference


def tables() -> list[Table]:
    """The hospital's tables and the school's."""
    return [*_hospital(), *_school()]


def _hospital() -> list[Table]:
    r = m.maker("hospital")
    n = 700
    numbers = m.numbered(r, n, 17, 30)
    firsts, lasts = m.people(r, n)
    patients = Table(
        "hospital.patients",
        (
            Column(
                "mrn",
                [f"MRN{v:07d}" for v in numbers],
                "string",
                "identifier",
                personal="health|national id|",
            ),
            Column("given_name", firsts, "string", "name", personal="name"),
            Column("surname", lasts, "string", "name", personal="name"),
            Column(
                "sex", m.picks(r, n, ["F", "M", "U"], [50, 48, 2]), "string", "category", personal="gender|"
            ),
            Column("birth_date", [str(d) for d in m.births(r, n)], "date", "date", personal="date of birth"),
            Column("street_address", m.addresses(r, n), "string", "address", personal="address"),
            Column(
                "blood_type",
                m.picks(r, n, ["A+", "O+", "B+", "AB-", "O-"]),
                "string",
                "category",
                personal="health",
            ),
            Column(
                "next_of_kin_phone",
                [f"+44 20 7946 {r.randint(0, 999):04d}" for _ in numbers],
                "string",
                "phone",
                personal="phone",
            ),
        ),
        keys=("mrn",),
    )
    doctors = m.numbered(r, 45, 101, 2)
    staff = Table(
        "hospital.doctors",
        (
            Column("doctor_id", doctors, "integer", "identifier"),
            Column(
                "doctor_name",
                [f"Dr. {a} {b}" for a, b in zip(*m.people(r, 45), strict=True)],
                "string",
                "name",
                personal="name",
            ),
            Column("specialty", m.picks(r, 45, ["Cardiology", "Oncology", "Surgery"]), "string", "category"),
            Column(
                "supervisor_id",
                ["" if i < 4 else r.choice(doctors[:4]) for i in range(45)],
                "integer",
                "identifier",
                refers="hospital.doctors.doctor_id",
            ),
        ),
        keys=("doctor_id",),
    )
    codes = [f"{r.choice('ABCEIJKM')}{a:02d}.{r.randint(0, 9)}" for a in range(10, 70)]
    n = 1100
    stays = m.numbered(r, n, 9001)
    begun = m.moments(r, n, "2023-01-01", 365)
    back = m.chance(r, [0.18] * n)
    ends = [t + timedelta(hours=r.randint(5, 300)) for t in begun]
    admissions = Table(
        "hospital.admissions",
        (
            Column("admission_id", stays, "integer", "identifier"),
            Column(
                "patient_mrn",
                m.picks(r, n, numbers),
                "integer",
                "identifier",
                refers="hospital.patients.mrn",
                personal="health|national id|",
            ),
            Column(
                "attending",
                m.picks(r, n, doctors),
                "integer",
                "identifier",
                refers="hospital.doctors.doctor_id",
            ),
            Column(
                "referring_doctor_id",
                m.missing(r, m.picks(r, n, doctors), 0.3, "?"),
                "integer",
                "identifier",
                refers="hospital.doctors.doctor_id",
            ),
            Column("admitted", [f"{t:%m/%d/%Y %I:%M %p}" for t in begun], "timestamp", "timestamp"),
            Column("discharged", [f"{t:%m/%d/%Y %I:%M %p}" for t in ends], "timestamp", "timestamp"),
            Column(
                "diagnosis",
                m.picks(r, n, codes),
                "string",
                "code|category|identifier",
                refers="hospital.icd.code",
                personal="health",
            ),
            Column("readmitted", ["Yes" if b else "No" for b in back], "boolean", "", is_label=True),
            Column(
                "readmission_date",
                [
                    f"{e + timedelta(days=r.randint(2, 30)):%m/%d/%Y}" if b else ""
                    for b, e in zip(back, ends, strict=True)
                ],
                "date",
                "date",
                is_leak=True,
            ),
        ),
        keys=("admission_id",),
    )
    icd = Table(
        "hospital.icd",
        (
            Column("code", codes, "string", "identifier|code"),
            Column(
                "description",
                [f"Disorder of {a.lower()} type {i}" for i, a in enumerate(m.CITIES * 6)],
                "string",
                "",
            ),
            Column("chapter", [c[0] for c in codes], "string", "category"),
        ),
        keys=("code",),
    )
    tests = ["HGB", "GLU", "CRP", "NA", "K"]
    taken = [(s, t) for s in stays[:400] for t in tests if r.random() < 0.8]
    labs = Table(
        "hospital.lab_results",
        (
            Column(
                "admission_id",
                [s for s, _ in taken],
                "integer",
                "identifier",
                refers="hospital.admissions.admission_id",
            ),
            Column("test_code", [t for _, t in taken], "string", "category|code"),
            Column(
                "result",
                m.missing(r, [f"{r.uniform(0.5, 180):.1f}" for _ in taken], 0.03, "n/a"),
                "number",
                "",
                personal="health|",
            ),
            Column(
                "unit",
                [{"HGB": "g/dL", "GLU": "mg/dL", "CRP": "mg/L"}.get(t, "mmol/L") for _, t in taken],
                "string",
                "category|unit",
            ),
        ),
        keys=("admission_id, test_code",),
        depends=(("test_code", ("unit",)),),
    )
    return [patients, staff, admissions, icd, labs]


def _school() -> list[Table]:
    r = m.maker("school")
    n = 520
    firsts, lasts = m.people(r, n)
    students = [f"S{v}" for v in m.numbered(r, n, 20_230_011, 4)]
    gone = m.chance(r, [0.12] * n)
    parents = m.mails(r, *m.people(r, n))
    student = Table(
        "school.students",
        (
            Column("StudentID", students, "string", "identifier"),
            Column("FIRST", firsts, "string", "name", personal="name"),
            Column("LAST", lasts, "string", "name", personal="name"),
            Column(
                "born", m.made(n, lambda: r.randint(2005, 2012)), "integer", "year", personal="date of birth"
            ),
            Column("guardian_mail", parents, "string", "email", personal="email"),
            Column(
                "grade_level", m.picks(r, n, [7, 8, 9, 10, 11, 12]), "integer", "ordered category|category"
            ),
            Column("absences", m.made(n, lambda: int(r.random() ** 3 * 40)), "integer", ""),
            Column("dropped_out", [int(g) for g in gone], "integer|boolean", "", is_label=True),
            Column(
                "last_day_attended",
                [str(d) if g else "" for g, d in zip(gone, m.days(r, n, "2023-09-01", 200), strict=True)],
                "date",
                "date",
                is_leak=True,
            ),
        ),
        keys=("StudentID",),
    )
    teachers = m.numbered(r, 40, 1, 2)
    teacher_names = m.people(r, 40)
    teacher = Table(
        "school.teachers",
        (
            Column("id", teachers, "integer", "identifier"),
            Column(
                "name",
                [f"{a} {b}" for a, b in zip(*teacher_names, strict=True)],
                "string",
                "name",
                personal="name",
            ),
            Column("email", m.mails(r, *teacher_names), "string", "email", personal="email"),
            Column("hired", [f"{d:%Y-%m-%d}" for d in m.days(r, 40, "1999-01-01", 8000)], "date", "date"),
        ),
        keys=("id",),
    )
    codes = [f"{s}{v}" for s in ("MAT", "BIO", "HIS", "ART", "PHY", "ENG") for v in (101, 102, 201, 202, 301)]
    courses = Table(
        "school.courses",
        (
            Column("course_code", codes, "string", "identifier"),
            Column("title", [f"Course {c.lower()} for beginners" for c in codes], "string", ""),
            Column(
                "teacher_id", m.picks(r, 30, teachers), "integer", "identifier", refers="school.teachers.id"
            ),
            Column(
                "prerequisite",
                ["" if c.endswith("101") else f"{c[:3]}101" for c in codes],
                "string",
                "identifier|code|category",
                refers="school.courses.course_code",
            ),
            Column("credits", m.picks(r, 30, [2, 3, 4]), "integer", ""),
        ),
        keys=("course_code",),
    )
    taken = sorted({(s, c, t) for s in students for t in ("2023-1", "2023-2") for c in r.sample(codes, 3)})
    enrolments = Table(
        "school.enrolments",
        (
            Column(
                "student",
                [s for s, _, _ in taken],
                "string",
                "identifier",
                refers="school.students.StudentID",
            ),
            Column(
                "course",
                [c for _, c, _ in taken],
                "string",
                "identifier|category|code",
                refers="school.courses.course_code",
            ),
            Column("term", [t for _, _, t in taken], "string", "category"),
            Column(
                "grade",
                m.picks(r, len(taken), ["A", "B", "C", "D", "F"]),
                "string",
                "ordered category|category",
            ),
        ),
        keys=("student, course, term",),
    )
    exams = Table(
        "school.exam_rooms",
        (
            Column("term", [t for _, _, t in taken[:900]], "string", "category"),
            Column(
                "student",
                [s for s, _, _ in taken[:900]],
                "string",
                "identifier",
                refers="?school.students.StudentID",
            ),
            Column(
                "course",
                [c for _, c, _ in taken[:900]],
                "string",
                "identifier|category|code",
                refers="?school.courses.course_code",
            ),
            Column("room", m.made(900, lambda: r.randint(1, 30)), "integer", ""),
            Column("points", m.made(900, lambda: r.randint(0, 100)), "integer", ""),
        ),
        keys=("term, student, course",),
        references=(reference("student, course, term", "school.enrolments", "student, course, term"),),
    )
    return [student, teacher, courses, enrolments, exams]
