// Replaces Wagtail's script of bulk actions, which the panel does not have: it fails without their checkboxes.
