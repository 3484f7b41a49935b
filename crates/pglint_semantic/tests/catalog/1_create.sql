-- Objects of every kind, and the names that the server makes for them.
CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad','ok');
ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok';
ALTER TYPE mood ADD VALUE 'awful' BEFORE 'sad';
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email varchar(200) NOT NULL UNIQUE,
  "Full Name" text,
  m mood DEFAULT 'fine',
  n numeric(10,2) CHECK (n > 0),
  p positive DEFAULT NULL,
  ts timestamp(3), tz timestamp(0) with time zone, iv interval day to second(3), iv2 interval year to month, b bit(3), vb bit varying(5), c char, c5 char(5), arr int[][], tarr varchar(10)[], f float(10), dd float, dec decimal,
  gen int GENERATED ALWAYS AS (length(email)) STORED,
  v int GENERATED ALWAYS AS (length(email) + 1) VIRTUAL,
  CHECK (length(email) < length("Full Name")),
  CHECK (p > 3 AND n < p), CHECK (true),
  UNIQUE ("Full Name", m), UNIQUE (id), CONSTRAINT named UNIQUE (email)
);
CREATE TABLE app.orders (id serial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE, other bigint, parent int REFERENCES app.orders (id) ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, FOREIGN KEY (other) REFERENCES users (id) NOT VALID);
CREATE INDEX ON app.orders (user_id);
CREATE INDEX ON app.orders (user_id);
CREATE INDEX ON app.orders (lower(user_id::text), (user_id + 1), coalesce(other, 1), (parent is null)) WHERE parent IS NOT NULL;
CREATE UNIQUE INDEX CONCURRENTLY o_u ON app.orders USING btree (other DESC NULLS LAST, parent) INCLUDE (id) NULLS NOT DISTINCT;
CREATE INDEX ON app.orders USING hash (user_id);
CREATE INDEX ON app.orders USING brin (id, user_id);
ALTER TABLE app.orders ADD CONSTRAINT uq UNIQUE USING INDEX o_u;
ALTER TABLE app.orders ADD CHECK (user_id > 0) NOT VALID, ADD CHECK (user_id > 1), ADD COLUMN x int NOT NULL DEFAULT 3, ADD COLUMN y text UNIQUE;
ALTER TABLE app.orders RENAME COLUMN user_id TO uid;
ALTER TABLE app.orders RENAME TO purchases;
ALTER INDEX app.orders_pkey RENAME TO purchases_pk;
ALTER TABLE app.purchases RENAME CONSTRAINT orders_other_fkey TO renamed_fk;
ALTER TABLE app.purchases ALTER x TYPE bigint, ALTER x DROP NOT NULL, ALTER y SET NOT NULL;
ALTER TABLE app.purchases VALIDATE CONSTRAINT renamed_fk;
ALTER TABLE app.purchases ADD COLUMN a_very_long_column_name_that_goes_on_and_on_for_ever_and_ever_amen int REFERENCES app.purchases;
CREATE INDEX ON app.purchases (a_very_long_column_name_that_goes_on_and_on_for_ever_and_ever_amen, uid);
CREATE TABLE thisisaverylongtablenamethatislongerthanthirtytwocharacters (anotherverylongcolumnnamewhichislongtoo serial UNIQUE, CHECK (anotherverylongcolumnnamewhichislongtoo > 2));
CREATE VIEW v1 AS SELECT u.id, u.email AS mail, u.id + 1, lower(email), 'x'::text, 5::int8, now(), CASE WHEN true THEN 1 END FROM users u;
CREATE OR REPLACE VIEW v1 AS SELECT u.id, u.email AS mail, u.id + 1, lower(email), 'x'::text, 5::int8, now(), CASE WHEN true THEN 1 END, 1 AS extra FROM users u;
CREATE INDEX ON users (email) INCLUDE (n);
CREATE VIEW v2 (a, b) AS SELECT * FROM (SELECT id, email, m FROM users) s;
CREATE MATERIALIZED VIEW mv AS WITH q AS (SELECT id, email FROM users) SELECT q.*, p.id AS pid FROM q JOIN app.purchases p ON p.uid = q.id;
CREATE INDEX ON mv (id);
CREATE TABLE ctas AS SELECT id, email AS e, n FROM users WHERE false;
SELECT id INTO into_t FROM users;
CREATE TABLE t_like (LIKE users INCLUDING ALL, extra int);
CREATE TABLE t_like2 (a int, LIKE users INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
CREATE TABLE t_like3 (LIKE app.purchases INCLUDING INDEXES);
CREATE TABLE base (id int NOT NULL, note text DEFAULT 'x', CHECK (id > 0), PRIMARY KEY (id));
CREATE TABLE child (own int) INHERITS (base);
CREATE TABLE child2 (note text NOT NULL, more int) INHERITS (base);
ALTER TABLE base ADD COLUMN late int NOT NULL DEFAULT 1, ADD CONSTRAINT late_check CHECK (late > 0);
ALTER TABLE base DROP COLUMN note;
CREATE TABLE parted (id bigint, at date NOT NULL, uid bigint REFERENCES users, v text CHECK (v <> ''), PRIMARY KEY (id, at), UNIQUE (at, v)) PARTITION BY RANGE (at);
CREATE INDEX ON parted (v);
CREATE INDEX named_idx ON parted (lower(v));
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE parted_def PARTITION OF parted DEFAULT;
CREATE TABLE parted_2 (id bigint NOT NULL, at date NOT NULL, uid bigint, v text, CONSTRAINT parted_v_check CHECK (v <> ''));
CREATE INDEX pre ON parted_2 (v);
ALTER TABLE parted ATTACH PARTITION parted_2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX after_attach ON parted (uid);
ALTER TABLE parted ADD COLUMN added int DEFAULT 4;
ALTER TABLE parted ADD UNIQUE (at, added);
ALTER TABLE parted DETACH PARTITION parted_1;
CREATE INDEX only_idx ON ONLY parted (added);
CREATE TABLE sub (id int, k text NOT NULL) PARTITION BY LIST (k);
CREATE TABLE sub_a PARTITION OF sub FOR VALUES IN ('a') PARTITION BY HASH (id);
CREATE TABLE sub_a_0 PARTITION OF sub_a FOR VALUES WITH (MODULUS 2, REMAINDER 0);
ALTER TABLE sub ADD PRIMARY KEY (id, k);
CREATE INDEX ON sub (k);
