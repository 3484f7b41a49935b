-- :name user-by-id :? :1
-- :doc Get user
SELECT :i*:cols FROM :i:table WHERE id = :id AND name IN (:v*:names) --~ (when (:x params) "AND x = :x")
ORDER BY :sql:order;
-- :name insert-users :! :n
INSERT INTO users (a, b) VALUES :tuple*:users;
-- :name by-name :? :*
-- :snip
SELECT * FROM users /*~ (if (:id params) */ WHERE id = :id /*~*/ WHERE 1 = 1 /*~ ) ~*/;
-- :name with-dash :? :*
SELECT * FROM users WHERE a = :some-param AND b = :v:other-one;
