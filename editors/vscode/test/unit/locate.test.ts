import assert from "node:assert/strict";
import { test } from "node:test";

import { INSTALL, locate, type Surroundings } from "../../src/locate";

/** A workspace of two folders on a machine where only `programs` exist. */
function find(programs: string[], changes: Partial<Surroundings> = {}) {
    return locate({
        setting: "",
        strategy: "fromEnvironment",
        folders: ["/code/shop", "/code/mail"],
        isTrusted: true,
        extension: "/extensions/pglint",
        home: "/home/me",
        searchPath: "/usr/local/bin:/usr/bin",
        platform: "linux",
        isProgram: (file) => programs.includes(file),
        ...changes,
    });
}

function file(found: ReturnType<typeof find>): string {
    assert.ok(typeof found === "object", String(found));
    return found.file;
}

test("the workspace's own comes first, then the bundled one, then PATH", () => {
    const all = [
        "/code/shop/.venv/bin/pglint",
        "/code/shop/venv/bin/pglint",
        "/code/shop/node_modules/.bin/pglint",
        "/code/mail/.venv/bin/pglint",
        "/extensions/pglint/bin/pglint",
        "/usr/local/bin/pglint",
        "/usr/bin/pglint",
    ];
    for (const [place, expected] of all.entries()) {
        assert.equal(file(find(all.slice(place))), expected);
    }
});

test("the setting is the only place that counts", () => {
    const programs = ["/usr/bin/pglint", "/home/me/b/pglint", "/code/shop/b/pglint", "/opt/$&/x"];
    assert.equal(file(find(programs, { setting: "~/b/pglint" })), "/home/me/b/pglint");
    for (const setting of ["${workspaceFolder}/b/pglint", "b/pglint", "./b/pglint"]) {
        assert.equal(file(find(programs, { setting })), "/code/shop/b/pglint");
    }
    assert.equal(file(find(programs, { setting: "~/x", home: "/opt/$&" })), "/opt/$&/x");
    assert.equal(
        find(programs, { setting: "~/pglint" }),
        "The setting pglint.path names /home/me/pglint, which is not a program.",
    );
});

test("the setting may be relative where no folder is open", () => {
    const found = find(["/home/me/b/pglint"], { setting: "b/pglint", folders: [] });
    assert.equal(file(found), "/home/me/b/pglint");
});

test("useBundled passes over the workspace", () => {
    const programs = ["/code/shop/.venv/bin/pglint", "/usr/bin/pglint"];
    assert.equal(file(find(programs, { strategy: "useBundled" })), "/usr/bin/pglint");
});

test("nothing of an untrusted workspace is run", () => {
    const programs = ["/code/shop/.venv/bin/pglint", "/code/shop/tools/pglint", "/usr/bin/pglint"];
    const searchPath = "/code/shop/tools:/code/shop:/usr/bin";
    assert.equal(file(find(programs, { isTrusted: false, searchPath })), "/usr/bin/pglint");
    const missing = find(programs.slice(0, 2), { isTrusted: false, searchPath });
    assert.match(String(missing), /The workspace is not trusted, so it was not searched/);
});

test("relative entries of PATH are passed over", () => {
    const searchPath = ".:bin::/usr/bin";
    const found = find(["pglint", "bin/pglint", "/usr/bin/pglint"], { searchPath });
    assert.equal(file(found), "/usr/bin/pglint");
});

test("without a program the message says how to get one", () => {
    const missing = find([]);
    assert.ok(typeof missing === "string" && missing.includes(INSTALL), String(missing));
    assert.doesNotMatch(missing, /trusted/);
});
