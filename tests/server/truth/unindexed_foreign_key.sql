-- Foreign keys that no index supports. An index supports a key when it is valid,
-- neither brin nor gin, and either leads with the key's columns in any order,
-- with no predicate or one that only says that key columns are not NULL; or is
-- unique on a subset of them. Indexes of every partition count for the parent.
WITH keys AS (
    SELECT k.oid, k.conname, k.conrelid, k.conkey::smallint[] AS columns, cardinality(k.conkey) AS width
    FROM pg_constraint AS k
    WHERE k.contype = 'f' AND k.conparentid = 0
), leaves AS (
    -- The tables whose rows the key checks: its own, or all partitions of it.
    SELECT k.oid AS key, COALESCE(leaf.relid, k.conrelid) AS relation, leaf.relid IS NOT NULL AS partition
    FROM keys AS k
    LEFT JOIN LATERAL (
        SELECT t.relid FROM pg_partition_tree(k.conrelid) AS t WHERE t.isleaf
    ) AS leaf ON true
), supported AS (
    SELECT l.key, l.relation
    FROM leaves AS l
    JOIN keys AS k ON k.oid = l.key
    JOIN pg_index AS i ON i.indrelid = l.relation AND i.indisvalid
    JOIN pg_class AS ic ON ic.oid = i.indexrelid
    JOIN pg_am AS m ON m.oid = ic.relam AND m.amname NOT IN ('brin', 'gin')
    CROSS JOIN LATERAL (
        -- Partitions may number their columns otherwise, so names are compared.
        SELECT
            ARRAY(SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.columns)) AS key_names,
            ARRAY(
                SELECT COALESCE(a.attname, '') FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS u (number, place)
                LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number AND u.number > 0
                WHERE u.place <= i.indnkeyatts ORDER BY u.place
            ) AS index_names
    ) AS names
    WHERE (
            names.index_names[1:k.width] @> names.key_names
            AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = ANY (SELECT format('(%I IS NOT NULL)', name) FROM unnest(names.key_names) AS name))
        )
        OR (i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND names.index_names <@ names.key_names)
)
SELECT DISTINCT n.nspname || '.' || c.relname || '.' || k.conname AS object
FROM keys AS k
JOIN leaves AS l ON l.key = k.oid
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT EXISTS (SELECT FROM supported AS s WHERE s.key = l.key AND s.relation = l.relation)
