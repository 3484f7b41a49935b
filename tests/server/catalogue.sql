-- Everything about a database that a reading of its files can know, a line a fact,
-- in the server's own words.
WITH schemas AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), relations AS (
    SELECT c.*, c.oid::regclass::text AS name FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), types AS (
    SELECT t.*, format_type(t.oid, NULL) AS name FROM pg_type t JOIN schemas s ON s.oid = t.typnamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
), functions AS (
    SELECT p.*, p.oid::regprocedure::text AS name FROM pg_proc p JOIN schemas s ON s.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
), facts AS (
    SELECT format('schema %s', nspname) AS fact FROM schemas
    UNION ALL SELECT format('extension %s', extname) FROM pg_extension
    UNION ALL
    SELECT format('relation %s %s %s row security %s force %s options %s', name, relkind, relpersistence, relrowsecurity, relforcerowsecurity,
        (SELECT array_agg(it ORDER BY it) FROM unnest(reloptions) it WHERE relkind <> 'i'))
    FROM relations WHERE relkind NOT IN ('i', 'I')
    UNION ALL
    SELECT format('column %s.%I %s %s not null %s default %s identity %s generated %s local %s collation %s', r.name, a.attname,
        row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attislocal,
        (SELECT collname FROM pg_collation WHERE oid = a.attcollation))
    FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND r.relkind NOT IN ('i', 'I', 'S')
    UNION ALL
    SELECT format('parent %s of %s %s %s', i.inhparent::regclass, r.name, i.inhseqno, pg_get_expr(r.relpartbound, r.oid))
    FROM relations r JOIN pg_inherits i ON i.inhrelid = r.oid
    UNION ALL
    SELECT format('partitions of %s by %s', r.name, pg_get_partkeydef(r.oid)) FROM relations r WHERE r.relkind = 'p'
    UNION ALL
    SELECT format('constraint %I on %s %s valid %s enforced %s local %s inherited %s', k.conname, r.name, pg_get_constraintdef(k.oid),
        k.convalidated, k.conenforced, k.conislocal, k.coninhcount)
    FROM pg_constraint k JOIN relations r ON r.oid = k.conrelid WHERE k.contype <> 't'
    UNION ALL
    SELECT format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid) FROM pg_index i JOIN relations r ON r.oid = i.indrelid
    UNION ALL
    SELECT format('sequence %s %s owned by %s', s.seqrelid::regclass, format_type(s.seqtypid, NULL),
        (SELECT format('%s.%s', d.refobjid::regclass, d.refobjsubid) FROM pg_depend d
         WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.deptype IN ('a', 'i')))
    FROM pg_sequence s JOIN relations r ON r.oid = s.seqrelid
    UNION ALL
    SELECT format('view %s %s', r.name, pg_get_viewdef(r.oid)) FROM relations r WHERE r.relkind IN ('v', 'm')
    UNION ALL
    SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT format('policy %s', to_jsonb(p)) FROM pg_policies p
    UNION ALL
    SELECT format('enum %s %s', t.name, (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
    FROM types t WHERE t.typtype = 'e'
    UNION ALL
    SELECT format('domain %s over %s default %s not null %s collation %s', t.name, format_type(t.typbasetype, t.typtypmod), t.typdefault, t.typnotnull,
        (SELECT collname FROM pg_collation WHERE oid = t.typcollation))
    FROM types t WHERE t.typtype = 'd'
    UNION ALL
    SELECT format('constraint %I on domain %s %s valid %s', k.conname, t.name, pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_constraint k JOIN types t ON t.oid = k.contypid
    UNION ALL
    SELECT format('range %s of %s %s', t.name, format_type(g.rngsubtype, NULL), g.rngsubdiff) FROM types t JOIN pg_range g ON g.rngtypid = t.oid
    UNION ALL
    SELECT format('function %s', pg_get_functiondef(oid)) FROM functions WHERE prokind <> 'a'
    UNION ALL
    SELECT format('aggregate %s %s %s %s', f.name, a.aggtransfn, format_type(a.aggtranstype, NULL), a.agginitval)
    FROM functions f JOIN pg_aggregate a ON a.aggfnoid = f.oid
    UNION ALL
    SELECT format('comment on %s %s: %s', i.type, i.identity, d.description)
    FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
    WHERE d.objoid >= 16384 AND i.type NOT IN ('extension', 'language')
)
SELECT fact FROM facts ORDER BY fact;
