-- Plain btree indexes whose first column is an array.
SELECT n.nspname || '.' || t.relname || '.' || c.relname AS object
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
JOIN pg_type AS y ON y.oid = a.atttypid AND y.typcategory = 'A'
WHERE NOT i.indisunique
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
