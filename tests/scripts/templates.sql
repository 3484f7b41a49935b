CREATE TABLE ${schema}.account (id ${id_type} PRIMARY KEY, n int DEFAULT ${n});
CREATE INDEX i ON ${schema}.account (n) TABLESPACE ${space};
GRANT SELECT ON ${schema}.account TO "${role}";
INSERT INTO ${schema}.account VALUES ('${x}', ${y}, $${raw}$$);
CREATE TABLE <%= @prefix %>_t (id int);
<% @tables.each do |t| %>
ALTER TABLE <%= t %> ADD COLUMN x int;
<% end %>
CREATE TABLE {{ .Prefix }}users (id int{{ if .Extra }}, extra text{{ end }});
{{- range .Tables }}
DROP TABLE {{ . }};
{{- end }}
ALTER TABLE %%PREFIX%%t ADD COLUMN y int;
ALTER TABLE __SCHEMA__.t ADD COLUMN y int;
CREATE TABLE $SCHEMA$.t (a int);
