/** Folders that say where a file lies, and nothing of a model. */
const USUAL =
  /^(?:\.*|~|[a-z]:|bfcl.*|data|downloads|evalplus.*|evals?|home|human_?eval.*|logs?|mbpp.*|outputs?|results?|runs?|samples?|scores?|tmp|users|work)$/i;

/** Stands in a path like a folder. */
const ARCHIVE = /\.zip$/i;

/**
 * The folder that a harness names for the model, where files do not name it: the nearest of the path as typed.
 *
 * @param groups folders between the model's and its files.
 */
export function findModelFolder(path: string, groups?: RegExp): string | undefined {
  const folders = path.split(/[\\/]/).slice(0, -1).reverse();
  const nearest = folders.find((name) => !ARCHIVE.test(name) && !groups?.test(name));
  return nearest === undefined || USUAL.test(nearest) ? undefined : nearest;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
