import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
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
  const directory = join(root, 'dist/wrong-programs')
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  try {
    const files = readdirSync(types).filter((file) => !file.endsWith('.spec.ts'))
    for (const file of files) {
      const text = readFileSync(join(types, file), 'utf8')
      writeFileSync(join(directory, file), ready(text))
    }
    const messages = compile(directory)
    return files.toSorted().flatMap((file) => programsIn(file, messages))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The program as it is compiled: nothing expects its errors, and what it imports is found from another directory. */
function ready(text: string): string {
  return text.replaceAll('// @ts-expect-error', '//').replaceAll("from '../", "from '../../spec/")
}

type Messages = ReadonlyMap<string, readonly string[]>

function compile(directory: string): Messages {
  const options = { noEmit: true, incremental: false, rootDir: '../..', tsBuildInfoFile: null }
  const config = { extends: '../../tsconfig.json', compilerOptions: options, include: ['.'], exclude: [] }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config))
  const { stdout } = spawnSync(
    process.execPath,
    // Of several threads, the one that is first at a type decides how messages spell it.
    [join(root, 'node_modules/.bin/tsc'), '-p', directory, '--pretty', 'false', '--singleThreaded'],
    {
      encoding: 'utf8',
      cwd: directory,
      maxBuffer: 1 << 26,
    },
  )
  return messagesIn(stdout)
}

/** The first message about each line of each file, by `file:line`. */
function messagesIn(output: string): Messages {
  const found = new Map<string, string[]>()
  let current: string[] | undefined
  for (const text of output.split('\n')) {
    const [, file, line, message] = /^(\S+?)\((\d+),\d+\): error TS\d+: (.*)$/.exec(text) ?? []
    if (file !== undefined && message !== undefined) {
      const key = `${file}:${line}`
      current = found.has(key) ? [] : [message]
      if (!found.has(key)) found.set(key, current)
    } else if (text.startsWith(' ')) current?.push(text.trim())
  }
  return found
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
