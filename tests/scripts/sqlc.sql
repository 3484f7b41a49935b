-- name: GetAuthor :one
SELECT sqlc.embed(authors), authors.* FROM authors WHERE id = $1 LIMIT 1;

-- name: ListAuthors :many
SELECT * FROM authors WHERE id = ANY(sqlc.slice('ids')) AND name ILIKE '%' || @name::text || '%' ORDER BY name LIMIT sqlc.arg('limit') OFFSET sqlc.narg(off)::int;

-- name: UpdateAuthor :exec
UPDATE authors SET name = coalesce(sqlc.narg('name'), name), bio = @bio WHERE id = @id RETURNING *;

-- name: CreateAuthors :copyfrom
INSERT INTO authors (name, bio) VALUES ($1, $2);

-- name: J :many
SELECT data @> @filter, data @? '$.a', tags && @tags::text[] FROM authors WHERE data->>'x' = @x AND NOT @include_deleted::bool;
