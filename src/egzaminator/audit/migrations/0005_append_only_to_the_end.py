"""Refuse TRUNCATE of events as well, and let retention delete only old events.

An installation keeps events for at least two years (KEEP_EVENTS_DAYS, 731 days). The database's limit is one day lower,
so that a database clock that is a little slow does not refuse what the program may delete.
"""

from django.db import migrations

FORWARDS = """
CREATE OR REPLACE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF current_setting('egzaminator.retention', true) = 'on'
            AND OLD.at < CURRENT_TIMESTAMP - INTERVAL '730 days'
        THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit events are append-only';
END
$$;
CREATE TRIGGER audit_event_never_truncated BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();
"""

BACKWARDS = """
DROP TRIGGER audit_event_never_truncated ON audit_event;
CREATE OR REPLACE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('egzaminator.retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit events are append-only';
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_unreadable_values_by_index")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
