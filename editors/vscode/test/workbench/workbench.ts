// VS Code as a user has it: its server with the packed extension, its workbench in a browser.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";

import { type Browser, chromium, type Locator, type Page } from "playwright-core";

/** Longer than anything takes on a slow machine, in milliseconds. */
export const PATIENCE = 60_000;

export interface Place {
    /** VS Code's server, as scripts/fetch-vscode prints it. */
    server: string;
    /** The packed extension. */
    extension: string;
    /** A folder for everything that is written. */
    scratch: string;
    /** The folder to open. */
    folder: string;
}

/** A piece of text that the active editor underlines. */
export interface Squiggle {
    severity: string;
    line: number;
    text: string;
}

export class Workbench {
    private constructor(
        private readonly process: ChildProcess,
        private readonly browser: Browser,
        readonly page: Page,
    ) {}

    static async open(place: Place): Promise<Workbench> {
        const main = path.join(place.server, "out/server-main.js");
        const data = path.join(place.scratch, "data");
        const common = ["--accept-server-license-terms", "--server-data-dir", data];
        writeSettings(data);
        const install = [...common, "--install-extension", place.extension];
        execFileSync(process.execPath, [main, ...install], { stdio: "pipe" });
        const port = await freePort();
        const listen = ["--host", "127.0.0.1", "--port", `${port}`, "--without-connection-token"];
        const server = spawn(process.execPath, [main, ...common, ...listen], { stdio: "pipe" });
        await new Promise<void>((resolve, reject) => {
            server.stdout.on("data", (text) => `${text}`.includes("listening") && resolve());
            server.on("exit", (code) => reject(new Error(`VS Code's server ended with ${code}`)));
        });
        const browser = await chromium.launch({
            executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
            args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        });
        const page = await browser.newPage({ viewport: { width: 1180, height: 720 } });
        page.setDefaultTimeout(PATIENCE);
        await page.goto(`http://127.0.0.1:${port}/?folder=${place.folder}`);
        await page.locator(".monaco-workbench").waitFor();
        return new Workbench(server, browser, page);
    }

    async close(): Promise<void> {
        await this.browser.close();
        this.process.removeAllListeners("exit");
        const ended = new Promise((resolve) => this.process.on("exit", resolve));
        this.process.kill();
        await ended;
    }

    /** Opens a file by its name. */
    async openFile(name: string): Promise<void> {
        await this.press("Control+P");
        await this.page.keyboard.type(name);
        await this.quickPick(name).waitFor();
        await this.accept();
        await this.until("the file is open", async () => (await this.title()) === name);
        await this.editor().locator(".view-line").first().waitFor();
    }

    /** Saves the active file. */
    async save(): Promise<void> {
        await this.press("Control+S");
        const tab = this.page.locator(".editor-group-container.active .tab.active.dirty");
        await tab.waitFor({ state: "detached" });
    }

    /** Runs a command by its title. */
    async run(title: string): Promise<void> {
        await this.press("F1");
        await this.page.keyboard.type(title);
        await this.quickPick(title).waitFor();
        await this.accept();
    }

    /** Moves the cursor; line and column count from 1. */
    async goTo(line: number, column: number): Promise<void> {
        await this.press("Control+G");
        await this.page.locator(".quick-input-widget input").waitFor();
        await this.page.keyboard.type(`${line}:${column}`);
        await this.accept();
        await this.until("the cursor is there", async () =>
            (await this.cursor()).startsWith(`Ln ${line}, Col ${column}`),
        );
    }

    /** Closes what was opened beside the first group, and goes back there. */
    async closeBeside(): Promise<void> {
        await this.page.locator(".editor-group-container .view-line").first().click();
        await this.run("View: Close Editors in Other Groups");
        const groups = this.page.locator(".editor-group-container");
        await this.until("it is closed", async () => (await groups.count()) === 1);
    }

    /** Answers the question that every new folder brings. */
    async trust(): Promise<void> {
        await this.page.getByText("Yes, I trust the authors").click();
    }

    async press(key: string): Promise<void> {
        await this.page.keyboard.press(key);
    }

    /** The active editor. */
    editor(): Locator {
        return this.page.locator(".editor-group-container.active .monaco-editor").first();
    }

    /** The name of the active editor. */
    async title(): Promise<string> {
        const tab = this.page.locator(".editor-group-container.active .tab.active");
        return (await tab.first().textContent())?.trim() ?? "";
    }

    /** Where the cursor is, in the words of the status bar. */
    async cursor(): Promise<string> {
        const item = this.page.locator("#status\\.editor\\.selection");
        return (await item.textContent({ timeout: 1000 }).catch(() => "")) ?? "";
    }

