-- Indexes on exactly the columns of the primary key, in its order.
SELECT n.nspname || '.' || t.relname || '.' || c.relname AS object
FROM pg_index AS i
JOIN pg_index AS key
    ON key.indrelid = i.indrelid
    AND key.indisprimary
    AND key.indexrelid <> i.indexrelid
    AND key.indkey::text = i.indkey::text
    AND key.indclass::text = i.indclass::text
    AND key.indcollation::text = i.indcollation::text
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE i.indpred IS NULL
    AND i.indexprs IS NULL
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
