SELECT $1:name FROM $2~ WHERE id = $3 AND a = ${b} AND c IN (${ids:csv});
INSERT INTO t($1:name) VALUES($1:csv);
SELECT $<columns:name> FROM $<schema~>.$<table~> WHERE id = $<id> AND tag IN ($<tags:csv>) AND at > $(at)::date;
UPDATE t SET a = $/a/, b = $[b] WHERE $1:raw;
DELETE FROM $1~.$2~ WHERE a ~ $3 AND b~'x' AND c = ${c.d};
SELECT * FROM t WHERE data @> ${filter:json} ORDER BY $1^ LIMIT $2;
