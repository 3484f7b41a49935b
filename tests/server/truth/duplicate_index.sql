-- Of two indexes that are the same in everything but the name and UNIQUE, the one
-- that is neither behind a constraint nor unique, else the later one.
WITH indexes AS (
    SELECT i.*, c.relam, c.relname, c.relnamespace, t.relname AS table_name,
        EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS is_of_constraint
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE i.indisvalid
        AND NOT c.relispartition
)
SELECT DISTINCT n.nspname || '.' || spare.table_name || '.' || spare.relname AS object
FROM indexes AS spare
JOIN indexes AS kept
    ON kept.indrelid = spare.indrelid
    AND kept.indexrelid <> spare.indexrelid
    AND kept.relam = spare.relam
    AND kept.indnkeyatts = spare.indnkeyatts
    AND kept.indkey::text = spare.indkey::text
    AND kept.indclass::text = spare.indclass::text
    AND kept.indcollation::text = spare.indcollation::text
    AND kept.indoption::text = spare.indoption::text
    AND pg_get_expr(kept.indexprs, kept.indrelid) IS NOT DISTINCT FROM pg_get_expr(spare.indexprs, spare.indrelid)
    AND pg_get_expr(kept.indpred, kept.indrelid) IS NOT DISTINCT FROM pg_get_expr(spare.indpred, spare.indrelid)
    AND (kept.is_of_constraint, kept.indisunique, spare.indexrelid) > (spare.is_of_constraint, spare.indisunique, kept.indexrelid)
    -- A unique index also guards rows: only another one does the same.
    AND (
        NOT spare.indisunique
        OR kept.indisunique
            AND kept.indnullsnotdistinct = spare.indnullsnotdistinct
            AND kept.indimmediate = spare.indimmediate
    )
JOIN pg_namespace AS n ON n.oid = spare.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast')
    AND NOT kept.indisprimary
    AND NOT spare.indisprimary
