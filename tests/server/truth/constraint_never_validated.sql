-- Constraints that were never validated. None is in the last migration.
SELECT n.nspname || '.' || c.relname || '.' || k.conname AS object
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT k.convalidated AND k.conparentid = 0
