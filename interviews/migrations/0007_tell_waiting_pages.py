"""The database tells when a grading has come further: see interviews/events.py."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION interviews_grading_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('interviews_grading', NEW.answer_id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER interviews_grading_insert_tell AFTER INSERT ON interviews_grading
    FOR EACH ROW EXECUTE FUNCTION interviews_grading_tell();
CREATE TRIGGER interviews_grading_update_tell AFTER UPDATE OF state, progress ON interviews_grading
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state
        OR OLD.progress IS DISTINCT FROM NEW.progress)
    EXECUTE FUNCTION interviews_grading_tell();
"""
BACKWARD = "DROP FUNCTION interviews_grading_tell() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("interviews", "0006_kept_work_and_hint_cost")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
