-- name: get_user(user_id)^
-- Get one user
SELECT * FROM users WHERE id = :user_id AND meta->>'a:b' = ':x' AND at > now() - interval '1 day';
-- name: bulk*!
INSERT INTO users (a, b) VALUES (:a, :u.b);
-- name: schema#
CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY);
-- name: count$
SELECT count(*) FROM users WHERE a = :a::int[] ;
