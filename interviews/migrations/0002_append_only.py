"""Let the database itself refuse to change a grade, or what an edition says."""

from django.db import migrations

GRADE_COLUMNS = (
    "answer_id", "grading_id", "grader", "grader_version", "edition_id", "stage_id", "points",
    "max_points", "provisional", "assessment", "created_at",
)  # fmt: skip
EDITION_COLUMNS = (
    "number", "slug", "title", "level", "summary", "minutes", "stage_count", "max_points",
    "data", "created_at",
)  # fmt: skip

REFUSE = """
CREATE FUNCTION interviews_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % never change: write a new one.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def _trigger(table: str, columns: tuple[str, ...]) -> str:
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return (
        f"CREATE TRIGGER append_only BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({changed}) EXECUTE FUNCTION interviews_refuse_change()"
    )


class Migration(migrations.Migration):
    dependencies = [("interviews", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION interviews_refuse_change()"),
        migrations.RunSQL(
            _trigger("interviews_grade", GRADE_COLUMNS),
            "DROP TRIGGER append_only ON interviews_grade",
        ),
        migrations.RunSQL(
            _trigger("interviews_scenarioedition", EDITION_COLUMNS),
            "DROP TRIGGER append_only ON interviews_scenarioedition",
        ),
    ]
