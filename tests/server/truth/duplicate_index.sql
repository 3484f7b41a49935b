-- Of two indexes that are the same in everything but the name, the later one.
SELECT DISTINCT n.nspname || '.' || t.relname || '.' || c.relname AS object
FROM pg_index AS later
JOIN pg_index AS earlier
    ON earlier.indrelid = later.indrelid
    AND earlier.indexrelid < later.indexrelid
    AND earlier.indisunique = later.indisunique
    AND earlier.indnkeyatts = later.indnkeyatts
    AND earlier.indkey::text = later.indkey::text
    AND earlier.indclass::text = later.indclass::text
    AND earlier.indcollation::text = later.indcollation::text
    AND earlier.indoption::text = later.indoption::text
    AND pg_get_expr(earlier.indexprs, earlier.indrelid) IS NOT DISTINCT FROM pg_get_expr(later.indexprs, later.indrelid)
    AND pg_get_expr(earlier.indpred, earlier.indrelid) IS NOT DISTINCT FROM pg_get_expr(later.indpred, later.indrelid)
JOIN pg_class AS c ON c.oid = later.indexrelid
JOIN pg_class AS e ON e.oid = earlier.indexrelid AND e.relam = c.relam
JOIN pg_class AS t ON t.oid = later.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast')
    AND NOT earlier.indisprimary
    AND NOT later.indisprimary
