-- Columns have the names that their fields have in the API.
ALTER TABLE profile RENAME COLUMN group_name TO "group";
ALTER TABLE profile RENAME COLUMN window_size TO "window";
