// The text of `pglint/schema`: an object a paragraph, each line with the place it came from.

/**
 * The line of a schema, from 0, where the object begins that the file `name` defines at `line`
 * (from 0) or last before it; else the first object of the file; else 0.
 */
export function lineOf(schema: string, name: string, line: number): number {
    const objects = schema.split("\n").flatMap((text, place) => {
        const origin = /^\S.*-- (.+):(\d+)$/.exec(text);
        return origin?.[1] === name ? [{ place, line: Number(origin[2]) - 1 }] : [];
    });
    objects.sort((left, right) => left.line - right.line);
    const before = objects.filter((object) => object.line <= line);
    return (before.at(-1) ?? objects[0])?.place ?? 0;
}
