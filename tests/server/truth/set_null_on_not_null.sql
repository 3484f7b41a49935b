-- Foreign keys whose action sets a column to NULL that does not accept it.
SELECT DISTINCT n.nspname || '.' || c.relname || '.' || k.conname AS object
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnotnull
WHERE k.contype = 'f'
    AND k.conparentid = 0
    AND (
        k.confdeltype = 'n' AND a.attnum = ANY (COALESCE(k.confdelsetcols, k.conkey))
        OR k.confupdtype = 'n' AND a.attnum = ANY (k.conkey)
    )