    /** The item of pglint in the status bar. */
    status(): Locator {
        return this.page.locator(".statusbar-item[id^='pglint.pglint']");
    }

    /** The text of the notifications on show. */
    notifications(): Locator {
        return this.page.locator(".notification-toast");
    }

    /** What the active editor underlines, top down. */
    async squiggles(): Promise<Squiggle[]> {
        return this.editor().evaluate(underlined);
    }

    /**
     * The titles of the actions that are offered at the cursor, on show. VS Code gives up asking
     * when the cursor still settles, and says that there are none; so it is asked again.
     */
    async actions(): Promise<string[]> {
        const rows = this.page.locator(".action-widget .monaco-list-row.action");
        await this.until("actions are offered", async () => {
            await this.press("Control+.");
            const shown = rows.first().waitFor({ timeout: PATIENCE / 10 });
            return shown.then(
                () => true,
                () => this.press("Escape").then(() => false),
            );
        });
        return rows.allInnerTexts();
    }

    /** Chooses the action at a place of those on show, from 0. */
    async chooseAction(place: number): Promise<void> {
        for (let above = 0; above < place; above++) {
            await this.press("ArrowDown");
        }
        await this.press("Enter");
    }

    /** What the editor shows over the cursor when asked to. */
    async hover(): Promise<string> {
        await this.press("Control+K");
        await this.press("Control+I");
        const hover = this.page.locator(".monaco-hover:not(.hidden) .hover-row").first();
        await hover.waitFor();
        await this.until(
            "the hover is complete",
            async () => (await hover.innerText()).replace("Loading...", "").trim() !== "",
        );
        const rows = await this.page
            .locator(".monaco-hover:not(.hidden) .hover-row")
            .allInnerTexts();
        return rows.join("\n").replaceAll("\u00a0", " ");
    }

    /** Waits until something is so. */
    async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
        const end = Date.now() + PATIENCE;
        while (!(await isSo())) {
            if (Date.now() > end) {
                throw new Error(`waited in vain until ${what}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    }

    /** Takes what the quick input offers, and waits until the keys are the editor's again. */
    private async accept(): Promise<void> {
        await this.press("Enter");
        await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    }

    private quickPick(text: string): Locator {
        return this.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
    }
}

/** Runs in the browser: finds the characters that stand over each underline. */
function underlined(editor: Element): Squiggle[] {
    const severities = ".squiggly-error, .squiggly-warning, .squiggly-info";
    const lineNumbers = [...editor.querySelectorAll(".line-numbers")].map((element) => ({
        top: element.getBoundingClientRect().top,
        line: Number(element.textContent),
    }));
    const lines = [...editor.querySelectorAll(".view-line")];
    const squiggles = [...editor.querySelectorAll(severities)].map((element) => {
        const place = element.getBoundingClientRect();
        const line = lines.find((it) => {
            const around = it.getBoundingClientRect();
            return around.top <= place.top + 1 && place.bottom - 1 <= around.bottom;
        });
        let text = "";
        const nodes = document.createTreeWalker(line ?? editor, NodeFilter.SHOW_TEXT);
        while (line && nodes.nextNode()) {
            const node = nodes.currentNode;
            for (let offset = 0; offset < (node.textContent ?? "").length; offset++) {
                const range = document.createRange();
                range.setStart(node, offset);
                range.setEnd(node, offset + 1);
                const box = range.getBoundingClientRect();
                const middle = (box.left + box.right) / 2;
                if (place.left <= middle && middle <= place.right) {
                    text += (node.textContent ?? "")[offset]?.replace("\u00a0", " ");
                }
            }
        }
        const top = line?.getBoundingClientRect().top ?? 0;
        const number = lineNumbers.find((it) => Math.abs(it.top - top) < 3);
        const severity = /squiggly-(\w+)/.exec(element.className)?.[1] ?? "";
        return { severity, line: number?.line ?? 0, text };
    });
    return squiggles.sort((left, right) => left.line - right.line);
}

function writeSettings(data: string): void {
    const settings = {
        "telemetry.telemetryLevel": "off",
        "update.mode": "none",
        "files.autoSave": "off",
        "workbench.startupEditor": "none",
        "workbench.colorTheme": "Default Light Modern",
        "workbench.layoutControl.enabled": false,
        "window.commandCenter": false,
        "window.menuBarVisibility": "hidden",
        "editor.minimap.enabled": false,
        "editor.lightbulb.enabled": "off",
        "chat.commandCenter.enabled": false,
        "explorer.openEditors.visible": 0,
    };
    const folder = path.join(data, "data/Machine");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "settings.json"), JSON.stringify(settings));
}

function freePort(): Promise<number> {
    return new Promise((resolve) => {
        const server = createServer();
        server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
        });
    });
}
