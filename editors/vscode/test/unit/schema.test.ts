import assert from "node:assert/strict";
import { test } from "node:test";

import { lineOf } from "../../src/schema";

const SCHEMA = `table public.users  -- 0001_init.sql:2
  id  bigint  -- 0001_init.sql:3

table public.mails  -- 0002_mails.sql:9
  id  bigint  -- 0002_mails.sql:10

table public.drafts  -- 0002_mails.sql:1
  body  text  -- 0002_mails.sql:2`;

test("the object at the cursor is found, whatever the order", () => {
    assert.equal(lineOf(SCHEMA, "0002_mails.sql", 0), 6);
    assert.equal(lineOf(SCHEMA, "0002_mails.sql", 7), 6);
    assert.equal(lineOf(SCHEMA, "0002_mails.sql", 8), 3);
    assert.equal(lineOf(SCHEMA, "0002_mails.sql", 99), 3);
});

test("before the first object of a file stands the first one", () => {
    assert.equal(lineOf(SCHEMA, "0001_init.sql", 0), 0);
    assert.equal(lineOf(SCHEMA.replace("users  -- 0001_init.sql:2", "x"), "0002_mails.sql", 0), 6);
});

test("a file that defines nothing shows the beginning", () => {
    assert.equal(lineOf(SCHEMA, "query.sql", 5), 0);
    assert.equal(lineOf("", "query.sql", 5), 0);
});
