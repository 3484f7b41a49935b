// Which version a program is, and whether this extension can work with it.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The oldest pglint whose server does what this extension asks for. */
export const OLDEST = "0.1.0";

/** Longer than a program takes that does nothing but say its version. */
const PATIENCE = 10_000;

/** A version, or the sentence that says why the program is of no use. */
export async function versionOf(file: string): Promise<{ version: string } | { problem: string }> {
    let output: string;
    try {
        output = (await promisify(execFile)(file, ["--version"], { timeout: PATIENCE })).stdout;
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { problem: `${file} cannot be run: ${reason.trim()}` };
    }
    const version = parseVersion(output);
    if (version === undefined) {
        return { problem: `${file} is not pglint: it says "${output.trim()}".` };
    }
    if (isOlder(version, OLDEST)) {
        return {
            problem: `${file} is pglint ${version}; this extension needs ${OLDEST} or later.`,
        };
    }
    return { version };
}

/** The version in what `pglint --version` prints. */
export function parseVersion(output: string): string | undefined {
    return /^pglint (\d+\.\d+\.\d+\S*)\s*$/.exec(output)?.[1];
}

/** Is `left` older than `right`, by the three numbers? */
export function isOlder(left: string, right: string): boolean {
    const [a, b] = [numbers(left), numbers(right)];
    const place = a.findIndex((number, index) => number !== b[index]);
    return place >= 0 && (a[place] ?? 0) < (b[place] ?? 0);
}

function numbers(version: string): number[] {
    return version.split(/[-+]/, 1).flatMap((core) => core.split(".").map(Number));
}
