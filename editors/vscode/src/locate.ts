// Where the program is. Nothing here knows VS Code, and nothing is downloaded.

import * as path from "node:path";

/** What the answer depends on. */
export interface Surroundings {
    /** Setting `pglint.path`; empty for none. */
    setting: string;
    /** Setting `pglint.importStrategy`. */
    strategy: "fromEnvironment" | "useBundled";
    /** The folders of the workspace, absolute. */
    folders: readonly string[];
    /** May programs of the workspace be run? */
    isTrusted: boolean;
    /** The folder of the extension. */
    extension: string;
    /** The user's folder, for `~`. */
    home: string;
    /** The variable PATH. */
    searchPath: string;
    platform: NodeJS.Platform;
    /** Is there a file that could be run? */
    isProgram(file: string): boolean;
}

/** A program, and in words where it was found. */
export interface Program {
    file: string;
    origin: string;
}

/** Where a workspace keeps programs of its own. */
const OF_WORKSPACE = [".venv", "venv"];

/** How to get pglint where there is none. */
export const INSTALL = "cargo install --path .";

/** The program to run, or the sentence that says why there is none. */
export function locate(it: Surroundings): Program | string {
    if (it.setting !== "") {
        const file = expand(it.setting, it);
        return it.isProgram(file)
            ? { file, origin: "setting pglint.path" }
            : `The setting pglint.path names ${file}, which is not a program.`;
    }
    const candidates = [
        ...(it.strategy === "fromEnvironment" && it.isTrusted ? ofWorkspace(it) : []),
        { file: path.join(it.extension, "bin", name(it)), origin: "bundled with the extension" },
        ...onPath(it),
    ];
    return candidates.find((candidate) => it.isProgram(candidate.file)) ?? missing(it);
}

function missing(it: Surroundings): string {
    const restricted = it.isTrusted
        ? ""
        : " (The workspace is not trusted, so it was not searched.)";
    return (
        "pglint is not installed: it is neither in the workspace nor on PATH. " +
        `Run "${INSTALL}" in a clone of pglint, or set pglint.path.${restricted}`
    );
}

function expand(setting: string, it: Surroundings): string {
    const folder = it.folders[0] ?? it.home;
    const file = setting
        .replace(/^~(?=$|[/\\])/, () => it.home)
        .replace(/\$\{workspaceFolder\}/g, () => folder);
    return path.resolve(folder, file);
}

function ofWorkspace(it: Surroundings): Program[] {
    const bin = it.platform === "win32" ? "Scripts" : "bin";
    const places = OF_WORKSPACE.map((environment) => path.join(environment, bin));
    places.push(path.join("node_modules", ".bin"));
    return it.folders.flatMap((folder) =>
        places.map((place) => ({
            file: path.join(folder, place, name(it)),
            origin: `the workspace's ${place}`,
        })),
    );
}

/** A relative entry of PATH would begin in a folder that happens to be current. */
function onPath(it: Surroundings): Program[] {
    const entries = it.searchPath.split(it.platform === "win32" ? ";" : ":");
    const absolute = entries.filter((entry) => path.isAbsolute(entry));
    const allowed = absolute.filter((entry) => it.isTrusted || !isInside(entry, it.folders));
    return allowed.map((entry) => ({ file: path.join(entry, name(it)), origin: "PATH" }));
}

function isInside(entry: string, folders: readonly string[]): boolean {
    return folders.some((folder) => {
        const way = path.relative(folder, entry);
        return !way.startsWith("..") && !path.isAbsolute(way);
    });
}

function name(it: Surroundings): string {
    return it.platform === "win32" ? "pglint.exe" : "pglint";
}
