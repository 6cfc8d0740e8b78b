import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_blocked_accounts_by_index"),
        ("register", "0003_deaths_and_addresses_since"),
    ]

    operations = [
        migrations.AddField("account", "state", models.CharField(default="active", max_length=10)),
        migrations.AddField("account", "barred_by", models.CharField(blank=True, max_length=20, default="")),
        migrations.AddField("account", "barred_at", models.DateTimeField(null=True)),
        migrations.AddField("account", "deletion_told_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "account",
            "invited_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="invited",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        # The time of a freeze was not stored before. `created_at` stands in for it, so that none of these accounts'
        # mailboxes counts as known.
        migrations.RunSQL(
            """
            UPDATE accounts_account account
            SET state = CASE WHEN dead.id IS NULL THEN 'frozen' ELSE 'closed' END,
                barred_by = CASE WHEN dead.id IS NULL THEN 'link' ELSE 'death' END,
                barred_at = account.created_at
            FROM accounts_account same
            LEFT JOIN register_examiner dead ON dead.id = same.examiner_id AND dead.deceased_on IS NOT NULL
            WHERE same.id = account.id AND NOT account.is_active
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex("account", "accounts_blocked"),
    ]
