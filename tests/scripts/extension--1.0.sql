/* ext--1.0.sql */
-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION ext" to load this file. \quit
CREATE FUNCTION @extschema@.f(int) RETURNS int AS 'MODULE_PATHNAME', 'f' LANGUAGE C STRICT;
CREATE TYPE box;
CREATE FUNCTION box_in(cstring) RETURNS box AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT;
CREATE TYPE box (INPUT = box_in, OUTPUT = box_out, LIKE = float8);
CREATE OPERATOR = (LEFTARG = box, RIGHTARG = box, PROCEDURE = box_eq, COMMUTATOR = '=');
CREATE OPERATOR CLASS @extschema@.box_ops DEFAULT FOR TYPE box USING gist AS OPERATOR 1 &&, FUNCTION 1 f(int);
SELECT pg_catalog.pg_extension_config_dump('@extschema@.cfg', '');
ALTER EXTENSION ext ADD TABLE x;
CREATE FUNCTION g() RETURNS @extschema:cube@.cube AS $$ SELECT '@extschema@'::text; $$ LANGUAGE sql SET search_path TO @extschema@, pg_temp;
