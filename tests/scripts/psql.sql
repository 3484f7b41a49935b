\set ON_ERROR_STOP on
\set QUIET 1
\set now `date`
\pset pager off
\timing
\echo 'starting; this isn''t SQL: it''s text'
\set schema app
\if :{?schema}
\else
  \set schema public
\endif
CREATE SCHEMA IF NOT EXISTS :"schema";
CREATE TABLE :"schema".account (id int PRIMARY KEY, name text DEFAULT :'name');
SELECT count(*) AS n FROM :schema.account \gset
\if :n
  \echo done :n
\elif :{?x}
  \q
\else
  \warn 'empty'
\endif
SELECT 'DROP TABLE ' || quote_ident(tablename) FROM pg_tables WHERE schemaname = :'schema'
\gexec
SELECT 1 AS a, 2 AS b \gx
SELECT 1 \g out.txt
SELECT id, name FROM :"schema".account \crosstabview
SELECT $1::int + $2::int \bind 1 2 \g
\copy app.account (id, name) from 'data file.csv' with (format csv, header true)
\copy (select * from app.account where id > 3) to '/tmp/x''y.csv' csv
\! ls -l | grep "x;y'z"
\connect - postgres
\c "dbname=x user='y'"
\d+ app.account
\dt *.*
\i :file
\prompt 'Name: ' name
INSERT INTO app.account VALUES (:id, :'name');
SELECT :'a' || :'b' AS "c:d", (ARRAY[1,2])[1:2], x::text, 'a:b', now()::date \; SELECT 2;
\watch 2
\unset schema
\o | cat
\qecho x
