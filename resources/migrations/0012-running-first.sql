-- Tasks that have a slot are listed first by a query of their own: an index over all tasks had to be changed at every start and end.
DROP INDEX task_by_running;
