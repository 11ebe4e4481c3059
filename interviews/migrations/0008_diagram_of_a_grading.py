"""What was drawn stays with the grading: a stage begun anew changes the answer's diagram."""

from django.db import migrations, models

# What the answer says now is what was graded, unless the stage was begun anew since.
FILL = """
UPDATE interviews_grading SET diagram = answer.diagram
FROM interviews_answer AS answer
WHERE answer.id = answer_id AND answer.diagram <> ''
    AND (answer.tries = 1 OR requested_at >= answer.submitted_at);
"""


class Migration(migrations.Migration):
    dependencies = [("interviews", "0007_tell_waiting_pages")]
    operations = [
        migrations.AddField(
            model_name="grading",
            name="diagram",
            field=models.TextField(default="", editable=False),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
