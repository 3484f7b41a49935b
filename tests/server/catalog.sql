-- A server's catalog in the shape of `pglint catalog --format json`, as one value:
-- without the objects of extensions, and without what only a server has.
WITH schemas AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), extension_objects AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), relations AS (
    SELECT c.*, s.nspname FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace
    WHERE (c.tableoid, c.oid) NOT IN (SELECT * FROM extension_objects)
), types AS (
    SELECT t.*, s.nspname FROM pg_type t JOIN schemas s ON s.oid = t.typnamespace
    WHERE (t.tableoid, t.oid) NOT IN (SELECT * FROM extension_objects)
), columns AS (
    SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) AS expression, nullif(a.attidentity, '') AS identity, nullif(a.attgenerated, '') AS generated
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT oid FROM relations)
), keys AS (
    SELECT k.*,
        (SELECT json_agg(c.attname ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
            JOIN columns c ON c.attrelid = k.conrelid AND c.attnum = number) AS names,
        (SELECT json_agg(c.type ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
            JOIN columns c ON c.attrelid = k.conrelid AND c.attnum = number) AS types,
        (SELECT json_agg(c.attname ORDER BY place) FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
            JOIN columns c ON c.attrelid = k.confrelid AND c.attnum = number) AS target_names,
        (SELECT json_agg(c.type ORDER BY place) FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
            JOIN columns c ON c.attrelid = k.confrelid AND c.attnum = number) AS target_types
    FROM pg_constraint k WHERE k.conrelid IN (SELECT oid FROM relations)
), indexes AS (
    SELECT i.indrelid, c.relname, m.amname, i.indisunique, i.indisprimary, i.indisvalid, i.indnullsnotdistinct,
        (SELECT json_agg(a.attname ORDER BY place) FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY u(number, place)
            LEFT JOIN columns a ON a.attrelid = i.indrelid AND a.attnum = number) AS names,
        (SELECT json_agg(a.attname ORDER BY place) FROM unnest(i.indkey[i.indnkeyatts:i.indnatts - 1]) WITH ORDINALITY u(number, place)
            JOIN columns a ON a.attrelid = i.indrelid AND a.attnum = number) AS included,
        pg_get_expr(i.indexprs, i.indrelid) AS expressions, pg_get_expr(i.indpred, i.indrelid) AS predicate,
        i.indoption::text AS options,
        (SELECT conname FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x')) AS constraint_name
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
), tables AS (
    SELECT t.nspname, t.relname, json_build_object(
        'schema', t.nspname, 'name', t.relname, 'kind', t.relkind, 'is_partition', t.relispartition,
        'unlogged', t.relpersistence = 'u', 'rls', t.relrowsecurity, 'force_rls', t.relforcerowsecurity,
        'inherits', (SELECT json_agg(p.nspname || '.' || p.relname ORDER BY inhseqno)
            FROM pg_inherits JOIN relations p ON p.oid = inhparent WHERE inhrelid = t.oid),
        'columns', (SELECT coalesce(json_agg(json_build_object('name', attname, 'type', type, 'not_null', attnotnull,
            'default', expression, 'identity', identity, 'generated', generated) ORDER BY attnum), '[]')
            FROM columns WHERE attrelid = t.oid),
        'primary_key', (SELECT json_build_object('name', conname, 'columns', names) FROM keys WHERE conrelid = t.oid AND contype = 'p'),
        'unique', (SELECT coalesce(json_agg(json_build_object('name', conname, 'deferrable', condeferrable, 'columns', names)
            ORDER BY conname COLLATE "C"), '[]') FROM keys WHERE conrelid = t.oid AND contype = 'u'),
        'foreign_keys', (SELECT coalesce(json_agg(json_build_object('name', conname, 'columns', names, 'types', types,
            'ref_table', r.nspname || '.' || r.relname, 'ref_columns', target_names, 'ref_types', target_types,
            'on_delete', confdeltype, 'on_update', confupdtype, 'match', confmatchtype, 'validated', convalidated,
            'deferrable', condeferrable, 'inherited', conparentid <> 0) ORDER BY conname COLLATE "C"), '[]')
            FROM keys LEFT JOIN relations r ON r.oid = confrelid WHERE conrelid = t.oid AND contype = 'f'),
        'checks', (SELECT coalesce(json_agg(json_build_object('name', conname, 'def', pg_get_constraintdef(keys.oid), 'validated', convalidated)
            ORDER BY conname COLLATE "C"), '[]') FROM keys WHERE conrelid = t.oid AND contype = 'c'),
        'exclusions', (SELECT coalesce(json_agg(conname ORDER BY conname COLLATE "C"), '[]') FROM keys WHERE conrelid = t.oid AND contype = 'x'),
        'indexes', (SELECT coalesce(json_agg(json_build_object('name', relname, 'method', amname, 'unique', indisunique, 'primary', indisprimary,
            'valid', indisvalid, 'columns', names, 'include', included, 'expressions', expressions, 'predicate', predicate,
            'option', options, 'nulls_not_distinct', indnullsnotdistinct, 'constraint', constraint_name) ORDER BY relname COLLATE "C"), '[]')
            FROM indexes WHERE indrelid = t.oid),
        'policies', (SELECT coalesce(json_agg(json_build_object('name', polname, 'cmd', polcmd, 'permissive', polpermissive,
            'roles', (SELECT json_agg(CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role) END) FROM unnest(polroles) role),
            'using', pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid)) ORDER BY polname COLLATE "C"), '[]')
            FROM pg_policy WHERE polrelid = t.oid),
        'triggers', (SELECT coalesce(json_agg(tgname ORDER BY tgname COLLATE "C"), '[]')
            FROM pg_trigger WHERE tgrelid = t.oid AND NOT tgisinternal)) AS json
    FROM relations t WHERE t.relkind IN ('r', 'p', 'f')
)
SELECT json_build_object(
    'tables', (SELECT coalesce(json_agg(json ORDER BY nspname COLLATE "C", relname COLLATE "C"), '[]') FROM tables),
    'views', (SELECT coalesce(json_agg(json_build_object('schema', nspname, 'name', relname, 'kind', relkind, 'options', reloptions,
        'columns', (SELECT json_agg(attname ORDER BY attnum) FROM columns WHERE attrelid = v.oid))
        ORDER BY nspname COLLATE "C", relname COLLATE "C"), '[]') FROM relations v WHERE relkind IN ('v', 'm')),
    'enums', (SELECT coalesce(json_agg(json_build_object('schema', nspname, 'name', typname,
        'labels', (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
        ORDER BY nspname COLLATE "C", typname COLLATE "C"), '[]') FROM types t WHERE typtype = 'e'),
    'domains', (SELECT coalesce(json_agg(nspname || '.' || typname ORDER BY nspname COLLATE "C", typname COLLATE "C"), '[]') FROM types WHERE typtype = 'd'),
    'functions', (SELECT coalesce(json_agg(json_build_object('schema', nspname, 'name', proname,
        'args', pg_get_function_identity_arguments(p.oid), 'kind', prokind, 'language', lanname,
        'security_definer', prosecdef, 'config', proconfig) ORDER BY nspname COLLATE "C", proname COLLATE "C", p.oid), '[]')
        FROM pg_proc p JOIN schemas s ON s.oid = pronamespace JOIN pg_language l ON l.oid = prolang
        WHERE (p.tableoid, p.oid) NOT IN (SELECT * FROM extension_objects)
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = p.tableoid AND d.objid = p.oid AND d.deptype = 'i')),
    'schemas', (SELECT coalesce(json_agg(nspname ORDER BY nspname COLLATE "C"), '[]') FROM schemas
        WHERE ('pg_namespace'::regclass::oid, oid) NOT IN (SELECT * FROM extension_objects)),
    'sequences', (SELECT count(*) FROM relations WHERE relkind = 'S')
)::text AS catalog
