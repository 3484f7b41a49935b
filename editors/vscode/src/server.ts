// The server: found, checked, started, stopped, one thing after the other.

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";

import { SELECTOR } from "./documents";
import { locate, type Program, type Surroundings } from "./locate";
import type { Status } from "./status";
import { versionOf } from "./version";

/** The commands of ours that the server may put into code actions. */
const COMMANDS_OF_ACTIONS = ["pglint.explainRule"];

export class Server implements vscode.Disposable {
    /** The running server; undefined where there is none. */
    client: LanguageClient | undefined;
    private work: Promise<void> = Promise.resolve();

    constructor(
        private readonly extension: vscode.Uri,
        private readonly log: vscode.LogOutputChannel,
        private readonly status: Status,
    ) {}

    /** Stops the server, and starts it unless it is switched off. */
    restart(): Promise<void> {
        this.work = this.work.then(async () => {
            await this.stop();
            await this.start().catch((error) => this.fail(String(error)));
        });
        return this.work;
    }

    dispose(): Promise<void> {
        this.work = this.work.then(() => this.stop());
        return this.work;
    }

    private async stop(): Promise<void> {
        const client = this.client;
        this.client = undefined;
        await client?.dispose().catch((error) => this.log.warn(`cannot stop the server: ${error}`));
    }

    private async start(): Promise<void> {
        const settings = vscode.workspace.getConfiguration("pglint");
        if (!settings.get("enable", true)) {
            this.log.info("switched off by the setting pglint.enable");
            return this.status.show({ kind: "off" });
        }
        this.status.show({ kind: "starting" });
        const program = locate(this.surroundings(settings));
        if (typeof program === "string") {
            return this.fail(program);
        }
        const checked = await versionOf(program.file);
        if ("problem" in checked) {
            return this.fail(checked.problem);
        }
        this.log.info(`pglint ${checked.version}: ${program.file} (${program.origin})`);
        await this.run(program, checked.version);
    }

    private async run(program: Program, version: string): Promise<void> {
        const client = new LanguageClient(
            "pglint",
            "pglint",
            { command: program.file, args: ["server"] },
            {
                documentSelector: SELECTOR,
                outputChannel: this.log,
                revealOutputChannelOn: RevealOutputChannelOn.Never,
                initializationOptions: { commands: COMMANDS_OF_ACTIONS },
            },
        );
        client.onDidChangeState(({ newState }) => {
            // One that has been stopped on purpose is not ours any more.
            if (this.client !== client) {
                return;
            }
            if (newState === State.Running) {
                this.status.show({ kind: "running", version, ...program });
            } else if (newState === State.Stopped) {
                this.status.show({ kind: "failed", reason: "The server has stopped." });
            } else {
                this.status.show({ kind: "starting" });
            }
        });
        this.client = client;
        await client.start();
    }

    private surroundings(settings: vscode.WorkspaceConfiguration): Surroundings {
        const folders = vscode.workspace.workspaceFolders ?? [];
        return {
            setting: settings.get("path", "").trim(),
            strategy: settings.get("importStrategy", "fromEnvironment"),
            folders: folders
                .filter((folder) => folder.uri.scheme === "file")
                .map((folder) => folder.uri.fsPath),
            isTrusted: vscode.workspace.isTrusted,
            extension: this.extension.fsPath,
            home: homedir(),
            searchPath: process.env.PATH ?? "",
            platform: process.platform,
            isProgram,
        };
    }

    /** Says what is wrong: in the log, in the status bar and in a message. */
    private fail(reason: string): void {
        this.log.error(reason);
        this.status.show({ kind: "failed", reason });
        if (!vscode.workspace.isTrusted) {
            // The question whether to trust the workspace comes first, and may be the answer.
            return;
        }
        // Nobody waits for the answer: a message may stay for hours.
        void vscode.window
            .showErrorMessage(reason, "Open Settings", "Show Logs", "Try Again")
            .then((choice) => {
                if (choice === "Open Settings") {
                    return vscode.commands.executeCommand(
                        "workbench.action.openSettings",
                        "pglint.path",
                    );
                }
                if (choice === "Show Logs") {
                    return this.log.show();
                }
                return choice === undefined ? undefined : this.restart();
            });
    }
}

function isProgram(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}
