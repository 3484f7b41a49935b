/* @name FindBookById */
SELECT * FROM books WHERE id = :bookId!;
/*
  @name InsertBooks
  @param books -> ((rank!, name, authorId)...)
*/
INSERT INTO books (rank, name, author_id) VALUES :books RETURNING id AS "id!", name AS "name?";
/* @name GetIn @param ids -> (...) */
SELECT * FROM books WHERE id IN :ids! AND created > :since::timestamptz AND x = ANY(:arr);
/* @name U @param u -> (a, b) */
UPDATE books SET (rank, name) = :u WHERE id = :id;
