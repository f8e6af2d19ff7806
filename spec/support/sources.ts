import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The directory of the repository. Compiled specs are in `dist/spec/support`. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

/** One source file of the repository. */
export interface Source {
  /** Relative to the repository, with slashes. */
  readonly path: string
  readonly text: string
  /** What it imports: paths relative to the repository for its own files, otherwise names of packages. */
  readonly imports: readonly string[]
  /** Those of them that are left when types are erased. */
  readonly loads: readonly string[]
}

/** The TypeScript sources below some directories of the repository, read once for each file. */
export function sourcesIn(...directories: readonly string[]): readonly Source[] {
  return directories.flatMap((directory) => filesIn(join(root, directory)).map(readSource))
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

const statement = /\b(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\bfrom\s*)?'([^']+)'|\bimport\('([^']+)'\)/g

function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8')
  const found = [...withoutComments(text).matchAll(statement)].map(([, type, name, dynamic]) => ({
    type: type !== undefined,
    name: imported(file, name ?? dynamic ?? ''),
  }))
  const loads = found.filter(({ type }) => !type).map(({ name }) => name)
  return { path: nameOf(file), text, imports: found.map(({ name }) => name), loads }
}

const imported = (file: string, name: string): string =>
  name.startsWith('.') ? nameOf(resolve(dirname(file), name.replace(/\.js$/, '.ts'))) : name

const nameOf = (file: string): string => relative(root, file).replaceAll('\\', '/')

/** Source text without comments; strings and templates stay. */
export function withoutComments(text: string): string {
  const parts = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[^]*?\*\//g
  return text.replace(parts, (whole, literal: string | undefined) => (literal === undefined ? ' ' : whole))
}
