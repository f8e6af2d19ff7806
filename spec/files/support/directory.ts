import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of its own, and what is in it. */
export interface Directory {
  readonly path: string
  /** The paths of all files, below the directory. */
  files(): Promise<readonly string[]>
  remove(): Promise<void>
}

export async function temporaryDirectory(): Promise<Directory> {
  const path = await mkdtemp(join(tmpdir(), 'files-'))
  return {
    path,
    files: async () => {
      const found = await readdir(path, { recursive: true, withFileTypes: true })
      return found
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    },
    remove: () => rm(path, { recursive: true, force: true }),
  }
}
