import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import manifest from "../../package.json";
import { LANGUAGES } from "../../src/documents";

const { contributes, activationEvents, capabilities } = manifest;

test("no language and no file extension is claimed", () => {
    const claims = ["languages", "grammars", "configurationDefaults"];
    assert.deepEqual(
        Object.keys(contributes).filter((it) => claims.includes(it)),
        [],
    );
});

test("the languages in the manifest are those of the server", () => {
    const opened = activationEvents.filter((it) => it.startsWith("onLanguage:"));
    assert.deepEqual(
        opened,
        LANGUAGES.map((language) => `onLanguage:${language}`),
    );
    for (const { when } of contributes.menus.commandPalette) {
        assert.equal(when, `editorLangId =~ /^(${LANGUAGES.join("|")})$/`);
    }
});

test("settings that name a program need trust", () => {
    const settings = Object.keys(contributes.configuration.properties);
    for (const restricted of capabilities.untrustedWorkspaces.restrictedConfigurations) {
        assert.ok(settings.includes(restricted));
    }
});

test("the problem matcher reads what the program prints", (context) => {
    const program = process.env.PGLINT;
    if (program === undefined) {
        return context.skip("PGLINT names no program");
    }
    const input = "SELECT 1 = NULL;\nDELETE FROM a:\n";
    const options = ["--output-format", "concise", "--fail-on", "never"];
    const output = execFileSync(program, [...options, "--stdin-filename", "q/a b.sql", "-"], {
        input,
        encoding: "utf8",
        // An empty folder: no project has anything to say about the input.
        cwd: mkdtempSync(path.join(tmpdir(), "pglint-")),
    });
    const [pattern] = contributes.problemPatterns;
    assert.ok(pattern);
    const regexp = new RegExp(pattern.regexp);
    const lines = output.split("\n").filter((line) => line !== "" && !line.startsWith("1 file"));
    const groups = lines.map((line) => {
        const match = regexp.exec(line);
        assert.ok(match, line);
        const { file, line: row, column, severity, code } = pattern;
        return [file, row, column, severity, code].map((place) => match[place]);
    });
    assert.deepEqual(groups, [
        ["q/a b.sql", "1", "8", "error", "null-comparison"],
        ["q/a b.sql", "2", "14", "error", "syntax-error"],
    ]);
});
