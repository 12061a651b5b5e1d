"""Migrations of the desk's tables, run at every start; the version lies in `desk_version`."""
