SET client_encoding = 'SQL_ASCII';
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SET search_path = public, pg_catalog;
SET default_with_oids = false;
CREATE PROCEDURAL LANGUAGE plpgsql;
CREATE TABLE old (id integer NOT NULL, path text NOT NULL DEFAULT 'c:\\x\'y'::text);
COPY old (id, path) FROM stdin WITH DELIMITER '|' NULL '';
1|a'b
\.
INSERT INTO old VALUES (1, 'it\'s');
ALTER TABLE ONLY old ADD CONSTRAINT old_pkey PRIMARY KEY (id);
REVOKE ALL ON SCHEMA public FROM PUBLIC;
