from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_account_state_is_whole")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="has_personal_password",
            field=models.BooleanField(null=True),
        ),
    ]
