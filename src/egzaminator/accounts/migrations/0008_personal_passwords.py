from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_blocked_accounts_by_index")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="has_personal_password",
            field=models.BooleanField(null=True),
        ),
    ]
