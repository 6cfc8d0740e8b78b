from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0002_deceased")]

    operations = [
        migrations.AddField("examiner", "email_since", models.DateTimeField(null=True)),
        migrations.AddField("examiner", "deceased_marked_at", models.DateTimeField(null=True)),
        migrations.RunSQL(
            "UPDATE register_examiner SET deceased_marked_at = updated_at WHERE deceased_on IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
