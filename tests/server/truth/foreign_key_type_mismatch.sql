-- Foreign keys with a pair of columns of different types, where the difference
-- costs something: text, varchar and their domains are the same bytes.
SELECT DISTINCT n.nspname || '.' || c.relname || '.' || k.conname AS object
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair (own, referenced)
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = pair.own
JOIN pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = pair.referenced
WHERE k.contype = 'f'
    AND k.conparentid = 0
    AND a.atttypid <> b.atttypid
    AND NOT (a.atttypid IN ('text'::regtype, 'varchar'::regtype) AND b.atttypid IN ('text'::regtype, 'varchar'::regtype))
