import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from './sources.js'

const directory = process.env['PLINTH_SHARED_DATA'] ?? resolve(root, '../shared/data')

/**
 * Declares specs that are measured against data nobody here wrote. It lies beside the repository, or where
 * `PLINTH_SHARED_DATA` says; where it is not, the specs are pending with that reason.
 */
export function describeWithData(title: string, folder: string, declare: (data: SharedData) => void): void {
  const path = join(directory, folder)
  if (existsSync(path)) describe(title, () => declare(new SharedData(path)))
  else describe(`${title} (pending: there is no ${path})`, () => void it('needs shared data'))
}

/** One folder of shared data. */
export class SharedData {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** The names of the files in a folder of it, in alphabetical order. */
  names(folder = '.'): readonly string[] {
    return readdirSync(join(this.#path, folder)).toSorted()
  }

  bytes(name: string): Buffer {
    return readFileSync(join(this.#path, name))
  }

  json(name: string): unknown {
    return JSON.parse(this.bytes(name).toString('utf8'))
  }
}
