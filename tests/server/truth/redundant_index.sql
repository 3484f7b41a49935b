-- Plain btree indexes that are the beginning of a longer one, less those that are
-- the same as another one.
WITH indexes AS (
    SELECT i.*, c.relname, c.relnamespace, t.relname AS table_name,
        ARRAY(
            SELECT concat_ws(' ', pg_get_indexdef(i.indexrelid, at, false), i.indclass[at - 1], i.indcollation[at - 1], i.indoption[at - 1])
            FROM generate_series(1, i.indnkeyatts) AS at
            ORDER BY at
        ) AS elements,
        pg_get_expr(i.indpred, i.indrelid) AS predicate
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_class AS t ON t.oid = i.indrelid
    JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
    WHERE i.indisvalid
        AND NOT c.relispartition
)
SELECT DISTINCT n.nspname || '.' || i.table_name || '.' || i.relname AS object
FROM indexes AS i
JOIN indexes AS longer
    ON longer.indrelid = i.indrelid
    AND longer.indnkeyatts > i.indnkeyatts
    AND longer.elements[1:i.indnkeyatts] = i.elements
    AND longer.predicate IS NOT DISTINCT FROM i.predicate
JOIN pg_namespace AS n ON n.oid = i.relnamespace
WHERE NOT i.indisunique
    AND i.indnatts = i.indnkeyatts
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
    AND NOT EXISTS (
        SELECT FROM indexes AS same
        WHERE same.indrelid = i.indrelid
            AND same.elements = i.elements
            AND same.indnatts = i.indnatts
            AND same.predicate IS NOT DISTINCT FROM i.predicate
            AND (same.indisunique, i.indexrelid) > (i.indisunique, same.indexrelid)
    )
