import assert from "node:assert/strict";
import { test } from "node:test";

import { isOlder, parseVersion, versionOf } from "../../src/version";

test("the version is read from what the program prints", () => {
    assert.equal(parseVersion("pglint 0.1.0\n"), "0.1.0");
    assert.equal(parseVersion("pglint 1.20.3-rc.1\r\n"), "1.20.3-rc.1");
    assert.equal(parseVersion("other 0.1.0\n"), undefined);
    assert.equal(parseVersion("pglint\n"), undefined);
});

test("versions are compared by number", () => {
    assert.ok(isOlder("0.9.9", "0.10.0"));
    assert.ok(isOlder("0.10.0", "1.0.0"));
    assert.ok(isOlder("1.0.1", "1.0.2"));
    assert.ok(!isOlder("1.0.0", "1.0.0"));
    assert.ok(!isOlder("1.0.0-rc.1", "1.0.0"));
    assert.ok(!isOlder("2.0.0", "1.9.9"));
});

test("a program that is something else, or none, gets a sentence", async () => {
    // Node itself is a program that is not pglint.
    const other = await versionOf(process.execPath);
    assert.match("problem" in other ? other.problem : "", /is not pglint: it says "v\d+/);
    const none = await versionOf("/nowhere/pglint");
    assert.match("problem" in none ? none.problem : "", /^\/nowhere\/pglint cannot be run: /);
});
