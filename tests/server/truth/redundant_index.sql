-- Plain btree indexes that are the beginning of a longer one.
SELECT DISTINCT n.nspname || '.' || t.relname || '.' || c.relname AS object
FROM pg_index AS i
JOIN pg_index AS longer
    ON longer.indrelid = i.indrelid
    AND longer.indnkeyatts > i.indnkeyatts
    AND longer.indkey::text LIKE i.indkey::text || ' %'
    AND longer.indclass::text LIKE i.indclass::text || ' %'
    AND longer.indcollation::text LIKE i.indcollation::text || ' %'
    AND longer.indoption::text LIKE i.indoption::text || ' %'
    AND pg_get_expr(longer.indpred, longer.indrelid) IS NOT DISTINCT FROM pg_get_expr(i.indpred, i.indrelid)
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS l ON l.oid = longer.indexrelid AND l.relam = c.relam
JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisunique
    AND i.indnatts = i.indnkeyatts
    AND i.indexprs IS NULL
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
