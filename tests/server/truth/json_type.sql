-- Columns of the type json, unless the name says that the text itself is kept.
SELECT n.nspname || '.' || c.relname || '.' || a.attname AS object
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
    AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND a.atttypid = 'json'::regtype
    AND a.attname !~ '(raw|original|signed)'
