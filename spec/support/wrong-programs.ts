import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { compilePrograms, type Messages } from './compile.js'
import { root } from './sources.js'

/** A program that must not compile, and what the compiler says of it. */
export interface WrongProgram {
  /** The file of its type spec, relative to the repository. */
  readonly file: string
  readonly line: number
  /** What is wrong with it, as its type spec says. */
  readonly mistake: string
  readonly code: readonly string[]
  /** The first message, line by line; none where it compiles. */
  readonly message: readonly string[]
}

const directive = /^\s*\/\/ @ts-expect-error:? (.*)$/
const types = join(root, 'spec/types')

/** Every wrong program of the type specs, compiled without the words that expect its error, in one run. */
export function wrongPrograms(): readonly WrongProgram[] {
  const files = readdirSync(types).filter((file) => !file.endsWith('.spec.ts'))
  const programs = files.map((file): [string, string] => [file, ready(readFileSync(join(types, file), 'utf8'))])
  const messages = compilePrograms('wrong-programs', new Map(programs))
  return files.toSorted().flatMap((file) => programsIn(file, messages))
}

/** The program as it is compiled: nothing expects its errors, and what it imports is found from another directory. */
function ready(text: string): string {
  return text.replaceAll('// @ts-expect-error', '//').replaceAll("from '../", "from '../../spec/")
}

function programsIn(file: string, messages: Messages): readonly WrongProgram[] {
  const lines = readFileSync(join(types, file), 'utf8').split('\n')
  return lines.flatMap((text, index) => {
    const [, mistake] = directive.exec(text) ?? []
    if (mistake === undefined) return []
    const message = messages.get(`${file}:${index + 2}`) ?? []
    const path = relative(root, join(types, file))
    return [{ file: path, line: index + 1, mistake, code: statementAt(lines, index + 1), message }]
  })
}

/** The lines of the statement, or the member, that begins on a line. */
function statementAt(lines: readonly string[], start: number): readonly string[] {
  const taken: string[] = []
  let open = 0
  for (const line of lines.slice(start)) {
    taken.push(line)
    open += [...line.matchAll(/[([{]/g)].length - [...line.matchAll(/[)\]}]/g)].length
    if (open <= 0 && !line.trimStart().startsWith('@')) break
  }
  const margin = Math.min(...taken.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)))
  return taken.map((line) => line.slice(margin))
}

const longest = 3

/** Whether the message names something of the program, in few enough lines. */
export function isClear({ code, message }: WrongProgram): boolean {
  if (message.length === 0 || message.length > longest) return false
  const words = new Set(code.join(' ').match(/[A-Za-z_~]\w{2,}/g))
  return [...message.join(' ').matchAll(/[A-Za-z_~]\w{2,}/g)].some(([word]) => words.has(word))
}
