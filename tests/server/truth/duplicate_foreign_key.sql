-- Of two foreign keys over the same columns, in the same order, the later one.
SELECT DISTINCT n.nspname || '.' || c.relname || '.' || later.conname AS object
FROM pg_constraint AS later
JOIN pg_constraint AS earlier
    ON earlier.conrelid = later.conrelid
    AND earlier.confrelid = later.confrelid
    AND earlier.conkey = later.conkey
    AND earlier.confkey = later.confkey
    AND earlier.contype = 'f'
    AND earlier.oid < later.oid
JOIN pg_class AS c ON c.oid = later.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE later.contype = 'f' AND later.conparentid = 0
