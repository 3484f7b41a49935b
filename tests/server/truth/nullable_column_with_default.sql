-- Columns that have a default value (other than NULL) and yet accept NULL.
-- Booleans, created_at and updated_at have rules of their own.
SELECT n.nspname || '.' || c.relname || '.' || a.attname AS object
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p')
    AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND NOT a.attisdropped
    AND NOT a.attnotnull
    AND a.attgenerated = ''
    AND a.atttypid <> 'boolean'::regtype
    AND pg_get_expr(d.adbin, d.adrelid) !~ '^NULL'
    AND a.attname NOT IN ('created_at', 'updated_at')
